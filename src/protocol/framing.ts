// Owns cutting a stream of bytes into frames: the length is checked before anything is kept.
// It must not know what the frames mean.
import { EXACT_FRAME_BYTES, SHARED_FRAME_BYTES } from '../core/limits.js'
import { badFrame, FRAME_HEADER_BYTES } from './codec.js'

/**
 * Takes a frame's content: `bytes` from `start` to `end`. Unless `isLasting`, it is only there during the call;
 * else it stays as it is for as long as anybody keeps it.
 */
export type FrameHandler = (bytes: Buffer, start: number, end: number, isLasting: boolean) => void

/**
 * Takes some of the whole frames that lie in `bytes` from `at` to `end`, lengths included, and returns where the first
 * one begins that it leaves: `at` if it takes none. It is to end where the reader is stopped, and may leave anything.
 */
export type FrameRun = (bytes: Buffer, at: number, end: number) => number

/**
 * Cuts one link's incoming bytes into frames. A frame that lies whole in a chunk is handed on in place; of one
 * that does not, a copy is kept that grows with what has come, not with what is claimed.
 */
export class FrameReader {
  /** The most bytes that the content of a frame may have; whoever owns the reader raises it after the first. */
  maxBytes: number
  readonly #run: FrameRun
  #closed = false
  #stopped = false
  /** The beginning of a frame whose end has not come, its length included. */
  #kept: Buffer = EMPTY
  #keptBytes = 0

  /** `run` is offered what lies whole in a chunk: to take a frame at a time has its price where they are small. */
  constructor(maxBytes: number, run: FrameRun = (_, at) => at) {
    this.maxBytes = maxBytes
    this.#run = run
  }

  /** Whether no frame is to be handed on before the next `push`. */
  get isStopped(): boolean {
    return this.#stopped
  }

  /**
   * Calls `onFrame` for every frame that `chunk` completes, and returns how many bytes of it were taken: all, unless
   * `onFrame` stops or closes the reader. It may also set `maxBytes` for the frames after it. Once anything has been
   * thrown from here the reader is closed.
   * @throws IridiumError ERR_IRIDIUM_BAD_FRAME if a frame is empty or larger than `maxBytes`
   */
  push(chunk: Buffer, onFrame: FrameHandler): number {
    const size = chunk.length
    if (this.#closed) return size
    this.#stopped = false
    try {
      let at = this.#keptBytes > 0 ? this.#complete(chunk, onFrame) : 0
      for (;;) {
        if (!this.#stopped) at = this.#run(chunk, at, size)
        if (this.#stopped || size - at < FRAME_HEADER_BYTES) break
        const start = at + FRAME_HEADER_BYTES
        const end = start + this.#lengthAt(chunk, at)
        if (end > size) break
        onFrame(chunk, start, end, true)
        at = end
      }
      if (this.#stopped) return at
      if (at < size) this.#keep(chunk, at, size)
      return size
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Lets the `push` that is under way end after this frame. */
  stop(): void {
    this.#stopped = true
  }

  /** Drops what is kept; nothing is handed on any more. */
  close(): void {
    this.#closed = true
    this.#stopped = true
    this.#kept = EMPTY
    this.#keptBytes = 0
  }

  /** Adds to the frame that is kept; returns how much of `chunk` that took. */
  #complete(chunk: Buffer, onFrame: FrameHandler): number {
    let at = this.#keepUpTo(FRAME_HEADER_BYTES, chunk, 0)
    if (this.#keptBytes < FRAME_HEADER_BYTES) return at
    const total = FRAME_HEADER_BYTES + this.#lengthAt(this.#kept, 0)
    at = this.#keepUpTo(total, chunk, at)
    if (this.#keptBytes < total) return at
    const frame = this.#kept
    // A small buffer is used again; a large one goes with its frame, so that nobody need copy it once more.
    const isLasting = total > SHARED_FRAME_BYTES
    if (isLasting) this.#kept = EMPTY
    this.#keptBytes = 0
    onFrame(frame, FRAME_HEADER_BYTES, total, isLasting)
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
    if (needed > this.#kept.length) this.#grow(needed, chunk, from)
    chunk.copy(this.#kept, this.#keptBytes, from, to)
    this.#keptBytes = needed
  }

  /** Makes room for `needed` bytes; for the whole frame, if its length is known and it is not large. */
  #grow(needed: number, chunk: Buffer, from: number): void {
    let size = Math.max(needed, this.#kept.length * 2)
    const known = this.#keptBytes === 0 ? chunk.length - from : this.#keptBytes
    if (known >= FRAME_HEADER_BYTES) {
      const length =
        this.#keptBytes === 0 ? this.#lengthAt(chunk, from) : this.#lengthAt(this.#kept, 0)
      const total = FRAME_HEADER_BYTES + length
      size = total <= EXACT_FRAME_BYTES ? total : Math.min(size, total)
    }
    const larger = Buffer.allocUnsafeSlow(Math.max(size, SHARED_FRAME_BYTES))
    this.#kept.copy(larger, 0, 0, this.#keptBytes)
    this.#kept = larger
  }

  #lengthAt(bytes: Buffer, at: number): number {
    const length = frameLength(bytes, at) >>> 0
    if (length === 0 || length > this.maxBytes) this.#refuse(length)
    return length
  }

  #refuse(length: number): never {
    throw badFrame(
      length === 0 ? 'its length is 0' : `its length is ${length}, the most is ${this.maxBytes}`,
    )
  }
}

/** The length of a frame's content as a 32-bit number: negative, if it is beyond all bounds. */
export function frameLength(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}

const EMPTY = Buffer.alloc(0)
