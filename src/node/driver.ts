// Owns the pump between the cluster machine and the world: it gives the machine one input at a time, and
// carries out what the machine answers. Decides nothing about members; that is src/cluster.
//
//   calls of the host, frames, closed links, failed dials, deadlines, turns
//     -> one queue of inputs -> machine.step -> send, dial, close, deadline, nextTurn
//                                            -> then emit and settle, when all of the former is done
//
// A listener that calls the node back finds the state of its event complete, and its call is queued.
import type { CallId, CallResult, ClusterEvent, Input, LinkId, Output } from '../cluster/io.js'
import type { Member } from '../cluster/member.js'
import type { Address } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import { IridiumError } from '../core/errors.js'
import { MAX_INPUTS_IN_A_ROW } from '../core/limits.js'
import type { Logger } from '../core/logger.js'
import type { Message } from '../protocol/messages.js'
import type { Connection, ConnectionHandler, Transport } from '../transport/transport.js'
import type { MemberLink } from './channel/member-link.js'
import { Deadline } from './deadline.js'
import type { Diagnostics } from './diagnostics.js'
import { Dials } from './dials.js'
import { Link, type LinkOwner } from './link.js'
import type { Outbox } from './outbox.js'
import { Share } from './share.js'
import { LinkCounters, type LinkStats } from './stats.js'

/** The cluster machine, as the driver sees it. */
export interface Machine {
  step(now: number, input: Input): readonly Output[]
}

/** The channels, as the driver sees them. */
export interface DataSide {
  /** A link carries messages between hosts from here on: they go out by `outbox`, and come in at what is returned. `version` is that of the protocol there. */
  linkUp(member: Member, outbox: Outbox, version: number): MemberLink
  linkDown(link: MemberLink): void
  /** Tells the host that a link is down, in the order of the events. */
  tellReset(member: Member): void
}

export interface DriverOptions {
  readonly machine: Machine
  readonly channels: DataSide
  readonly transport: Transport
  readonly clock: Clock
  readonly logger: Logger
  readonly diagnostics: Diagnostics
  readonly emit: (event: ClusterEvent) => void
  readonly settle: (call: CallId, result: CallResult) => void
}

export class Driver implements LinkOwner {
  readonly counters = new LinkCounters()
  readonly clock: Clock
  readonly share: Share
  readonly #options: DriverOptions
  readonly #inputs: Input[] = []
  #pumping = false
  readonly #links = new Map<LinkId, Link>()
  readonly #dials: Dials
  /** The links that have a member at their other end. */
  readonly #up = new Map<LinkId, MemberLink>()
  #lastAccepted: LinkId = -1
  readonly #heard = new Set<LinkId>()
  #toFlush: Link[] = []
  readonly #deadline: Deadline
  #whenEmpty: (() => void) | undefined
  #closed = false

  constructor(options: DriverOptions) {
    this.#options = options
    this.clock = options.clock
    this.share = new Share(options.clock)
    this.#dials = new Dials(options.transport, this.share)
    this.#deadline = new Deadline(options.clock, () => this.#due({ type: 'tick' }))
  }

  /** What the links have counted, and how they are now. */
  stats(): LinkStats {
    const { counters: c } = this
    let outboxBytes = 0
    for (const { outbox } of this.#links.values()) outboxBytes += outbox.bytes
    const roundTripMs: Record<string, number> = {}
    for (const [id, { member }] of this.#up) {
      const ms = this.#links.get(id)?.roundTripMs
      if (ms !== undefined) roundTripMs[member.alias] = ms
    }
    return {
      links: {
        open: this.#links.size + this.#dials.size,
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

  /** Gives the machine an input: now, or after those that are under way. */
  input(input: Input): void {
    if (this.#closed) return
    this.#inputs.push(input)
    this.#pump()
  }

  /** Takes a connection that somebody has made to us. */
  accept(connection: Connection): ConnectionHandler {
    this.#lastAccepted += 2
    this.counters.accepted++
    return this.#opened(this.#lastAccepted, connection, 'accepted')
  }

  /**
   * Waits until every link has ended, for `timeoutMs` at most, ends the rest, and takes no more inputs. When it
   * resolves, the system's handles are gone as well.
   */
  async close(timeoutMs: number): Promise<void> {
    if (this.#links.size > 0) {
      await new Promise<void>((resolve) => {
        const stopTimer = this.clock.timer(timeoutMs, resolve)
        this.#whenEmpty = () => {
          stopTimer()
          resolve()
        }
      })
    }
    this.#closed = true
    this.#deadline.close()
    this.#dials.close()
    for (const link of this.#links.values()) {
      this.#options.diagnostics.linkClose(link, 'the node closes', undefined)
      link.break()
    }
    this.#links.clear()
    this.#up.clear()
    await new Promise<void>((resolve) => {
      this.clock.turn(resolve)
    })
  }

  // --- what links tell their owner ---

  received(link: Link, message: Message): void {
    this.#options.diagnostics.received(link.id, message)
    this.input({ type: 'frame', link: link.id, message })
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
    if (!this.#links.delete(link.id)) return
    this.#heard.delete(link.id)
    if (error) this.counters.broken++
    this.#options.diagnostics.linkClose(
      link,
      link.closing ?? error?.message ?? 'the other end has closed it',
      error,
    )
    this.input({ type: 'closed', link: link.id, ...(error && { error }) })
    if (this.#links.size === 0) this.#whenEmpty?.()
  }

  // --- the machine's inputs and outputs ---

  #pump(): void {
    if (this.#pumping || this.#closed) return
    this.#pumping = true
    try {
      for (let left = MAX_INPUTS_IN_A_ROW; left > 0; left--) {
        const next = this.#inputs.shift()
        if (!next) return
        this.#step(next)
      }
    } finally {
      this.#pumping = false
    }
    if (this.#inputs.length > 0) this.clock.turn(() => this.#pump())
  }

  #step(input: Input): void {
    const { emit, settle, logger } = this.#options
    let outputs: readonly Output[]
    try {
      outputs = this.#options.machine.step(this.clock.now(), input)
    } catch (cause) {
      const error = internal(input, cause)
      logger.error({ error }, error.message)
      emit({ type: 'error', error })
      return
    }
    for (const output of outputs) this.#carryOut(output)
    for (const output of outputs) {
      if (output.type === 'emit') emit(output.event)
      else if (output.type === 'settle') settle(output.call, output.result)
      else if (output.type === 'linkDown') this.#options.channels.tellReset(output.member)
    }
  }

  #carryOut(output: Output): void {
    switch (output.type) {
      case 'dial':
        this.#dial(output.link, output.address)
        return
      case 'send':
        this.#send(output.link, output.message)
        return
      case 'close':
        this.#close(output)
        return
      case 'deadline':
        this.#deadline.set(output.at)
        return
      case 'nextTurn':
        this.clock.turn(() => this.#due({ type: 'turn' }))
        return
      case 'log':
        this.#options.logger[output.level](output.fields, output.message)
        return
      case 'linkUp':
        this.#linkUp(output)
        return
      case 'linkDown':
        this.#linkDown(output.link)
        return
      case 'emit': // told after the rest
      case 'settle':
        return
      default:
        output satisfies never
    }
  }

  #send(id: LinkId, message: Message): void {
    const link = this.#links.get(id)
    if (!link) return
    link.send(message)
    this.#options.diagnostics.sent(id, message)
  }

  #linkUp({ link: id, member, version }: Output & { type: 'linkUp' }): void {
    const link = this.#links.get(id)
    if (!link) return
    link.member = member
    const channels = this.#options.channels.linkUp(member, link.outbox, version)
    this.#up.set(id, channels)
    link.carry(channels)
    link.keep()
    this.#options.diagnostics.linkUp(link)
  }

  #linkDown(id: LinkId): void {
    const channels = this.#up.get(id)
    if (!channels) return
    this.#up.delete(id)
    this.#links.get(id)?.carry(undefined)
    this.#options.channels.linkDown(channels)
  }

  #dial(id: LinkId, address: Address): void {
    this.counters.dialled++
    this.#dials.begin(id, address, {
      connected: (connection) => this.#opened(id, connection, 'connected'),
      failed: (reason, message) => {
        this.counters.dialsFailed++
        this.#options.diagnostics.linkFailed(id, address, reason, message)
        this.input({ type: 'dialFailed', link: id, reason, message })
      },
    })
  }

  #opened(id: LinkId, connection: Connection, type: 'accepted' | 'connected'): ConnectionHandler {
    const link = new Link(id, connection, this)
    if (this.#closed) {
      link.break()
      return link
    }
    this.#links.set(id, link)
    this.#options.diagnostics.linkOpen(link)
    this.input({ type, link: id, remote: connection.remote })
    return link
  }

  #close({ link: id, flush, reason }: Output & { type: 'close' }): void {
    if (this.#dials.cancel(id)) {
      this.#inputs.push({ type: 'closed', link: id })
      return
    }
    const link = this.#links.get(id)
    if (!link) return
    link.closing = reason
    if (flush) link.end()
    else link.break()
  }

  /** Time has come; but first the machine hears who gave a sign of life in the meantime. */
  #due(input: Input): void {
    for (const link of this.#heard) {
      this.input({ type: 'traffic', link, received: true, sent: false })
    }
    this.#heard.clear()
    this.input(input)
  }

  readonly #flush = (): void => {
    const links = this.#toFlush
    this.#toFlush = []
    for (const link of links) link.flush()
  }
}

function internal(input: Input, cause: unknown): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_INTERNAL',
    `the cluster machine failed at the input ${input.type}: ${(cause as Error)?.message}`,
    { cause },
  )
}
