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
import type { Cursor } from '../protocol/cursor.js'
import { isData } from '../protocol/data-codec.js'
import { FrameReader } from '../protocol/framing.js'
import type { Message } from '../protocol/messages.js'
import type { Connection, ConnectionHandler } from '../transport/transport.js'
import type { MemberLink } from './channel/member-link.js'
import type { Outlet } from './channel/sender.js'
import { Outbox } from './outbox.js'
import type { LinkCounters } from './stats.js'

/** Who owns links, and is told what happens to them. */
export interface LinkOwner {
  readonly clock: Clock
  readonly counters: LinkCounters
  /** A whole message has come. */
  received(link: Link, message: Message): void
  /** Bytes have come that complete no message yet. */
  heard(link: Link): void
  /** Something waits in the outbox: flush it at the end of the turn. */
  queued(link: Link): void
  /** It is over: once, and nothing comes after it. */
  ended(link: Link, error: IridiumError | undefined): void
}

export class Link implements ConnectionHandler, Outlet {
  readonly id: LinkId
  /** Milliseconds from our last question on this link to its answer. */
  roundTripMs: number | undefined
  readonly #connection: Connection
  readonly #owner: LinkOwner
  readonly #outbox: Outbox
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
    this.#outbox = new Outbox(connection)
  }

  send(message: Message): void {
    if (this.#ending) return
    const { counters, clock } = this.#owner
    const wasWaiting = this.#outbox.waiting
    const bytes = this.#outbox.put(message)
    if (bytes === 0) {
      this.#overflow()
      return
    }
    counters.messagesSent++
    counters.bytesSent += bytes
    if (message.type === 'Heartbeat') counters.heartbeatsSent++
    if (isQuestion(message)) this.#askedAt = clock.now()
    if (!wasWaiting && this.#outbox.waiting) this.#owner.queued(this)
  }

  flush(): void {
    if (!this.#ending) this.#outbox.flush()
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

  // --- where the channels put their frames ---

  get isBlocked(): boolean {
    return this.#outbox.isBlocked
  }

  get isFull(): boolean {
    return this.#outbox.isFull
  }

  begin(cursor: Cursor): void {
    this.#outbox.begin(cursor)
  }

  commit(cursor: Cursor): boolean {
    if (this.#ending) return true // it goes nowhere
    const wasWaiting = this.#outbox.waiting
    if (!this.#outbox.commit(cursor)) return false
    this.#owner.counters.bytesSent += this.#outbox.committedBytes
    if (!wasWaiting && this.#outbox.waiting) this.#owner.queued(this)
    if (this.#outbox.isFull && this.#outbox.waitingBytes > MAX_QUEUED_BYTES) this.#overflow()
    return true
  }

  cancel(): void {
    this.#outbox.cancel()
  }

  // --- its end ---

  /** Ends in good order: what was sent goes out first, in bounded time. */
  end(): void {
    if (this.#ending) return
    this.#outbox.flush()
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
    this.#outbox.drained()
    this.#channels?.sender.drained()
  }

  closed(cause?: Error): void {
    this.#stop()
    this.#owner.ended(this, this.#error ?? (cause && lost(cause)))
  }

  readonly #onFrame = (bytes: Buffer, start: number, end: number): void => {
    if (this.#channels && isData(bytes[start])) this.#channels.receive(bytes, start, end)
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

  #overflow(): void {
    this.#owner.counters.boundsHit++
    const why = `more than ${MAX_QUEUED_BYTES} bytes wait for a peer that does not read`
    this.break(new IridiumError('ERR_IRIDIUM_LIMIT', why))
  }

  #stop(): void {
    this.#ending = true
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
