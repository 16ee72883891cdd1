// Owns reading and writing of bytes within bounds, in Avro's binary encoding
// (https://avro.apache.org/docs/1.11.1/specification/#binary-encoding), for those parts that may need no package.

const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true })

/** Thrown by ByteReader only; whoever reads converts it into an IridiumError of its own. */
export class OutOfBytes extends Error {}

/** Reads forward through `bytes` and never past its end. */
export class ByteReader {
  readonly bytes: Uint8Array
  offset: number

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes
    this.offset = offset
  }

  get remaining(): number {
    return this.bytes.length - this.offset
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Uint8Array {
    if (!(length >= 0 && length <= this.remaining)) {
      throw new OutOfBytes(`${length} bytes wanted at ${this.offset}, ${this.remaining} left`)
    }
    const view = this.bytes.subarray(this.offset, this.offset + length)
    this.offset += length
    return view
  }

  /** An Avro int or long, exact up to 2^53 - 1 in magnitude; anything beyond is refused. */
  long(): number {
    // Half of the zig-zag value, and its lowest bit, the sign, by itself: the whole would not be exact.
    let half = 0
    let isNegative = false
    for (let count = 0, factor = 0.5; count < 8; count++, factor *= 128) {
      const byte = this.take(1)[0] as number
      if (count === 0) isNegative = (byte & 1) === 1
      half += (count === 0 ? byte & 0x7e : byte & 0x7f) * factor
      if (byte >= 0x80) continue
      if (half > Number.MAX_SAFE_INTEGER - (isNegative ? 1 : 0)) break
      return isNegative ? -half - 1 : half
    }
    throw new OutOfBytes(`a number beyond 2^53 - 1 at ${this.offset}`)
  }

  double(): number {
    const view = this.take(8)
    return new DataView(view.buffer, view.byteOffset, 8).getFloat64(0, true)
  }

  boolean(): boolean {
    const byte = this.take(1)[0] as number
    if (byte > 1) throw new OutOfBytes(`a boolean of ${byte} at ${this.offset - 1}`)
    return byte === 1
  }

  /** Avro bytes: a view of at most `maxLength`. */
  sized(maxLength: number): Uint8Array {
    const length = this.long()
    if (length > maxLength)
      throw new OutOfBytes(`${length} bytes where at most ${maxLength} may be`)
    return this.take(length)
  }

  string(maxLength: number): string {
    const view = this.sized(maxLength)
    try {
      return strictDecoder.decode(view)
    } catch {
      throw new OutOfBytes(`text that is not UTF-8 at ${this.offset - view.length}`)
    }
  }
}

/** Appends to a buffer that doubles as it needs. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  /** What has been written so far, as a view that later writes may leave behind. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(length: number): number {
    const start = this.#length
    const end = start + length
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, start))
      this.#bytes = larger
    }
    this.#length = end
    return start
  }

  put(bytes: Uint8Array): void {
    // Reserved first: it may replace the buffer.
    const at = this.#reserve(bytes.length)
    this.#bytes.set(bytes, at)
  }

  byte(value: number): void {
    const at = this.#reserve(1)
    this.#bytes[at] = value
  }

  /** An Avro int or long; `value` is an integer from -2^52 to 2^53 - 1. */
  long(value: number): void {
    let rest = value < 0 ? -value * 2 - 1 : value * 2
    while (rest >= 128) {
      this.byte((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    this.byte(rest)
  }

  double(value: number): void {
    const at = this.#reserve(8)
    new DataView(this.#bytes.buffer).setFloat64(at, value, true)
  }

  boolean(value: boolean): void {
    this.byte(value ? 1 : 0)
  }

  sized(bytes: Uint8Array): void {
    this.long(bytes.length)
    this.put(bytes)
  }

  string(text: string): void {
    this.sized(encoder.encode(text))
  }
}
