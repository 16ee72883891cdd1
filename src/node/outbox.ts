// Owns the bytes that wait to go out on one connection: frames are encoded in place, one behind the other,
// and handed over together. Must not know what the messages mean, or when a turn ends.
import { FLUSH_BYTES, MAX_QUEUED_BYTES, MIN_OUTBOX_BYTES } from '../core/limits.js'
import { encodeMessage } from '../protocol/codec.js'
import type { Cursor } from '../protocol/cursor.js'
import type { Message } from '../protocol/messages.js'
import type { Connection } from '../transport/transport.js'

const NOTHING = Buffer.alloc(0)

export class Outbox {
  /** Bytes of the frame that was committed last. */
  committedBytes = 0
  readonly #connection: Connection
  #buffer = NOTHING
  #length = 0
  #blocked = false
  /** A buffer that the connection still holds, to be used again when it does not. */
  #lent = NOTHING
  /** A buffer that was lent and is back. */
  #spare = NOTHING
  /** Bytes of the largest buffer so far: what was needed once will be needed again. */
  #capacity = MIN_OUTBOX_BYTES
  /** Whether somebody writes a frame in place, behind what waits. */
  #isBegun = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Whether there is something to flush. */
  get waiting(): boolean {
    return this.#length > 0
  }

  /**
   * Queues a message; hands everything over when FLUSH_BYTES are full, else leaves it to `flush`.
   * Returns the bytes of the frame, or 0 if it would go over MAX_QUEUED_BYTES: then nothing was queued.
   */
  put(message: Message): number {
    this.#detach()
    let end = encodeMessage(message, this.#buffer, this.#length)
    for (; end < 0; end = encodeMessage(message, this.#buffer, this.#length)) this.#makeRoom(-end)
    const start = this.#length
    if (end + this.#connection.writableLength > MAX_QUEUED_BYTES) return 0
    this.#length = end
    if (end >= FLUSH_BYTES) this.flush()
    return end - start
  }

  /** Whether the connection has asked us to stop. */
  get isBlocked(): boolean {
    return this.#blocked
  }

  /** Bytes that wait here and in the connection. */
  get waitingBytes(): number {
    return this.#length + this.#connection.writableLength
  }

  /** Whether enough waits to be handed over. */
  get isFull(): boolean {
    return this.#length >= FLUSH_BYTES
  }

  /**
   * Puts the cursor where the next frame begins, to be written there in place and then committed or cancelled.
   */
  begin(cursor: Cursor): void {
    this.#detach()
    this.#isBegun = true
    cursor.into(this.#buffer, this.#length)
  }

  /** Gives up what was begun. */
  cancel(): void {
    this.#isBegun = false
  }

  /**
   * Takes what was written since `begin` as part of what waits, and hands everything over when FLUSH_BYTES are
   * full. False if it had no room, or something else came between: nothing was taken, write it again.
   */
  commit({ buf, pos }: Cursor): boolean {
    if (buf !== this.#buffer) return false
    this.#isBegun = false
    const lacking = pos - buf.length
    if (lacking > 0) {
      this.#makeRoom(lacking)
      return false
    }
    this.committedBytes = pos - this.#length
    this.#length = pos
    if (pos >= FLUSH_BYTES) this.flush()
    return true
  }

  /** Hands over what waits, unless the connection has asked us to stop. */
  flush(): void {
    if (this.#blocked || this.#length === 0) return
    this.#detach()
    this.#blocked = !this.#connection.write(this.#buffer.subarray(0, this.#length))
    this.#length = 0
    // A buffer that the connection still holds must not be written to again.
    if (this.#connection.writableLength > 0) {
      const returned = this.#spare
      this.#spare = NOTHING
      this.#lent = this.#buffer
      this.#buffer = returned
    }
  }

  /** The connection takes more. */
  drained(): void {
    this.#blocked = false
    if (this.#connection.writableLength === 0) {
      this.#spare = this.#lent
      this.#lent = NOTHING
    }
    this.flush()
  }

  /**
   * What is being written in place is left behind, with the buffer, if anything else is to happen here: a
   * value's getter may call anything. Its commit will find out.
   */
  #detach(): void {
    if (!this.#isBegun) return
    this.#isBegun = false
    const copy = Buffer.allocUnsafeSlow(this.#buffer.length)
    this.#buffer.copy(copy, 0, 0, this.#length)
    this.#buffer = copy
  }

  #makeRoom(lackingBytes: number): void {
    if (this.#length > 0 && !this.#blocked && this.#buffer.length >= FLUSH_BYTES) {
      this.flush()
      return
    }
    const needed = this.#buffer.length + lackingBytes
    this.#capacity = Math.max(this.#capacity, needed, this.#buffer.length * 2)
    const larger = Buffer.allocUnsafeSlow(this.#capacity)
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}
