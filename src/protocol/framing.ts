// Owns cutting a stream of bytes into frames: the length is checked before anything is kept.
// It must not know what the frames mean.
import { badFrame, FRAME_HEADER_BYTES } from './codec.js'

/** Takes a frame's content: `bytes` from `start` to `end`, valid only during the call. */
export type FrameHandler = (bytes: Buffer, start: number, end: number) => void

/**
 * Cuts one link's incoming bytes into frames. A frame that lies whole in a chunk is handed on in place; of one
 * that does not, a copy is kept that grows with what has come, not with what is claimed.
 */
export class FrameReader {
  /** The most bytes that the content of a frame may have; whoever owns the reader raises it after the first. */
  maxBytes: number
  #closed = false
  /** The beginning of a frame whose end has not come, its length included. */
  #kept: Buffer = EMPTY
  #keptBytes = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /**
   * Calls `onFrame` for every frame that `chunk` completes. `onFrame` may close the reader, and may set `maxBytes`
   * for the frames after it. Once anything has been thrown from here the reader is closed.
   * @throws IridiumError ERR_IRIDIUM_BAD_FRAME if a frame is empty or larger than `maxBytes`
   */
  push(chunk: Buffer, onFrame: FrameHandler): void {
    if (this.#closed) return
    try {
      let at = this.#keptBytes > 0 ? this.#complete(chunk, onFrame) : 0
      while (!this.#closed && chunk.length - at >= FRAME_HEADER_BYTES) {
        const start = at + FRAME_HEADER_BYTES
        const end = start + this.#checked(chunk.readUInt32LE(at))
        if (end > chunk.length) break
        onFrame(chunk, start, end)
        at = end
      }
      if (!this.#closed && at < chunk.length) this.#keep(chunk, at, chunk.length)
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Drops what is kept; nothing is handed on any more. */
  close(): void {
    this.#closed = true
    this.#kept = EMPTY
    this.#keptBytes = 0
  }

  /** Adds to the frame that is kept; returns how much of `chunk` that took. */
  #complete(chunk: Buffer, onFrame: FrameHandler): number {
    let at = this.#keepUpTo(FRAME_HEADER_BYTES, chunk, 0)
    if (this.#keptBytes < FRAME_HEADER_BYTES) return at
    const total = FRAME_HEADER_BYTES + this.#checked(this.#kept.readUInt32LE(0))
    at = this.#keepUpTo(total, chunk, at)
    if (this.#keptBytes < total) return at
    const frame = this.#kept
    this.#kept = EMPTY
    this.#keptBytes = 0
    onFrame(frame, FRAME_HEADER_BYTES, total)
    return at
  }

  /** Keeps bytes of `chunk` from `at` on until `total` are kept, or the chunk is used up. */
  #keepUpTo(total: number, chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + Math.max(0, total - this.#keptBytes))
    this.#keep(chunk, at, end)
    return end
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    const needed = this.#keptBytes + to - from
    if (needed > this.#kept.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#kept.length * 2, MIN_KEPT_BYTES))
      this.#kept.copy(larger, 0, 0, this.#keptBytes)
      this.#kept = larger
    }
    chunk.copy(this.#kept, this.#keptBytes, from, to)
    this.#keptBytes = needed
  }

  #checked(length: number): number {
    if (length === 0) throw badFrame('its length is 0')
    if (length > this.maxBytes) {
      throw badFrame(`its length is ${length}, the most is ${this.maxBytes}`)
    }
    return length
  }
}

const EMPTY = Buffer.alloc(0)
/** Most frames that are cut by a chunk's end are small. */
const MIN_KEPT_BYTES = 64
