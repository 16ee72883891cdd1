// Owns reading and writing of Avro's primitives in a buffer, within bounds, for messages between hosts. It has
// the methods of avsc's own cursor ("tap"), so that avsc's types can read and write with it. avsc's one reads
// past the end and leaves the check to the end; that is not enough where a loop depends on what was read.
import { isUtf8 } from 'node:buffer'
import { MAX_COPIED_BYTES, MAX_SHORT_TEXT } from '../core/limits.js'
import { Malformed } from './bounded.js'

/** The platform's own methods, which `toString` and `write` call after they have looked at the encoding's name. */
interface Utf8 extends Buffer {
  utf8Slice(start: number, end: number): string
  utf8Write(text: string, offset: number, length?: number): number
}

const { fromCharCode } = String

/** A view of `length` bytes of `memory` from `offset` on. */
type MakeView = new (memory: ArrayBuffer, offset: number, length: number) => Buffer

/**
 * The class behind every Buffer, which the platform names as the species of its relatives. To call it takes half
 * the time of Buffer.from, which first looks at what it was given.
 */
const { [Symbol.species]: View } = Buffer as unknown as { [Symbol.species]: MakeView }

/** Bytes of the longest number: 64 bits in groups of seven. */
const MAX_NUMBER_BYTES = 10

/**
 * Reading: from `pos` up to `end`, and never past it: throws Malformed.
 * Writing: into `buf` from `pos` on; what does not fit is not written, but `pos` moves on all the same, so
 * that it tells how much room was needed.
 */
export class Cursor {
  buf: Buffer
  pos = 0
  end = 0
  /** What the buffer is a view of, and from where, if it lasts. */
  #lasting: ArrayBuffer | undefined
  #base = 0
  /** For floating-point numbers in the buffer; made when the first one is met. */
  #floats: DataView | undefined

  constructor(buf: Buffer) {
    this.buf = buf
    this.end = buf.length
  }

  // --- reading ---

  /** Begins to read `buf` from `start` to `end`. A buffer is lasting if nobody will ever write to it again, or never. */
  over(buf: Buffer, start: number, end: number, isLasting = false): this {
    if (this.buf !== buf) {
      this.buf = buf
      this.#floats = undefined
      this.#base = buf.byteOffset
      this.#lasting = isLasting ? (buf.buffer as ArrayBuffer) : undefined
    }
    this.pos = start
    this.end = end
    return this
  }

  get remaining(): number {
    return this.end - this.pos
  }

  /** A 32-bit number. */
  readInt(): number {
    const { pos } = this
    const byte = pos < this.end ? (this.buf[pos] as number) : 0xff
    if (byte < 0x80) {
      this.pos = pos + 1
      return (byte >>> 1) ^ -(byte & 1)
    }
    const value = this.#anyLong()
    if ((value | 0) !== value) throw new Malformed(`${value} is no 32-bit number`)
    return value
  }

  /** A number, exact up to 2^53; the types of avsc refuse what lies beyond. */
  readLong(): number {
    const { pos } = this
    const byte = pos < this.end ? (this.buf[pos] as number) : 0xff
    if (byte < 0x80) {
      this.pos = pos + 1
      return (byte >>> 1) ^ -(byte & 1)
    }
    return this.#anyLong()
  }

  #anyLong(): number {
    const byte = this.#byte()
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
    const at = this.take(4)
    return (this.#floats ?? this.#viewFloats()).getFloat32(at, true)
  }

  readDouble(): number {
    const at = this.take(8)
    return (this.#floats ?? this.#viewFloats()).getFloat64(at, true)
  }

  readString(): string {
    const length = this.readLength()
    const start = this.take(length)
    if (length <= MAX_SHORT_TEXT) {
      const text = shortAscii(this.buf, start, length)
      if (text !== undefined) return text
    }
    const text = (this.buf as Utf8).utf8Slice(start, this.pos)
    // What was not UTF-8 has become U+FFFD; only then is it worth a second look.
    if (text.includes('\ufffd')) this.#checkUtf8(start)
    return text
  }

  /**
   * Small ones are copies, so that who keeps a key does not keep a whole chunk of the network alive with it;
   * large ones are views, if the buffer lasts.
   */
  readFixed(length: number): Buffer {
    const start = this.take(length)
    if (length > MAX_COPIED_BYTES) {
      if (this.#lasting) return new View(this.#lasting, this.#base + start, length)
      return Buffer.from(this.buf.subarray(start, this.pos))
    }
    const { buf } = this
    const copy = Buffer.allocUnsafe(length)
    for (let i = 0; i < length; i++) copy[i] = buf[start + i] as number
    return copy
  }

  readBytes(): Buffer {
    return this.readFixed(this.readLength())
  }

  /** A length that is not negative, and not more than what is left. */
  readLength(): number {
    const { pos, end } = this
    const byte = pos < end ? (this.buf[pos] as number) : 0xff
    // Most of them take a byte: even, since they are not negative.
    if ((byte & 0x81) === 0 && byte >>> 1 < end - pos) {
      this.pos = pos + 1
      return byte >>> 1
    }
    return this.#anyLength()
  }

  #anyLength(): number {
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
    this.#floats = undefined
    this.pos = pos
    this.end = buf.length
    return this
  }

  writeInt(value: number): void {
    this.writeLong(value)
  }

  writeLong(value: number): void {
    const { buf, pos } = this
    // Most are lengths and small numbers: a byte, or two.
    if (value >= 0 && value < 64) {
      buf[pos] = value << 1
      this.pos = pos + 1
    } else if (value >= 64 && value < 8192) {
      buf[pos] = (value << 1) | 0x80
      buf[pos + 1] = value >> 6
      this.pos = pos + 2
    } else {
      this.#writeAnyLong(value)
    }
  }

  #writeAnyLong(value: number): void {
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
    if (!this.#fits(4)) return
    const floats = this.#floats ?? this.#viewFloats()
    floats.setFloat32(this.pos - 4, value, true)
  }

  writeDouble(value: number): void {
    if (!this.#fits(8)) return
    const floats = this.#floats ?? this.#viewFloats()
    floats.setFloat64(this.pos - 8, value, true)
  }

  writeString(text: string): void {
    const { pos } = this
    const buf = this.buf as Utf8
    const { length } = text
    if (pos + MAX_NUMBER_BYTES + 3 * length > buf.length) {
      const bytes = Buffer.byteLength(text)
      this.writeLong(bytes)
      if (this.#fits(bytes)) buf.utf8Write(text, this.pos - bytes, bytes)
    } else if (length > MAX_SHORT_TEXT || !this.#writeShort(text)) {
      // It fits whatever it is: written behind the most likely length of its length.
      const room = length < 64 ? 1 : length < 8192 ? 2 : 3
      const bytes = buf.utf8Write(text, pos + room)
      const needed = bytes < 64 ? 1 : bytes < 8192 ? 2 : bytes < 2 ** 20 ? 3 : 4
      if (needed !== room) buf.copyWithin(pos + needed, pos + room, pos + room + bytes)
      this.writeLong(bytes)
      this.pos += bytes
    }
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
    buf[at++] = length << 1
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code >= 0x80) return false
      buf[at++] = code
    }
    this.pos = at
    return true
  }

  #viewFloats(): DataView {
    const { buffer, byteOffset, length } = this.buf
    this.#floats = new DataView(buffer, byteOffset, length)
    return this.#floats
  }

  #checkUtf8(start: number): void {
    if (!isUtf8(this.buf.subarray(start, this.pos))) throw new Malformed('text that is not UTF-8')
  }
}

/** The text of the `length` bytes from `at` on, if all of it is ASCII. */
function shortAscii(buf: Buffer, at: number, length: number): string | undefined {
  let text = ''
  const end = at + length
  for (; at + 4 <= end; at += 4) {
    const a = buf[at] as number
    const b = buf[at + 1] as number
    const c = buf[at + 2] as number
    const d = buf[at + 3] as number
    if ((a | b | c | d) >= 0x80) return undefined
    text += fromCharCode(a, b, c, d)
  }
  for (; at < end; at++) {
    const code = buf[at] as number
    if (code >= 0x80) return undefined
    text += fromCharCode(code)
  }
  return text
}
