// Owns what a node tells through node:diagnostics_channel: the table of channels, what each message carries, and the
// publishing. docs/observability.md is generated from the table. Without a subscriber each costs one look at a flag.
//
// What a subscriber throws is the platform's to handle: publish() catches it, calls the other subscribers, and raises
// 'uncaughtException' in the next tick. The node does not notice; the host does, as with every library's channels.
import { type Channel, channel } from 'node:diagnostics_channel'
import type { LinkId } from '../cluster/io.js'
import type { Member } from '../cluster/member.js'
import type { Address } from '../core/address.js'
import type { DialFailure } from '../core/dial.js'
import type { IridiumError } from '../core/errors.js'
import type { Message } from '../protocol/messages.js'
import type { Stop } from '../vm/faults.js'
import type { Program } from '../vm/program.js'
import type { EventPayload, NodeEvents } from './events.js'
import type { IridiumNode } from './iridium-node.js'

/** What all messages carry: the node that tells it, since a process may have several. */
interface FromNode {
  readonly node: IridiumNode
}

/** One connection of a node. */
export interface LinkDiagnostics extends FromNode {
  /** Names the connection; never used twice by one node. */
  readonly link: number
  /** The other end: of an accepted connection not where that node listens. */
  readonly remote: Address
  /** Whether this node has dialled it, or accepted it. */
  readonly dialled: boolean
  /** Who is at the other end, once that is known; null before. */
  readonly member: Member | null
}

/** A control message of the cluster, in the shape that `protocol.avsc` gives it; ids and digests are hex digits. */
export interface FrameDiagnostics extends FromNode {
  readonly link: number
  readonly message: { readonly type: string } & Readonly<Record<string, unknown>>
}

type EventDiagnostics<Name extends keyof NodeEvents> = FromNode & EventPayload<Name>

/** The messages of the channels of node:diagnostics_channel on which nodes publish, by the name of the channel. */
export interface DiagnosticMessages {
  'iridium:node:listening': EventDiagnostics<'listening'>
  'iridium:node:joined': EventDiagnostics<'joined'>
  'iridium:node:isolated': FromNode
  'iridium:node:left': FromNode
  'iridium:node:closed': FromNode
  'iridium:member:joined': EventDiagnostics<'memberJoined'>
  'iridium:member:suspected': EventDiagnostics<'memberSuspected'>
  'iridium:member:recovered': EventDiagnostics<'memberRecovered'>
  'iridium:member:updated': EventDiagnostics<'memberUpdated'>
  'iridium:member:left': EventDiagnostics<'memberLeft'>
  'iridium:link:open': LinkDiagnostics
  'iridium:link:up': LinkDiagnostics
  'iridium:link:close': LinkDiagnostics & {
    /** Why, in words. */
    readonly reason: string
    /** What was wrong, if anything was. */
    readonly error: IridiumError | null
  }
  'iridium:link:failed': FromNode & {
    readonly link: number
    /** What was dialled. */
    readonly remote: Address
    readonly failure: DialFailure
    /** The same in words. */
    readonly reason: string
  }
  'iridium:frame:received': FrameDiagnostics
  'iridium:frame:sent': FrameDiagnostics
  'iridium:error': FromNode & { readonly error: IridiumError }
  'iridium:run:start': FromNode & { readonly program: Program }
  'iridium:run:end': FromNode & {
    readonly program: Program
    /** Null: it was given up, since its caller no longer waited or the node was closed. */
    readonly stop: Stop | null
    readonly instructionCount: number
    /** Milliseconds from start to end; other programs and the host had their turns in them. */
    readonly durationMs: number
  }
}

/** The name of a channel on which nodes publish. */
export type DiagnosticChannel = keyof DiagnosticMessages

/** One line of the table. */
export interface DiagnosticEntry {
  readonly when: string
  /** The fields beside `node`, as TypeScript would write them. */
  readonly payload: string
}

const LINK = 'link: number, remote: Address, dialled: boolean, member: Member | null'

/** For the documentation and the tests: nothing of it is needed to publish. */
export const DIAGNOSTICS = {
  'iridium:node:listening': {
    when: 'The server is bound.',
    payload: 'address: Address',
  },
  'iridium:node:joined': {
    when: 'A `join()` has succeeded.',
    payload: 'via: Member, members: Member[]',
  },
  'iridium:node:isolated': { when: 'No member answers any more.', payload: '' },
  'iridium:node:left': { when: 'The node has left the cluster.', payload: '' },
  'iridium:node:closed': { when: 'The node is closed.', payload: '' },
  'iridium:member:joined': { when: 'A node has become a member.', payload: 'member: Member' },
  'iridium:member:suspected': {
    when: 'A member has stopped to answer.',
    payload: 'member: Member',
  },
  'iridium:member:recovered': {
    when: 'A suspected member answers again.',
    payload: 'member: Member',
  },
  'iridium:member:updated': { when: 'A member has new tags.', payload: 'member: Member' },
  'iridium:member:left': {
    when: 'A member has gone.',
    payload: "member: Member, reason: 'left' | 'failed' | 'replaced'",
  },
  'iridium:link:open': {
    when: 'A connection is there, its encryption included; nothing has been said on it.',
    payload: LINK,
  },
  'iridium:link:up': {
    when: 'It has become the one link with this member.',
    payload: LINK,
  },
  'iridium:link:close': {
    when: 'A connection that was open has ended.',
    payload: `${LINK}, reason: string, error: IridiumError | null`,
  },
  'iridium:link:failed': {
    when: 'A dial has not become a connection.',
    payload: 'link: number, remote: Address, failure: DialFailure, reason: string',
  },
  'iridium:frame:received': {
    when: 'A control message has come, before anything is done about it.',
    payload: 'link: number, message: { type: string, ... }',
  },
  'iridium:frame:sent': {
    when: 'A control message has been queued.',
    payload: 'link: number, message: { type: string, ... }',
  },
  'iridium:error': {
    when: 'What is told by the event `error`, or, without a listener, goes to the logger.',
    payload: 'error: IridiumError',
  },
  'iridium:run:start': { when: '`run()` has taken a program.', payload: 'program: Program' },
  'iridium:run:end': {
    when: 'That program has ended, by itself (`stop`) or because it was given up (null).',
    payload: 'program: Program, stop: Stop | null, instructionCount: number, durationMs: number',
  },
} as const satisfies Record<DiagnosticChannel, DiagnosticEntry>

/** Held here for good: a channel that nobody holds is collected, and its subscribers of the old kind with it. */
const open = (name: DiagnosticChannel): Channel<unknown, unknown> => channel(name)

const LINK_OPEN = open('iridium:link:open')
const LINK_UP = open('iridium:link:up')
const LINK_CLOSE = open('iridium:link:close')
const LINK_FAILED = open('iridium:link:failed')
const FRAME_RECEIVED = open('iridium:frame:received')
const FRAME_SENT = open('iridium:frame:sent')
const ERROR = open('iridium:error')
const RUN_START = open('iridium:run:start')
const RUN_END = open('iridium:run:end')

const EVENTS = {
  listening: open('iridium:node:listening'),
  joined: open('iridium:node:joined'),
  isolated: open('iridium:node:isolated'),
  left: open('iridium:node:left'),
  closed: open('iridium:node:closed'),
  memberJoined: open('iridium:member:joined'),
  memberSuspected: open('iridium:member:suspected'),
  memberRecovered: open('iridium:member:recovered'),
  memberUpdated: open('iridium:member:updated'),
  memberLeft: open('iridium:member:left'),
}

/** What is known of a connection. */
interface LinkFacts {
  readonly id: LinkId
  readonly remote: Address
  readonly member: Member | null
}

/** Publishes what one node tells. */
export class Diagnostics {
  readonly #node: IridiumNode

  constructor(node: IridiumNode) {
    this.#node = node
  }

  event(name: keyof typeof EVENTS, payload: object): void {
    const channel = EVENTS[name]
    if (channel.hasSubscribers) channel.publish({ node: this.#node, ...payload })
  }

  error(error: IridiumError): void {
    if (ERROR.hasSubscribers) ERROR.publish({ node: this.#node, error })
  }

  linkOpen(link: LinkFacts): void {
    if (LINK_OPEN.hasSubscribers) LINK_OPEN.publish(this.#link(link))
  }

  linkUp(link: LinkFacts): void {
    if (LINK_UP.hasSubscribers) LINK_UP.publish(this.#link(link))
  }

  linkClose(link: LinkFacts, reason: string, error: IridiumError | undefined): void {
    if (!LINK_CLOSE.hasSubscribers) return
    LINK_CLOSE.publish({ ...this.#link(link), reason, error: error ?? null })
  }

  linkFailed(link: LinkId, remote: Address, failure: DialFailure, reason: string): void {
    if (LINK_FAILED.hasSubscribers) {
      LINK_FAILED.publish({ node: this.#node, link, remote, failure, reason })
    }
  }

  received(link: LinkId, message: Message): void {
    if (FRAME_RECEIVED.hasSubscribers) FRAME_RECEIVED.publish({ node: this.#node, link, message })
  }

  sent(link: LinkId, message: Message): void {
    if (FRAME_SENT.hasSubscribers) FRAME_SENT.publish({ node: this.#node, link, message })
  }

  runStart(program: Program): void {
    if (RUN_START.hasSubscribers) RUN_START.publish({ node: this.#node, program })
  }

  runEnd(program: Program, stop: Stop | null, instructionCount: number, durationMs: number): void {
    if (!RUN_END.hasSubscribers) return
    RUN_END.publish({ node: this.#node, program, stop, instructionCount, durationMs })
  }

  #link({ id, remote, member }: LinkFacts): LinkDiagnostics {
    return { node: this.#node, link: id, remote, dialled: isDialled(id), member }
  }
}

/** Links that we dial have even numbers (cluster/io.ts). */
function isDialled(id: LinkId): boolean {
  return id % 2 === 0
}
