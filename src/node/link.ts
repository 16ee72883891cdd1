// Owns one connection as a stream of messages: framing and decoding inwards, the outbox outwards, and how
// it ends. Must not know what the messages mean to the cluster.
import type { LinkId } from '../cluster/io.js'
import type { Clock } from '../core/clock.js'
import { IridiumError } from '../core/errors.js'
import {
  LINK_END_TIMEOUT_MS,
  MAX_CONTROL_FRAME_BYTES,
  MAX_DATA_FRAME_BYTES,
  MAX_FIRST_FRAME_BYTES,
  MAX_QUEUED_BYTES,
} from '../core/limits.js'
import { badFrame, decodeMessage } from '../protocol/codec.js'
import { isData } from '../protocol/data-codec.js'
import { type FrameHandler, FrameReader } from '../protocol/framing.js'
import type { Message } from '../protocol/messages.js'
import type { Connection, ConnectionHandler } from '../transport/transport.js'
import type { MemberLink } from './channel/member-link.js'
import { Outbox, type OutboxOwner } from './outbox.js'
import type { LinkCounters } from './stats.js'

/** Who owns links, and is told what happens to them. */
export interface LinkOwner {
  readonly clock: Clock
  readonly counters: LinkCounters
  /** A whole message has come. */
  received(link: Link, message: Message): void
  /** Bytes have come that complete no message yet. */
  heard(link: Link): void
  /** Something waits in the outbox: flush it when what runs now has ended. */
  queued(link: Link): void
  /** It is over: once, and nothing comes after it. */
  ended(link: Link, error: IridiumError | undefined): void
}

export class Link implements ConnectionHandler, OutboxOwner {
  readonly id: LinkId
  /** Where its frames are put; those of the channels too. */
  readonly outbox: Outbox
  /** Milliseconds from our last question on this link to its answer. */
  roundTripMs: number | undefined
  readonly #connection: Connection
  readonly #owner: LinkOwner
  readonly #reader = new FrameReader(MAX_FIRST_FRAME_BYTES)
  #askedAt: number | undefined
  #isFirst = true
  #channels: MemberLink | undefined
  #ending = false
  #error: IridiumError | undefined

  constructor(id: LinkId, connection: Connection, owner: LinkOwner) {
    this.id = id
    this.#connection = connection
    this.#owner = owner
    this.outbox = new Outbox(connection, this)
  }

  send(message: Message): void {
    if (this.#ending) return
    const { counters, clock } = this.#owner
    if (this.outbox.put(message) === 0) {
      this.overflowed()
      return
    }
    counters.messagesSent++
    if (message.type === 'Heartbeat') counters.heartbeatsSent++
    if (isQuestion(message)) this.#askedAt = clock.now()
  }

  flush(): void {
    if (!this.#ending) this.outbox.flush()
  }

  /** The other end has turned out to be a member. */
  keep(): void {
    this.#connection.keep()
  }

  /** From here on messages between hosts go over this link; with undefined, no more. */
  carry(channels: MemberLink | undefined): void {
    this.#channels = channels
    if (channels) this.#reader.maxBytes = MAX_DATA_FRAME_BYTES
  }

  // --- what the outbox tells ---

  queued(): void {
    this.#owner.queued(this)
  }

  flushed(bytes: number): void {
    this.#owner.counters.bytesSent += bytes
  }

  overflowed(): void {
    this.#owner.counters.boundsHit++
    const why = `more than ${MAX_QUEUED_BYTES} bytes wait for a peer that does not read`
    this.break(new IridiumError('ERR_IRIDIUM_LIMIT', why))
  }

  // --- its end ---

  /** Ends in good order: what was sent goes out first, in bounded time. */
  end(): void {
    if (this.#ending) return
    this.outbox.flushLast()
    this.#stop()
    this.#connection.end(LINK_END_TIMEOUT_MS)
  }

  /** Ends at once; `error` says why, if something was wrong. */
  break(error?: IridiumError): void {
    this.#error ??= error
    this.#stop()
    this.#connection.destroy()
  }

  data(bytes: Uint8Array): void {
    if (this.#ending) return
    const { counters } = this.#owner
    const before = counters.messagesReceived
    counters.bytesReceived += bytes.length
    try {
      this.#reader.push(asBuffer(bytes), this.#onFrame)
    } catch (error) {
      this.break(error as IridiumError) // ERR_IRIDIUM_BAD_FRAME, the only thing that is thrown here
      return
    }
    if (counters.messagesReceived === before) this.#owner.heard(this)
  }

  drained(): void {
    if (this.#ending) return
    this.outbox.drained()
    this.#channels?.sender.drained()
  }

  closed(cause?: Error): void {
    this.#stop()
    this.#owner.ended(this, this.#error ?? (cause && lost(cause)))
  }

  readonly #onFrame: FrameHandler = (bytes, start, end, isLasting) => {
    if (this.#channels && isData(bytes[start])) this.#channels.receive(bytes, start, end, isLasting)
    else this.#onControl(bytes, start, end)
  }

  #onControl(bytes: Buffer, start: number, end: number): void {
    if (end - start > MAX_CONTROL_FRAME_BYTES) {
      throw badFrame(`a control message of ${end - start} bytes`)
    }
    const message = decodeMessage(bytes, start, end)
    const { counters, clock } = this.#owner
    counters.messagesReceived++
    if (this.#isFirst) {
      this.#isFirst = false
      this.#reader.maxBytes = MAX_CONTROL_FRAME_BYTES
    }
    if (message.type === 'Heartbeat') counters.heartbeatsReceived++
    if (this.#askedAt !== undefined && isAnswer(message)) {
      this.roundTripMs = clock.now() - this.#askedAt
      this.#askedAt = undefined
    }
    this.#owner.received(this, message)
  }

  #stop(): void {
    this.#ending = true
    this.outbox.close()
    this.#reader.close()
  }
}

function isQuestion({ type }: Message): boolean {
  return type === 'Hello' || type === 'Join' || type === 'Ping'
}

function isAnswer({ type }: Message): boolean {
  return type === 'HelloAck' || type === 'JoinAck' || type === 'Refused' || type === 'Pong'
}

function lost(cause: Error): IridiumError {
  if (cause instanceof IridiumError) return cause
  return new IridiumError('ERR_IRIDIUM_LINK_LOST', `the connection broke: ${cause.message}`, {
    cause,
  })
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
