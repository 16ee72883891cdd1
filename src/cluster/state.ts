// Owns the shape of what the cluster machine remembers, and nothing of what it does: plain data, but for the source of
// randomness. The other files of this folder are functions over this one record, each named after what it decides:
//
//   transitions.ts  which message is taken in which phase of a link, and by whom
//   outputs.ts      what a step puts out: sends, dials, closes, events
//   links.ts        connections come, are bounded in number and time, and end
//   greeting.ts     dialling: introducing ourselves, and being taken in; setbacks.ts: when that fails
//   answering.ts    a stranger's first frame, and what we answer
//   conflicts.ts    the table by which it is accepted, refused, or must wait
//   membership.ts   the only place where members come and go, and where their events are emitted
//   heartbeat.ts    when heartbeats are sent, and what counts as a sign of life
//   suspicion.ts    what silence means: suspect, ask the others, give up; silence.ts: how long it may last
//   doubt.ts        when so many are silent that it may be ourselves
//   digest.ts, exchange.ts   how differences between lists are noticed and told
//   healing.ts      who should be linked and is not: dialled again, with back-off
//   seeds.ts        addresses that are tried for ever
//   history.ts      what happened to whom, for people who ask; diagnosis.ts: the answer
//   twins.ts        two living nodes with one alias
//   joining.ts, leaving.ts   the calls of the host
//   alarm.ts        when any of this is looked at next
import type { Random } from '../core/random.js'
import type { Listed, MessageOf } from '../protocol/messages.js'
import { bitsOf, EMPTY_DIGEST, toggled } from './digest.js'
import type { History } from './history.js'
import type { CallId, ClusterConfig, LinkId, Output } from './io.js'
import type { Address, Member } from './member.js'

export interface State {
  readonly config: ClusterConfig
  readonly random: Random
  /** What this step has put out so far. */
  outputs: Output[]
  /** The time of the input that is being worked on, in ms. */
  now: number
  /** `absent`: has left; whoever comes is refused until the host starts or joins again. */
  presence: 'idle' | 'present' | 'absent'
  /** Where we are bound, once we are. */
  address: Address | null
  /** The host by which a seed saw us, for a node that listens on every interface. */
  seenHost: string | null
  incarnation: number
  tags: Readonly<Record<string, string>>
  /** Whether a join of the host has succeeded since we are present. */
  hasJoined: boolean

  readonly links: Map<LinkId, Link>
  /** Those of them that are neither up nor closing: their handshakes have a limit in time. */
  readonly unfinished: Set<Link>
  /** The number of the next link that we dial: even. */
  nextLink: LinkId
  /** The members, by id. No two have the same alias. */
  readonly peers: Map<string, Peer>
  /** The members as the host sees them, by alias. */
  readonly members: Map<string, Member>
  /** Nodes that should be linked and are not, by id; members among them. */
  readonly contacts: Map<string, Contact>
  /** While there are as many as there may be: before this time, none of them makes room for a node that is only named. */
  roomAt: number
  /** By address. */
  readonly seeds: Map<string, Seed>
  readonly joins: Map<CallId, JoinCall>
  leaving: Leaving | null
  /** The last boot of aliases whose nodes have gone, the latest last. */
  readonly lastBoots: Map<string, { readonly id: string; readonly incarnation: number }>
  /** Of our own id and of those that we are linked with. */
  digest: string

  /** Whom a member has asked about in this turn. */
  readonly asks: Map<Link, Set<string>>
  doubt: Doubt
  nextBeatAt: number
  beats: number
  nextNonce: number
  /** Strangers whose first frame waits for its answer. */
  readonly weighing: Set<Link>
  /** When the times below and above are looked at next; anything may turn out to be due later. See alarm.ts. */
  alarmAt: number
  /** The deadline that the driver was told last. */
  announcedAt: number
  /** When a turn was asked for that has not come. */
  turnAskedAt: number | null
  /** Accepted connections that had to make room or were too slow, so far. */
  evicted: number
  /** How often somebody was refused because there are as many members as there may be. */
  full: number
  /** How late our own timers were: a host that blocks its event loop. */
  readonly lateness: { lastBlockMs: number; lastBlockAt: number | null; worstMs: number }
  /** What happened to whom, by alias: for people who ask, decides nothing. */
  readonly histories: Map<string, History>
}

/** One connection, from the dial or the accept to its end. */
export interface Link {
  readonly id: LinkId
  readonly dialled: boolean
  /** Of a dialled link, the address that was dialled. */
  readonly remote: Address
  readonly since: number
  phase: Phase
  /** Of the protocol, as both ends speak it; the first until they have agreed. */
  version: number
  /** When anything was last received, and a control message sent. */
  heardAt: number
  sentAt: number
  received: number
  sent: number
  /** Our last Ping, until its Pong has come. */
  ping: { readonly nonce: number; readonly at: number } | null
  roundTripMs: number | null
  /** Of all answers so far. */
  readonly roundTrips: { count: number; sumMs: number; leastMs: number; mostMs: number }
  /** When our list was last sent for a pair of digests. */
  readonly told: Map<string, number>
  /** When our list was last sent unasked. */
  toldAt: number
}

/**
 *   dialling -> greeting -+-> up -> closing
 *   awaited  -> weighing -+
 *
 * Every phase may also go to `closing`, or end at once when the connection does.
 */
export type Phase =
  /** Dialled by us: no connection yet. */
  | { readonly name: 'dialling'; readonly purpose: Purpose }
  /** Our Hello or Join has gone out. */
  | { readonly name: 'greeting'; readonly purpose: Purpose }
  /** Accepted by us: nothing has come yet. */
  | { readonly name: 'awaited' }
  /** A Hello or Join has come, and waits for its answer. */
  | { readonly name: 'weighing'; readonly greeting: Greeting; evidence: Evidence }
  /** The one link with this member. `list`: what it has listed, while more of that is to come. */
  | { readonly name: 'up'; readonly peer: Peer; list: Gathered | null }
  /** We have asked for its end. */
  | { readonly name: 'closing' }

export type PhaseName = Phase['name']
export type PhaseOf<Name extends PhaseName> = Extract<Phase, { name: Name }>
export type Greeting = MessageOf<'Hello'> | MessageOf<'Join'>
export type Ack = MessageOf<'HelloAck'> | MessageOf<'JoinAck'>

/** The pages of a list so far, and the message that the first came with. */
export interface Gathered {
  readonly of: 'HelloAck' | 'JoinAck' | 'Members'
  readonly nodes: Listed[]
  /** When the first page came. */
  readonly since: number
}

/** Why we dial: an address to say Hello to, or a node to say Join to. */
export type Purpose =
  | { readonly kind: 'seed'; readonly seed: Seed }
  | { readonly kind: 'contact'; readonly contact: Contact }

/** What is known about the node that stands in a stranger's way (see conflicts.ts). */
export type Evidence =
  /** Read in this turn: its connection may already have ended. */
  | { readonly kind: 'unread' }
  | { readonly kind: 'none' }
  /** By a ping on its link, or, where there is none, by a dial. */
  | {
      readonly kind: 'asked'
      readonly about: string
      readonly link: LinkId | null
      readonly nonce: number | null
      readonly until: number
    }
  | { readonly kind: 'answers'; readonly about: string }
  | { readonly kind: 'silent'; readonly about: string }

/** A member, with all that we keep about it. */
export interface Peer {
  readonly id: string
  member: Member
  link: Link | null
  /** The last sign of life, less the time in which we did not run ourselves. */
  heardAt: number
  suspicion: Suspicion | null
}

export interface Suspicion {
  /** `dropped`: we closed the link ourselves, so a refused dial proves nothing. */
  cause: 'silent' | 'closed' | 'dropped'
  /** When the others are asked. */
  askAt: number
  /** Until when a witness may vouch for it; null: nobody has been asked. */
  askedUntil: number | null
}

export type Doubt =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking'; readonly until: number }
  /** Somebody has answered, or nobody has in time; lasts as long as most are silent. */
  | { readonly kind: 'over' }

export interface Contact {
  readonly id: string
  /** What its id adds to a digest. */
  readonly bits: bigint
  alias: string
  address: Address
  incarnation: number
  /** The dial that is under way. */
  link: Link | null
  dialAt: number
  attempts: number
  /** Since when it could not be reached. */
  failingSince: number | null
  /** When a name in a list last hurried us. */
  namedAt: number
}

export interface Seed {
  readonly address: Address
  readonly isConfigured: boolean
  link: Link | null
  dialAt: number
  attempts: number
  /** The id that last answered there. */
  answeredBy: string | null
}

/** A call of join() that has not settled. */
export interface JoinCall {
  readonly call: CallId
  readonly until: number
  readonly attempts: Map<Seed, Attempt>
  /** When its times were looked at last. */
  checkedAt: number
  /** The nodes that were listed while joining, with the time; null once linked or refused. */
  readonly listed: Map<string, number | null>
  /** The one of them that it was last found to wait for: most likely it still does. */
  waitsFor: string | null
}

export type Attempt =
  | { readonly kind: 'trying'; readonly since: number }
  | { readonly kind: 'waiting'; readonly until: number; readonly error: Error }
  | { readonly kind: 'accepted'; readonly via: Member }
  | { readonly kind: 'failed'; readonly error: Error }

/** Goodbyes that are on their way out. */
export interface Leaving {
  readonly links: Set<Link>
  readonly calls: CallId[]
}

export function newState(config: ClusterConfig, random: Random): State {
  return {
    config,
    random,
    outputs: [],
    now: 0,
    presence: 'idle',
    address: null,
    seenHost: null,
    incarnation: 0,
    tags: config.tags,
    hasJoined: false,
    links: new Map(),
    unfinished: new Set(),
    nextLink: 2,
    peers: new Map(),
    members: new Map(),
    contacts: new Map(),
    roomAt: 0,
    seeds: new Map(),
    joins: new Map(),
    leaving: null,
    lastBoots: new Map(),
    digest: toggled(EMPTY_DIGEST, bitsOf(config.id)),
    asks: new Map(),
    doubt: { kind: 'none' },
    nextBeatAt: Number.POSITIVE_INFINITY,
    beats: 0,
    nextNonce: 0,
    weighing: new Set(),
    alarmAt: Number.POSITIVE_INFINITY,
    announcedAt: Number.POSITIVE_INFINITY,
    turnAskedAt: null,
    evicted: 0,
    full: 0,
    lateness: { lastBlockMs: 0, lastBlockAt: null, worstMs: 0 },
    histories: new Map(),
  }
}
