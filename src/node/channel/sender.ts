// Owns what goes out on one link between members, apart from control messages: values are written in place behind what
// waits in the outbox, if nothing is in their way; else they wait in the Backlog. Must not know members, hosts or time.
import type { IridiumError } from '../../core/errors.js'
import { CHANNEL_WINDOW_BYTES, MAX_WHOLE_BYTES, MESSAGE_OVERHEAD_BYTES } from '../../core/limits.js'
import { FRAME_HEADER_BYTES } from '../../protocol/codec.js'
import type { Cursor } from '../../protocol/cursor.js'
import { closeFrame, DATA_TAGS, type PlainData, writePlain } from '../../protocol/data-codec.js'
import { knows } from '../../protocol/versions.js'
import type { Outbox } from '../outbox.js'
import { Backlog, type BacklogOptions } from './backlog.js'
import type { ChannelCounters } from './counters.js'
import { cutText, type FailureCode, protocolError } from './faults.js'
import { headAt, writeLength } from './heads.js'
import { isClear, lineOf, type Outgoing, type WritableChannel } from './outgoing.js'
import { tooLarge } from './payload.js'
import type { Payload } from './payload-memory.js'

export interface SenderOptions extends BacklogOptions {
  /** Of the protocol, as both ends speak it. */
  readonly version: number
}

const { Message: MESSAGE, Reply: REPLY } = DATA_TAGS

export class Sender {
  readonly #outbox: Outbox
  readonly #version: number
  readonly #counters: ChannelCounters
  readonly #backlog: Backlog
  #lastNumber = -1
  readonly #byNumber = new Map<number, Outgoing>()
  #lost: IridiumError | undefined

  constructor(options: SenderOptions) {
    this.#outbox = options.outbox
    this.#version = options.version
    this.#counters = options.counters
    this.#backlog = new Backlog(options)
  }

  /**
   * Sends a message now, if nothing is in its way; else returns false and does nothing. `tag` says of which
   * kind it is, `id` of which request.
   * @throws IridiumError ERR_IRIDIUM_BAD_MESSAGE, ERR_IRIDIUM_CLOSED
   */
  sendNow(out: Outgoing, tag: number, id: number, value: unknown): boolean {
    const outbox = this.#outbox
    const { channel } = out
    const { schema, maxValueBytes } = channel
    for (;;) {
      if (lineOf(out, tag).first || outbox.isFull || this.#lost) return false
      if (channel.expectsLarge) return false
      if (tag !== REPLY && out.credit <= 0) return false
      if (out.number < 0) this.#open(out)
      const cursor = outbox.begin()
      const start = cursor.pos
      const lengthAt = headAt(cursor, start + FRAME_HEADER_BYTES, tag, out.number, id)
      const valueAt = lengthAt + out.lengthBytes
      cursor.pos = valueAt
      this.#writeValue(schema, cursor, value)
      if (out.closed) {
        outbox.cancel()
        throw out.closed
      }
      const length = cursor.pos - valueAt
      if (length > MAX_WHOLE_BYTES || length > maxValueBytes) {
        outbox.cancel()
        if (length > maxValueBytes) throw tooLarge(channel, length)
        return false
      }
      writeLength(out, cursor, lengthAt, length)
      closeFrame(cursor, start)
      if (outbox.commit(cursor)) {
        // By hand: calls here would cost 5 ns a message.
        if (tag !== REPLY) {
          out.credit -= length + MESSAGE_OVERHEAD_BYTES
          if (out.credit <= 0) this.#counters.stalls++
        }
        if (tag === MESSAGE) this.#counters.messagesSent++
        this.#counters.bytesSent += length
        return true
      }
    }
  }

  /**
   * Lets a message wait in its line, and sends it as soon as it may go. The returned function withdraws it, if
   * it has not gone yet.
   * @throws IridiumError ERR_IRIDIUM_LIMIT, ERR_IRIDIUM_CLOSED
   */
  sendLater(
    out: Outgoing,
    tag: number,
    id: number,
    payload: Payload,
    ended?: (error?: IridiumError) => void,
  ): () => void {
    if (this.#lost) throw this.#lost
    if (out.closed) throw out.closed
    this.#backlog.checkRoom(payload.bytes.length)
    if (out.number < 0) this.#open(out)
    return this.#backlog.add(out, tag, id, payload, ended)
  }

  /** Puts a message without a value behind what waits in the outbox. */
  put(message: PlainData): void {
    if (this.#lost || !knows(this.#version, message.type)) return
    this.#outbox.putFrame((cursor) => writePlain(cursor, message))
  }

  /** Tells the peer that its request has no reply, and why. */
  fail(id: number, code: FailureCode, message: string): void {
    this.put({ type: 'Failed', id, code, message: cutText(message) })
  }

  /** Whether a message of this channel would go at once, and the connection does not ask us to stop. */
  isClear(out: Outgoing): boolean {
    return isClear(out, this.#outbox)
  }

  /** Calls back when the way is clear, or with an error when the link is lost or the channel closed. */
  whenClear(out: Outgoing, callback: (error?: IridiumError) => void): () => void {
    return this.#backlog.whenClear(out, callback)
  }

  /** Ends a channel here: what waits ends with `error`. */
  close(out: Outgoing, error: IridiumError): void {
    out.closed = error
    this.#backlog.end(out, error)
    if (out.number < 0) return
    this.#byNumber.delete(out.number)
    this.put({ type: 'Close', channel: out.number })
  }

  /** The link is gone: everything that waits ends with `error`. */
  lose(error: IridiumError): void {
    this.#lost = error
    this.#backlog.lose(this.#byNumber.values(), error)
  }

  /** The name of the channel that has this number here; undefined if none has, or it has been closed. */
  nameOf(number: number): string | undefined {
    return this.#byNumber.get(number)?.channel.name
  }

  // --- what the link and its other end tell ---

  /** The connection takes more. */
  drained(): void {
    this.#backlog.pump()
  }

  /** The receiver has dealt with messages that took so much credit. */
  credited(number: number, bytes: number): void {
    const out = this.#byNumber.get(number)
    if (!out) {
      if (number > this.#lastNumber) throw protocolError(`credit for channel ${number}, not opened`)
      return
    }
    out.credit += bytes
    if (out.credit > CHANNEL_WINDOW_BYTES) throw protocolError('more credit than was taken')
    this.#backlog.goOn(out.messages)
  }

  /** The receiver has room for so much of a message in pieces; or none, and says why. */
  roomed(stream: number, upTo: number, refusal: string): void {
    this.#backlog.roomed(stream, upTo, refusal)
  }

  #open(out: Outgoing): void {
    out.number = ++this.#lastNumber
    this.#byNumber.set(out.number, out)
    const { name, schema } = out.channel
    this.put({ type: 'Open', channel: out.number, name, schema: schema.text })
  }

  #writeValue(schema: WritableChannel['schema'], cursor: Cursor, value: unknown): void {
    try {
      schema.write(cursor, value)
    } catch (cause) {
      this.#outbox.cancel()
      throw schema.explain(value, cause)
    }
  }
}
