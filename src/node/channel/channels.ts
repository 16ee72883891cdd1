// Owns the channels of a node and the links that they share: which names are open, which member is reached how,
// and what happens when a link comes or goes. Must not know how members are found.
//
// The node calls it so: `linkUp` and `linkDown` as the cluster machine tells them, `tellReset` when it emits
// events, `memberChanged` before an event with a newer picture of a member. The other files of this folder
// (docs/architecture.md, "A message between hosts", tells how a message goes through them):
//
//   channel.ts            the public contract
//   open-channel.ts       a channel that is open: its calls, its handler, its way to each member
//   channel-emitter.ts    its events
//   listeners.ts          who listens to one of them, and when they have dealt with it
//   deadlines.ts          the time-outs of requests, with one timer for all
//   counters.ts           what is counted
//   faults.ts             how failures are told, here and on the wire
//
//   member-link.ts        one link: both ways of it, put together
//   peer.ts               who is at its other end, and what that member is blamed for
//   requests.ts           requests of ours that wait for a reply
//   answers.ts            requests of the peer that our handlers are dealing with
//   numbered.ts           both of these by their numbers
//
//   outgoing.ts           out: what one channel has under way to one member: its number, its credit, its lines
//   sender.ts             what goes out on a link: written into the outbox at once, if nothing is in its way
//   payload.ts            how a value is written that has to wait
//   payload-memory.ts     the memory where large ones do
//   backlog.ts            what waits on a link: the lines take turns, large messages go in pieces
//   heads.ts              what stands in a frame before a value, or a piece of one
//
//   receiver.ts           in: every frame of data on a link, and the rules for it
//   message-run.ts        the fast way past it, for messages that follow each other
//   incoming-channels.ts  the channels that the peer has opened, and when their credit goes back
//   incoming.ts           one of them: how its values are read, what credit it has
//   beginnings.ts         whether a message in pieces is taken
//   assemblies.ts         how the pieces become a whole
//   reassembly.ts         the memory for those of all links
//
//   schema.ts             a channel's schema: checked, written with, explained; how values of another one are read
//   schema-shape.ts       which schemas may be: those whose values take work in proportion to their bytes
//   value-types.ts        avsc's types, bent: nothing is believed that a peer wrote
//   resolving.ts          how they read what was written with another schema
import type { Member } from '../../cluster/member.js'
import type { Clock } from '../../core/clock.js'
import { badOption, describe, IridiumError } from '../../core/errors.js'
import {
  DEFAULT_MAX_MESSAGE_BYTES,
  MAX_CHANNEL_NAME_BYTES,
  MAX_CHANNELS,
  MAX_MESSAGE_BYTES,
} from '../../core/limits.js'
import { isName } from '../../core/names.js'
import { readRecord } from '../../core/record.js'
import { Reports } from '../../core/reports.js'
import type { Outbox } from '../outbox.js'
import { closedError, type PendingCalls } from '../pending.js'
import type { ChannelOptions } from './channel.js'
import { ChannelCounters, type ChannelStats } from './counters.js'
import { Deadlines } from './deadlines.js'
import { MemberLink } from './member-link.js'
import { type ChannelOwner, OpenChannel } from './open-channel.js'
import { PayloadMemory } from './payload-memory.js'
import { Reassembly } from './reassembly.js'
import type { ReceiverHost } from './receiver.js'
import { type AvroSchema, ChannelSchema } from './schema.js'

export interface ChannelsOptions {
  readonly alias: string
  readonly clock: Clock
  readonly calls: PendingCalls
  /** The other nodes as the host sees them, by alias. */
  readonly members: ReadonlyMap<string, Member>
  /** Tells the host of something for which no caller waits. */
  readonly report: (error: IridiumError) => void
}

export class Channels implements ChannelOwner, ReceiverHost {
  readonly calls: PendingCalls
  readonly counters = new ChannelCounters()
  readonly deadlines: Deadlines
  readonly reassembly = new Reassembly()
  readonly payloads: PayloadMemory
  readonly #options: ChannelsOptions
  readonly #reports: Reports
  readonly #open = new Map<string, OpenChannel>()
  readonly #links = new Map<string, MemberLink>()
  #generation = 0
  #isClosed = false

  constructor(options: ChannelsOptions) {
    this.#options = options
    this.calls = options.calls
    this.deadlines = new Deadlines(options.clock)
    this.payloads = new PayloadMemory((callback) => options.clock.soon(callback))
    this.#reports = new Reports(options.clock, options.report)
  }

  /**
   * Opens a channel; if it is open with the same schema and options, returns that.
   * @throws IridiumError ERR_IRIDIUM_BAD_OPTION, ERR_IRIDIUM_LIMIT, ERR_IRIDIUM_CLOSED
   */
  channel(name: string, schema: AvroSchema, options: ChannelOptions = {}): OpenChannel {
    if (!isName(name, MAX_CHANNEL_NAME_BYTES)) {
      throw badOption('name', `1 to ${MAX_CHANNEL_NAME_BYTES} bytes of UTF-8`, name)
    }
    const maxMessageBytes = readMaxBytes(options)
    const checked = new ChannelSchema(schema)
    if (this.#isClosed) throw closedError()
    const existing = this.#open.get(name)
    if (existing) {
      checkSame(existing, checked, maxMessageBytes)
      return existing
    }
    if (this.#open.size >= MAX_CHANNELS) {
      this.counters.boundsHit++
      throw new IridiumError('ERR_IRIDIUM_LIMIT', `${MAX_CHANNELS} channels are open, the most`)
    }
    const bytes = maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES
    const channel = new OpenChannel(name, checked, bytes, this)
    this.#open.set(name, channel)
    this.#changed()
    return channel
  }

  stats(): ChannelStats {
    const c = this.counters
    return {
      open: this.#open.size,
      messages: { sent: c.messagesSent, received: c.messagesReceived, dropped: c.messagesDropped },
      requests: {
        sent: c.requestsSent,
        received: c.requestsReceived,
        waiting: c.requestsWaiting,
        running: c.requestsRunning,
        failed: c.requestsFailed,
        late: c.repliesLate,
      },
      bytes: { sent: c.bytesSent, received: c.bytesReceived },
      waitingBytes: c.waitingBytes,
      reassemblyBytes: this.reassembly.usedBytes,
      stalls: c.stalls,
      schemasResolved: c.schemasResolved,
      resets: c.resets,
    }
  }

  /** Closes every channel, and opens none any more. */
  close(): void {
    this.#isClosed = true
    this.deadlines.close()
    this.#reports.close()
    const error = closedError()
    for (const channel of [...this.#open.values()]) channel.closeWith(error)
    for (const link of this.#links.values()) link.lose(error)
    this.#links.clear()
  }

  // --- what the node tells ---

  /** A link has become the one with this member; its data goes out by `outbox` and comes in at what is returned. */
  linkUp(member: Member, outbox: Outbox, version: number): MemberLink {
    const link = new MemberLink({
      member,
      outbox,
      version,
      host: this,
      soon: (callback) => this.#options.clock.soon(callback),
    })
    this.#links.set(member.alias, link)
    this.#forgetRoutes(member.alias)
    return link
  }

  /** That link is lost: what waits for it is rejected. The host learns of it by `tellReset`. */
  linkDown(link: MemberLink): void {
    const { alias } = link.member
    if (this.#links.get(alias) === link) {
      this.#links.delete(alias)
      this.#forgetRoutes(alias)
    }
    this.counters.resets++
    link.lose(new IridiumError('ERR_IRIDIUM_LINK_LOST', `the link to ${alias} was lost`))
  }

  /** Emits `reset` on every channel. */
  tellReset(member: Member): void {
    for (const channel of [...this.#open.values()]) channel.tellReset(member)
  }

  /** There is a newer picture of a member. */
  memberChanged(member: Member): void {
    const link = this.#links.get(member.alias)
    if (link?.member.id === member.id) link.member = member
  }

  // --- what channels and links ask ---

  get members(): ReadonlyMap<string, Member> {
    return this.#options.members
  }

  get generation(): number {
    return this.#generation
  }

  channelNamed(name: string): OpenChannel | undefined {
    return this.#open.get(name)
  }

  link(to: string): MemberLink {
    const link = this.#links.get(to)
    if (link) return link
    if (this.members.has(to)) {
      throw new IridiumError('ERR_IRIDIUM_NO_LINK', `there is no link to ${to} at the moment`)
    }
    const who = to === this.#options.alias ? 'this node itself' : 'no member'
    throw new IridiumError('ERR_IRIDIUM_NOT_A_MEMBER', `${describe(to)} is ${who}`)
  }

  closed(channel: OpenChannel, error: IridiumError): void {
    if (this.#open.get(channel.name) === channel) this.#open.delete(channel.name)
    this.#changed()
    for (const link of this.#links.values()) link.closeChannel(channel, error)
  }

  report(error: IridiumError, from?: Member, channel = ''): void {
    if (from) this.#reports.add(error, `${error.code} ${from.id} ${channel}`)
    else this.#options.report(error)
  }

  /** A channel has been opened or closed. */
  #changed(): void {
    this.#generation++
    const sizes = Array.from(this.#open.values(), (channel) => channel.maxValueBytes)
    this.payloads.fit(Math.max(0, ...sizes))
  }

  #forgetRoutes(alias: string): void {
    for (const channel of this.#open.values()) channel.forgetRoute(alias)
  }
}

function readMaxBytes(options: ChannelOptions): number | undefined {
  const { maxMessageBytes } = readRecord('options', options, ['maxMessageBytes']) as ChannelOptions
  const isSound =
    maxMessageBytes === undefined ||
    (Number.isInteger(maxMessageBytes) &&
      maxMessageBytes >= 1 &&
      maxMessageBytes <= MAX_MESSAGE_BYTES)
  if (isSound) return maxMessageBytes
  throw badOption('maxMessageBytes', `an integer from 1 to ${MAX_MESSAGE_BYTES}`, maxMessageBytes)
}

function checkSame(open: OpenChannel, schema: ChannelSchema, maxMessageBytes?: number): void {
  const differs = !open.schema.equals(schema)
    ? 'schema'
    : maxMessageBytes !== undefined && maxMessageBytes !== open.maxMessageBytes
      ? 'maxMessageBytes'
      : undefined
  if (differs === undefined) return
  throw new IridiumError(
    'ERR_IRIDIUM_BAD_OPTION',
    `the channel ${open.name} is open with another ${differs}; close it first`,
  )
}
