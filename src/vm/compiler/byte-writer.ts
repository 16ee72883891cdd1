// Owns a growing buffer of bytes with the number encodings of WebAssembly (core specification 1.0, 5.2):
// LEB128 for integers, little-endian for floats. It does not know what the bytes mean.

const FIRST_CAPACITY = 1024

/** How many bytes ByteWriter.u32 takes for a value. */
export function u32Bytes(value: number): number {
  return Math.max(1, Math.ceil((32 - Math.clz32(value)) / 7))
}

export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>
  length = 0

  constructor(capacity = FIRST_CAPACITY) {
    this.bytes = new Uint8Array(capacity)
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.#grow(1)
    this.bytes[this.length++] = value
  }

  /** Two bytes at once: an opcode and a small operand. */
  pair(first: number, second: number): void {
    if (this.length + 2 > this.bytes.length) this.#grow(2)
    this.bytes[this.length++] = first
    this.bytes[this.length++] = second
  }

  /** An unsigned integer below 2^32. */
  u32(value: number): void {
    let rest = value
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.byte(rest)
  }

  /** A signed 32-bit integer. */
  s32(value: number): void {
    let rest = value
    while (rest > 0x3f || rest < -0x40) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>= 7
    }
    this.byte(rest & 0x7f)
  }

  f64(value: number): void {
    const at = this.length
    this.reserve(8)
    new DataView(this.bytes.buffer).setFloat64(at, value, true)
  }

  /** Leaves room for `count` bytes, to be filled in by the caller. */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.#grow(count)
    this.length += count
  }

  /** The bytes of another writer, after their number. */
  sized(part: ByteWriter): void {
    this.u32(part.length)
    this.append(part)
  }

  append(part: ByteWriter): void {
    const at = this.length
    this.reserve(part.length)
    this.bytes.set(part.bytes.subarray(0, part.length), at)
  }

  /** An ASCII name, after its length. */
  name(text: string): void {
    this.u32(text.length)
    for (let index = 0; index < text.length; index++) this.byte(text.charCodeAt(index))
  }

  /** What was written, as a view. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length)
  }

  #grow(count: number): void {
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count))
    bytes.set(this.bytes.subarray(0, this.length))
    this.bytes = bytes
  }
}
