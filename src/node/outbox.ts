// Owns the bytes that wait to go out on one connection: frames are encoded in place, one behind the other,
// and handed over together. Must not know what the messages mean, or when a turn ends.
import { FLUSH_BYTES, MAX_QUEUED_BYTES, MIN_OUTBOX_BYTES } from '../core/limits.js'
import { encodeMessage } from '../protocol/codec.js'
import type { Message } from '../protocol/messages.js'
import type { Connection } from '../transport/transport.js'

const NOTHING = Buffer.alloc(0)

export class Outbox {
  readonly #connection: Connection
  #buffer = NOTHING
  #length = 0
  #blocked = false

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
    let end = encodeMessage(message, this.#buffer, this.#length)
    for (; end < 0; end = encodeMessage(message, this.#buffer, this.#length)) this.#makeRoom(-end)
    const start = this.#length
    if (end + this.#connection.writableLength > MAX_QUEUED_BYTES) return 0
    this.#length = end
    if (end >= FLUSH_BYTES) this.flush()
    return end - start
  }

  /** Hands over what waits, unless the connection has asked us to stop. */
  flush(): void {
    if (this.#blocked || this.#length === 0) return
    this.#blocked = !this.#connection.write(this.#buffer.subarray(0, this.#length))
    this.#length = 0
    // A buffer that the connection still holds must not be written to again.
    if (this.#connection.writableLength > 0) this.#buffer = NOTHING
  }

  /** The connection takes more. */
  drained(): void {
    this.#blocked = false
    this.flush()
  }

  #makeRoom(lackingBytes: number): void {
    if (this.#length > 0 && !this.#blocked && this.#buffer.length >= FLUSH_BYTES) {
      this.flush()
      return
    }
    const needed = this.#buffer.length + lackingBytes
    const larger = Buffer.allocUnsafeSlow(
      Math.max(needed, this.#buffer.length * 2, MIN_OUTBOX_BYTES),
    )
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}
