// Owns the bytes that wait to go out on one connection: frames are encoded in place, one behind the other,
// and handed over together. Must not know what the messages mean, or when a turn ends.
import { FLUSH_BYTES, MAX_QUEUED_BYTES, MIN_OUTBOX_BYTES } from '../core/limits.js'
import { encodeMessage } from '../protocol/codec.js'
import { Cursor } from '../protocol/cursor.js'
import type { Message } from '../protocol/messages.js'
import type { Connection } from '../transport/transport.js'

/** Who is told what happens in an outbox. */
export interface OutboxOwner {
  /** Something waits, and nothing did before: it is to be flushed soon. */
  queued(): void
  /** So many bytes have been handed over. */
  flushed(bytes: number): void
  /** More waits for a connection that does not take it than may. */
  overflowed(): void
}

const NOTHING = Buffer.alloc(0)
const NOBODY: OutboxOwner = { queued() {}, flushed() {}, overflowed() {} }

export class Outbox {
  readonly #connection: Connection
  readonly #owner: OutboxOwner
  /** Writes the frames that are begun; between them it stands behind what waits. */
  #cursor = new Cursor(NOTHING)
  /** Whether a frame is being written there. */
  #isBegun = false
  /** Bytes that wait: whole frames. */
  #length = 0
  #isBlocked = false
  #isClosed = false
  /** A buffer that the connection still holds, to be used again when it does not. */
  #lent: Buffer = NOTHING
  /** A buffer that was lent and is back. */
  #spare: Buffer = NOTHING
  /** Bytes of the largest buffer so far: what was needed once will be needed again. */
  #capacity = MIN_OUTBOX_BYTES

  constructor(connection: Connection, owner: OutboxOwner = NOBODY) {
    this.#connection = connection
    this.#owner = owner
  }

  /** Whether there is something to flush. */
  get waiting(): boolean {
    return this.#length > 0
  }

  /** Bytes that wait: here, and for the network. */
  get bytes(): number {
    return this.#length + this.#connection.writableLength
  }

  /** Whether the connection has asked us to stop. */
  get isBlocked(): boolean {
    return this.#isBlocked
  }

  /** Whether so much waits that nothing should be added but what cannot be put off. */
  get isFull(): boolean {
    return this.#length >= FLUSH_BYTES
  }

  /**
   * Queues a message; hands everything over when FLUSH_BYTES are full, else leaves it to `flush`.
   * Returns the bytes of the frame, or 0 if it would go over MAX_QUEUED_BYTES: then nothing was queued.
   */
  put(message: Message): number {
    if (this.#cursor.buf.length === 0) this.#renew(this.#capacity)
    for (;;) {
      const cursor = this.begin()
      const start = this.#length
      const end = encodeMessage(message, cursor.buf, start)
      cursor.pos = end < 0 ? cursor.buf.length - end : end
      if (end >= 0 && end + this.#connection.writableLength > MAX_QUEUED_BYTES) {
        this.cancel()
        return 0
      }
      if (this.commit(cursor)) return end - start
    }
  }

  /** Puts a frame behind what waits, as `write` does it: at the cursor, and again if there was no room for it. */
  putFrame(write: (cursor: Cursor) => void): void {
    let cursor: Cursor
    do {
      cursor = this.begin()
      write(cursor)
    } while (!this.commit(cursor))
  }

  /** Begins a frame: it is written at the cursor, and then committed or cancelled. */
  begin(): Cursor {
    this.#detach()
    this.#isBegun = true
    return this.#cursor
  }

  /** Gives up the frame that was begun. */
  cancel(): void {
    this.#isBegun = false
    this.#cursor.pos = this.#length
  }

  /**
   * Takes the frame that was written since `begin`, and hands everything over when FLUSH_BYTES are full. False if
   * there was no room for it, or something else came between: nothing was taken, it is to be written again.
   */
  commit(cursor: Cursor): boolean {
    if (cursor !== this.#cursor) return false
    this.#isBegun = false
    const { pos } = cursor
    if (pos > cursor.buf.length) {
      this.#makeRoom(pos - cursor.buf.length)
      return false
    }
    if (this.#isClosed) {
      cursor.pos = 0 // it goes nowhere
      return true
    }
    const isFirst = this.#length === 0
    this.#length = pos
    if (isFirst) this.#owner.queued()
    if (pos >= FLUSH_BYTES) this.#full()
    return true
  }

  /** Hands over what waits, unless the connection has asked us to stop. */
  flush(): void {
    if (!this.#isBlocked) this.flushLast()
  }

  /** Hands over what waits in any case: nothing comes after it. */
  flushLast(): void {
    if (this.#length === 0) return
    this.#detach()
    const cursor = this.#cursor
    const bytes = this.#length
    this.#length = 0
    cursor.pos = 0
    this.#isBlocked = !this.#connection.write(cursor.buf.subarray(0, bytes))
    // A buffer that the connection still holds must not be written to again.
    if (this.#connection.writableLength > 0) {
      this.#lent = cursor.buf
      cursor.into(this.#spare, 0)
      this.#spare = NOTHING
    }
    this.#owner.flushed(bytes)
  }

  /** The connection takes more. */
  drained(): void {
    this.#isBlocked = false
    if (this.#connection.writableLength === 0) {
      this.#spare = this.#lent
      this.#lent = NOTHING
    }
    this.flush()
  }

  /** Takes nothing any more; what waits is dropped. */
  close(): void {
    this.#isClosed = true
    this.#length = 0
    this.#cursor.into(NOTHING, 0)
    this.#lent = NOTHING
    this.#spare = NOTHING
  }

  /** Enough waits to be handed over. */
  #full(): void {
    this.flush()
    if (this.#length + this.#connection.writableLength > MAX_QUEUED_BYTES) this.#owner.overflowed()
  }

  /**
   * Whoever is writing a frame is left behind with the cursor and the buffer, if something else is to happen
   * here: a value's getter may call anything. Its commit will find out.
   */
  #detach(): void {
    if (!this.#isBegun) return
    this.#isBegun = false
    this.#renew(this.#cursor.buf.length)
  }

  #makeRoom(lackingBytes: number): void {
    const { buf } = this.#cursor
    if (this.#length > 0 && !this.#isBlocked && buf.length >= FLUSH_BYTES) {
      this.#cursor.pos = this.#length
      this.flush()
      return
    }
    this.#capacity = Math.max(this.#capacity, buf.length + lackingBytes, buf.length * 2)
    this.#renew(this.#capacity)
  }

  /** Another buffer, of so many bytes, with what waits. */
  #renew(bytes: number): void {
    const larger = Buffer.allocUnsafe(bytes)
    this.#cursor.buf.copy(larger, 0, 0, this.#length)
    this.#cursor = new Cursor(larger)
    this.#cursor.pos = this.#length
  }
}
