// Owns the connections of a node, each from its dial or its accept to its end: by their numbers, what they tell, when
// they are flushed, and what all of them have counted. What is to be done with them the cluster machine decides.
import type { Input, LinkId, Output } from '../cluster/io.js'
import type { Clock } from '../core/clock.js'
import type { IridiumError } from '../core/errors.js'
import type { Message } from '../protocol/messages.js'
import type { Connection, ConnectionHandler, Transport } from '../transport/transport.js'
import type { Channels } from './channel/channels.js'
import type { MemberLink } from './channel/member-link.js'
import type { Diagnostics } from './diagnostics.js'
import { Dials } from './dials.js'
import { Link, type LinkOwner } from './link.js'
import { Share } from './share.js'
import { LinkCounters, type LinkStats } from './stats.js'

export interface LinksOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly diagnostics: Diagnostics
  /** Which messages between hosts go over them. */
  readonly channels: Channels
  /** Told what happens to them. */
  readonly input: (input: Input) => void
}

type OutputOf<Type extends Output['type']> = Extract<Output, { type: Type }>

export class Links implements LinkOwner {
  readonly counters = new LinkCounters()
  readonly clock: Clock
  readonly share: Share
  readonly #options: LinksOptions
  readonly #open = new Map<LinkId, Link>()
  readonly #dials: Dials
  /** The channels' side of those that have a member at their other end; it may outlive its link by some inputs. */
  readonly #up = new Map<LinkId, MemberLink>()
  #lastAccepted: LinkId = -1
  readonly #heard = new Set<LinkId>()
  #toFlush: Link[] = []
  #whenEmpty: (() => void) | undefined
  #closed = false

  constructor(options: LinksOptions) {
    this.#options = options
    this.clock = options.clock
    this.share = new Share(options.clock)
    this.#dials = new Dials(options.transport, this.share)
  }

  /** What they have counted, and how they are now. */
  stats(): LinkStats {
    const { counters: c } = this
    let outboxBytes = 0
    for (const { outbox } of this.#open.values()) outboxBytes += outbox.bytes
    const roundTripMs: Record<string, number> = {}
    for (const [id, { member }] of this.#up) {
      const ms = this.#open.get(id)?.roundTripMs
      if (ms !== undefined) roundTripMs[member.alias] = ms
    }
    return {
      links: {
        open: this.#open.size + this.#dials.size,
        members: this.#up.size,
        dialled: c.dialled,
        accepted: c.accepted,
        dialsFailed: c.dialsFailed,
        broken: c.broken,
        slowed: c.slowed,
      },
      messages: { received: c.messagesReceived, sent: c.messagesSent },
      bytes: { received: c.bytesReceived, sent: c.bytesSent },
      heartbeats: { received: c.heartbeatsReceived, sent: c.heartbeatsSent },
      roundTripMs,
      boundsHit: c.boundsHit,
      queues: { outboxBytes, dials: this.#dials.size },
    }
  }

  /** Takes a connection that somebody has made to us. */
  accept(connection: Connection): ConnectionHandler {
    this.#lastAccepted += 2
    this.counters.accepted++
    return this.#opened(this.#lastAccepted, connection, 'accepted')
  }

  /** Tells of which of them there was a sign of life, since this was called last. */
  tellHeard(): void {
    for (const link of this.#heard) this.#options.input({ type: 'traffic', link })
    this.#heard.clear()
  }

  /** Waits until every link has ended, for `timeoutMs` at most. */
  async emptied(timeoutMs: number): Promise<void> {
    if (this.#open.size === 0) return
    await new Promise<void>((resolve) => {
      const stopTimer = this.clock.timer(timeoutMs, resolve)
      this.#whenEmpty = () => {
        stopTimer()
        resolve()
      }
    })
  }

  /** Ends those that are left, and takes no more. */
  close(): void {
    this.#closed = true
    this.#dials.close()
    for (const link of this.#open.values()) {
      this.#options.diagnostics.linkClose(link, 'the node closes', undefined)
      link.break()
    }
    this.#open.clear()
    this.#up.clear()
  }

  // --- what the machine wants done ---

  dial({ link: id, address }: OutputOf<'dial'>): void {
    this.counters.dialled++
    this.#dials.begin(id, address, {
      connected: (connection) => this.#opened(id, connection, 'connected'),
      failed: (reason, message) => {
        this.counters.dialsFailed++
        this.#options.diagnostics.linkFailed(id, address, reason, message)
        this.#options.input({ type: 'dialFailed', link: id, reason, message })
      },
    })
  }

  send({ link: id, message }: OutputOf<'send'>): void {
    const link = this.#open.get(id)
    if (!link) return
    link.send(message)
    this.#options.diagnostics.sent(id, message)
  }

  up({ link: id, member, version }: OutputOf<'linkUp'>): void {
    const link = this.#open.get(id)
    if (!link) return
    link.member = member
    const channels = this.#options.channels.linkUp(member, link.outbox, version)
    this.#up.set(id, channels)
    link.carry(channels)
    link.keep()
    this.#options.diagnostics.linkUp(link)
  }

  /** What still came over it would go on to its member's channels: the machine ends it in the same step (cluster/io.ts). */
  down({ link: id }: OutputOf<'linkDown'>): void {
    const channels = this.#up.get(id)
    if (!channels) return
    this.#up.delete(id)
    this.#options.channels.linkDown(channels)
  }

  end({ link: id, flush, reason }: OutputOf<'close'>): void {
    if (this.#dials.cancel(id)) {
      this.#options.input({ type: 'closed', link: id })
      return
    }
    const link = this.#open.get(id)
    if (!link) return
    link.closing = reason
    if (flush) link.end()
    else link.break()
  }

  // --- what links tell their owner ---

  received(link: Link, message: Message): void {
    this.#options.diagnostics.received(link.id, message)
    this.#options.input({ type: 'frame', link: link.id, message })
  }

  heard(link: Link): void {
    this.#heard.add(link.id)
  }

  queued(link: Link): void {
    this.#toFlush.push(link)
    if (this.#toFlush.length > 1) return
    const { clock } = this
    if (clock.next) clock.next(this.#flush)
    else clock.soon(this.#flush)
  }

  ended(link: Link, error: IridiumError | undefined): void {
    if (!this.#open.delete(link.id)) return
    this.#heard.delete(link.id)
    if (error) this.counters.broken++
    this.#options.diagnostics.linkClose(
      link,
      link.closing ?? error?.message ?? 'the other end has closed it',
      error,
    )
    this.#options.input({ type: 'closed', link: link.id, ...(error && { error }) })
    if (this.#open.size === 0) this.#whenEmpty?.()
  }

  #opened(id: LinkId, connection: Connection, type: 'accepted' | 'connected'): ConnectionHandler {
    const link = new Link(id, connection, this)
    if (this.#closed) {
      link.break()
      return link
    }
    this.#open.set(id, link)
    this.#options.diagnostics.linkOpen(link)
    this.#options.input({ type, link: id, remote: connection.remote })
    return link
  }

  readonly #flush = (): void => {
    const links = this.#toFlush
    this.#toFlush = []
    for (const link of links) link.flush()
  }
}
