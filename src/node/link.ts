// Owns one connection as a stream of messages: framing and decoding inwards, the outbox outwards, and how
// it ends. Must not know what the messages mean to the cluster.
import type { LinkId } from '../cluster/io.js'
import type { Member } from '../cluster/member.js'
import type { Address } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import { IridiumError } from '../core/errors.js'
import {
  DEAR_CHUNK_MS,
  LINK_END_TIMEOUT_MS,
  MAX_CONTROL_FRAME_BYTES,
  MAX_DATA_FRAME_BYTES,
  MAX_FIRST_FRAME_BYTES,
  MAX_QUEUED_BYTES,
} from '../core/limits.js'
import { badFrame, decodeMessage } from '../protocol/codec.js'
import { DATA_TAGS, isData } from '../protocol/data-codec.js'
import { type FrameHandler, FrameReader } from '../protocol/framing.js'
import type { Message } from '../protocol/messages.js'
import type { Connection, ConnectionHandler } from '../transport/transport.js'
import type { MemberLink } from './channel/member-link.js'
import { Outbox, type OutboxOwner } from './outbox.js'
import type { Share, Waiting } from './share.js'
import type { LinkCounters } from './stats.js'

/** Who owns links, and is told what happens to them. */
export interface LinkOwner {
  readonly clock: Clock
  readonly counters: LinkCounters
  /** How much of a turn what comes in may take. */
  readonly share: Share
  /** A whole control message has come. */
  received(link: Link, message: Message): void
  /** Bytes have come, and no control message with them. */
  heard(link: Link): void
  /** Something waits in the outbox: flush it when what runs now has ended. */
  queued(link: Link): void
  /** It is over: once, and nothing comes after it. */
  ended(link: Link, error: IridiumError | undefined): void
}

export class Link implements ConnectionHandler, OutboxOwner, Waiting {
  readonly id: LinkId
  /** Where its frames are put; those of the channels too. */
  readonly outbox: Outbox
  /** Where the connection leads. */
  readonly remote: Address
  /** Who is at its other end, once that is known. */
  member: Member | null = null
  /** Why the cluster machine has asked for its end, if it has. */
  closing: string | undefined
  /** Milliseconds from our last question on this link to its answer. */
  roundTripMs: number | undefined
  readonly #connection: Connection
  readonly #owner: LinkOwner
  readonly #reader: FrameReader = new FrameReader(MAX_FIRST_FRAME_BYTES, (bytes, at, end) =>
    this.#channels ? this.#channels.receiveRun(bytes, at, end, this.#reader) : at,
  )
  #askedAt: number | undefined
  #isFirst = true
  /** What has come and must wait for a later turn. */
  #unread: Buffer[] = []
  #channels: MemberLink | undefined
  #ending = false
  #error: IridiumError | undefined

  constructor(id: LinkId, connection: Connection, owner: LinkOwner) {
    this.id = id
    this.#connection = connection
    this.remote = connection.remote
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

  /** From here on, to its end, messages between hosts go over this link. */
  carry(channels: MemberLink): void {
    this.#channels = channels
    this.#reader.maxBytes = MAX_DATA_FRAME_BYTES
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
    this.#take(asBuffer(bytes))
    if (counters.messagesReceived === before) this.#owner.heard(this)
  }

  goOn(): void {
    const chunks = this.#unread
    this.#unread = []
    for (const chunk of chunks) this.#take(chunk)
    if (this.#unread.length === 0 && !this.#ending) this.#connection.resume()
  }

  #take(chunk: Buffer): void {
    if (this.#unread.length > 0) this.#unread.push(chunk)
    else if (this.#owner.share.isSpent) this.#hold(chunk)
    else this.#read(chunk)
  }

  #read(chunk: Buffer): void {
    const { clock, share } = this.#owner
    const begun = clock.now()
    try {
      const taken = this.#reader.push(chunk, this.#onFrame)
      if (taken < chunk.length && !this.#ending) this.#hold(chunk.subarray(taken))
    } catch (error) {
      this.break(error as IridiumError) // ERR_IRIDIUM_BAD_FRAME, the only thing that is thrown here
    }
    if (clock.now() - begun > DEAR_CHUNK_MS) share.use(begun)
  }

  #hold(chunk: Buffer): void {
    this.#unread.push(chunk)
    this.#owner.counters.slowed++
    this.#connection.pause()
    this.#owner.share.wait(this)
  }

  drained(): void {
    if (this.#ending) return
    this.outbox.drained()
    this.#channels?.drained()
  }

  closed(cause?: Error): void {
    this.#stop()
    this.#owner.ended(this, this.#error ?? (cause && lost(cause)))
  }

  readonly #onFrame: FrameHandler = (bytes, start, end, isLasting) => {
    const tag = bytes[start]
    if (this.#channels && isData(tag)) {
      // What is no small message is dear enough to be looked at: a turn of pieces could read 2 MiB of them.
      if (tag === DATA_TAGS.Piece || tag === DATA_TAGS.Open) this.#owner.share.use()
      this.#channels.receive(bytes, start, end, isLasting)
      if (tag !== DATA_TAGS.Open && tag !== DATA_TAGS.Piece) return
    } else {
      this.#onControl(bytes, start, end)
    }
    if (this.#owner.share.isSpent) this.#reader.stop()
  }

  #onControl(bytes: Buffer, start: number, end: number): void {
    if (end - start > MAX_CONTROL_FRAME_BYTES) {
      throw badFrame(`a control message of ${end - start} bytes`)
    }
    const { counters, clock, share } = this.#owner
    share.use()
    const message = decodeMessage(bytes, start, end)
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
    this.#unread = []
    this.#owner.share.forget(this)
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
