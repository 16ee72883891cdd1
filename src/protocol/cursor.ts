// Owns reading and writing of Avro's primitives in a buffer, within bounds, for messages between hosts. It has
// the methods of avsc's own cursor ("tap"), so that avsc's types can read and write with it. avsc's one reads
// past the end and leaves the check to the end; that is not enough where a loop depends on what was read.
import { isUtf8 } from 'node:buffer'
import { Malformed } from './bounded.js'

const { fromCharCode } = String

/** Bytes of the longest number: 64 bits in groups of seven. */
const MAX_NUMBER_BYTES = 10
/** Texts up to this length are read and written by a loop, which is faster than a call into the platform. */
const SHORT_TEXT = 16

/**
 * Reading: from `pos` up to `end`, and never past it: throws Malformed.
 * Writing: into `buf` from `pos` on; what does not fit is not written, but `pos` moves on all the same, so
 * that it tells how much room was needed.
 */
export class Cursor {
  buf: Buffer
  pos = 0
  end = 0

  constructor(buf: Buffer) {
    this.buf = buf
    this.end = buf.length
  }

  // --- reading ---

  /** Begins to read `buf` from `start` to `end`. */
  over(buf: Buffer, start: number, end: number): this {
    this.buf = buf
    this.pos = start
    this.end = end
    return this
  }

  get remaining(): number {
    return this.end - this.pos
  }

  /** A 32-bit number. */
  readInt(): number {
    const value = this.readLong()
    if ((value | 0) !== value) throw new Malformed(`${value} is no 32-bit number`)
    return value
  }

  /** A number, exact up to 2^53; the types of avsc refuse what lies beyond. */
  readLong(): number {
    const byte = this.#byte()
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    // Without the sign's bit, so that the sum stays exact up to 2^53.
    let magnitude = (byte & 0x7f) >>> 1
    for (let count = 1, factor = 64; count < MAX_NUMBER_BYTES; count++, factor *= 128) {
      const next = this.#byte()
      magnitude += (next & 0x7f) * factor
      if (next < 0x80) return (byte & 1) === 0 ? magnitude : -magnitude - 1
    }
    throw new Malformed(`a number of more than ${MAX_NUMBER_BYTES} bytes`)
  }

  readBoolean(): boolean {
    const byte = this.#byte()
    if (byte > 1) throw new Malformed(`${byte} is no boolean`)
    return byte === 1
  }

  readFloat(): number {
    return this.buf.readFloatLE(this.take(4))
  }

  readDouble(): number {
    return this.buf.readDoubleLE(this.take(8))
  }

  readString(): string {
    const length = this.readLength()
    const start = this.take(length)
    if (length <= SHORT_TEXT) {
      const text = shortAscii(this.buf, start, this.pos)
      if (text !== undefined) return text
    }
    const text = this.buf.toString('utf8', start, this.pos)
    // What is not UTF-8 has become U+FFFD; only then is it worth a second look.
    if (text.includes('\ufffd') && !isUtf8(this.buf.subarray(start, this.pos))) {
      throw new Malformed('text that is not UTF-8')
    }
    return text
  }

  /** A copy: what is read from is only lent. */
  readFixed(length: number): Buffer {
    const start = this.take(length)
    const copy = Buffer.allocUnsafe(length)
    this.buf.copy(copy, 0, start, this.pos)
    return copy
  }

  readBytes(): Buffer {
    return this.readFixed(this.readLength())
  }

  /** A length that is not negative, and not more than what is left. */
  readLength(): number {
    const length = this.readLong()
    if (length < 0 || length > this.end - this.pos) {
      throw new Malformed(`a length of ${length} where ${this.end - this.pos} bytes are left`)
    }
    return length
  }

  /** Moves over `length` bytes, and returns where they begin. */
  take(length: number): number {
    const start = this.pos
    if (length > this.end - start) throw new Malformed('it ends inside a value')
    this.pos = start + length
    return start
  }

  skipInt(): void {
    this.readLong()
  }

  skipLong(): void {
    this.readLong()
  }

  skipBoolean(): void {
    this.readBoolean()
  }

  skipFloat(): void {
    this.take(4)
  }

  skipDouble(): void {
    this.take(8)
  }

  skipFixed(length: number): void {
    this.take(length)
  }

  skipBytes(): void {
    this.take(this.readLength())
  }

  skipString(): void {
    this.take(this.readLength())
  }

  #byte(): number {
    if (this.pos >= this.end) throw new Malformed('it ends inside a value')
    return this.buf[this.pos++] as number
  }

  // --- writing ---

  /** Begins to write into `buf` at `pos`. */
  into(buf: Buffer, pos: number): this {
    this.buf = buf
    this.pos = pos
    this.end = buf.length
    return this
  }

  writeInt(value: number): void {
    this.writeLong(value)
  }

  writeLong(value: number): void {
    const { buf } = this
    if (value >= -(2 ** 30) && value < 2 ** 30) {
      let rest = (value << 1) ^ (value >> 31)
      for (; rest >= 0x80; rest >>>= 7) buf[this.pos++] = rest | 0x80
      buf[this.pos++] = rest
      return
    }
    const magnitude = value >= 0 ? value : -value - 1
    buf[this.pos++] = ((magnitude % 64) << 1) | (value >= 0 ? 0x80 : 0x81)
    let rest = Math.floor(magnitude / 64)
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) buf[this.pos++] = (rest % 128) | 0x80
    buf[this.pos++] = rest
  }

  writeBoolean(value: boolean): void {
    this.buf[this.pos++] = value ? 1 : 0
  }

  writeFloat(value: number): void {
    if (this.#fits(4)) this.buf.writeFloatLE(value, this.pos - 4)
  }

  writeDouble(value: number): void {
    if (this.#fits(8)) this.buf.writeDoubleLE(value, this.pos - 8)
  }

  writeString(text: string): void {
    if (text.length <= SHORT_TEXT && this.#writeShort(text)) return
    const length = Buffer.byteLength(text)
    this.writeLong(length)
    if (this.#fits(length)) this.buf.write(text, this.pos - length, length, 'utf8')
  }

  writeFixed(bytes: Uint8Array): void {
    const { length } = bytes
    if (this.#fits(length)) this.buf.set(bytes, this.pos - length)
  }

  writeBytes(bytes: Uint8Array): void {
    this.writeLong(bytes.length)
    this.writeFixed(bytes)
  }

  /** Bytes given as a string of their codes; how avsc keeps what stands for a field's default. */
  writeBinary(codes: string, length: number): void {
    if (this.#fits(length)) this.buf.write(codes, this.pos - length, length, 'latin1')
  }

  /** Moves over `length` bytes; whether they lie within the buffer. */
  #fits(length: number): boolean {
    this.pos += length
    return this.pos <= this.buf.length
  }

  #writeShort(text: string): boolean {
    const { buf } = this
    const { length } = text
    let at = this.pos
    if (at + length >= buf.length) return false
    buf[at++] = length << 1
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code >= 0x80) return false
      buf[at++] = code
    }
    this.pos = at
    return true
  }
}

/** The text of the bytes from `at` to `end`, if all of it is ASCII. */
function shortAscii(buf: Buffer, at: number, end: number): string | undefined {
  let text = ''
  for (; at < end; at++) {
    const code = buf[at] as number
    if (code >= 0x80) return undefined
    text += fromCharCode(code)
  }
  return text
}
