// Owns how Avro's types are read from bytes that a stranger sent. avsc believes counts and lengths, takes
// any bytes for text, and leaves numbers unchecked (4 bytes that claim ten million items cost it seconds);
// these types check first. They write exactly what avsc writes, except that ids are hex digits in memory.
import { isUtf8 } from 'node:buffer'
import avro, { type Schema, type Type } from 'avsc'
import {
  MAX_CONTROL_FRAME_BYTES,
  MAX_LIST_ELEMENTS,
  MAX_MAP_ENTRIES,
  MAX_STRING_BYTES,
} from '../core/limits.js'

/** The part of avsc's cursor that is used here; reading past the end gives nothing and moves `pos` on. */
interface Tap {
  readonly buf: Buffer
  pos: number
  readLong(): number
  writeLong(value: number): void
}

/** Whatever a reader below does not accept; the codec turns it into ERR_IRIDIUM_BAD_FRAME. */
export class Malformed extends Error {}

const { types } = avro

/** A number that is there, whole, and within Avro's int. */
function readInt(tap: Tap): number {
  const value = tap.readLong()
  if (tap.pos > tap.buf.length) throw new Malformed('the frame ends inside a number')
  if ((value | 0) !== value) throw new Malformed(`${value} is no 32-bit number`)
  return value
}

/** A length of at most `max`, and of no more than the bytes that are left. */
function readLength(tap: Tap, max: number): number {
  const length = readInt(tap)
  if (length < 0 || length > max)
    throw new Malformed(`a length of ${length} where ${max} is the most`)
  if (length > tap.buf.length - tap.pos) throw new Malformed('the frame ends inside a value')
  return length
}

/** The number of items of the next block of an array or map; 0 is the end. Each item takes a byte or more. */
function readCount(tap: Tap, max: number): number {
  let count = readInt(tap)
  if (count < 0) {
    count = -count
    readLength(tap, MAX_CONTROL_FRAME_BYTES)
  }
  if (count > max) throw new Malformed(`more elements than may be`)
  if (count > tap.buf.length - tap.pos) throw new Malformed('more elements than bytes')
  return count
}

function readText(tap: Tap, max: number): string {
  const length = readLength(tap, max)
  const bytes = tap.buf.subarray(tap.pos, tap.pos + length)
  if (!isUtf8(bytes)) throw new Malformed('text that is not UTF-8')
  tap.pos += length
  return bytes.toString('utf8')
}

class BoundedInt extends types.IntType {
  _read(tap: Tap): number {
    return readInt(tap)
  }
}

class BoundedBoolean extends types.BooleanType {
  _read(tap: Tap): boolean {
    const byte = tap.buf[tap.pos++]
    if (byte !== 0 && byte !== 1) throw new Malformed(`${byte} is no boolean`)
    return byte === 1
  }
}

class BoundedString extends types.StringType {
  _read(tap: Tap): string {
    return readText(tap, MAX_STRING_BYTES)
  }
}

class BoundedBytes extends types.BytesType {
  _read(tap: Tap): Uint8Array {
    const length = readLength(tap, MAX_CONTROL_FRAME_BYTES)
    const start = tap.pos
    tap.pos += length
    return new Uint8Array(tap.buf.subarray(start, tap.pos))
  }

  _write(tap: Tap, bytes: Uint8Array): void {
    tap.writeLong(bytes.length)
    const start = tap.pos
    tap.pos += bytes.length
    if (tap.pos <= tap.buf.length) tap.buf.set(bytes, start)
  }
}

/** Ids and digests: hex digits in memory. */
class HexFixed extends types.FixedType {
  _read(tap: Tap): string {
    const start = tap.pos
    tap.pos += this.size
    if (tap.pos > tap.buf.length) throw new Malformed('the frame ends inside an id or digest')
    return tap.buf.toString('hex', start, tap.pos)
  }

  _write(tap: Tap, hex: string): void {
    const start = tap.pos
    tap.pos += this.size
    if (tap.pos <= tap.buf.length) tap.buf.write(hex, start, this.size, 'hex')
  }
}

/** avsc's own readers, which its declarations leave out. */
interface Readable {
  _read(tap: Tap): unknown
}

class BoundedArray extends types.ArrayType {
  _read(tap: Tap): unknown[] {
    const items = this.itemsType as unknown as Readable
    const values: unknown[] = []
    for (;;) {
      const count = readCount(tap, MAX_LIST_ELEMENTS - values.length)
      if (count === 0) return values
      for (let i = 0; i < count; i++) values.push(items._read(tap))
    }
  }
}

class BoundedMap extends types.MapType {
  _read(tap: Tap): Record<string, unknown> {
    const valuesType = this.valuesType as Readable
    const values: Record<string, unknown> = {}
    for (let total = 0; ; ) {
      const count = readCount(tap, MAX_MAP_ENTRIES - total)
      if (count === 0) return values
      total += count
      for (let i = 0; i < count; i++) {
        const key = readText(tap, MAX_STRING_BYTES)
        if (key === '__proto__') throw new Malformed('a map with the key __proto__')
        if (Object.hasOwn(values, key)) throw new Malformed('a map that has a key twice')
        values[key] = valuesType._read(tap)
      }
    }
  }
}

/** avsc reads instances of classes that it makes; outside the codec there are only plain objects. Generated, as avsc's own. */
class PlainRecord extends types.RecordType {
  _createReader(): unknown {
    const values = this.fields.map(({ name }, i) => `${name}: t${i}._read(t)`)
    const parameters = this.fields.map((_, i) => `t${i}`)
    const body = `return function read${this.name}(t) { return { ${values.join(', ')} } }`
    return new Function(...parameters, body)(...this.fields.map(({ type }) => type))
  }
}

/** For avsc's `typeHook`: the type as it is read here where it differs, else undefined (unions, names). */
export function boundedType(schema: unknown, options: object): Type | undefined {
  const name = typeof schema === 'string' ? schema : (schema as { type?: unknown }).type
  switch (name) {
    case 'int':
      return new BoundedInt()
    case 'boolean':
      return new BoundedBoolean()
    case 'string':
      return new BoundedString()
    case 'bytes':
      return new BoundedBytes()
    case 'fixed':
      return new HexFixed(schema as Schema, options)
    case 'array':
      return new BoundedArray(schema as Schema, options)
    case 'map':
      return new BoundedMap(schema as Schema, options)
    case 'record':
      return new PlainRecord(schema as Schema, options)
    default:
      return undefined
  }
}
