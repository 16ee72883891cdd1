// Owns how avsc's types are bent for values of hosts: nothing is believed that a peer wrote, what is read is
// plain data, and a Uint8Array will do where avsc insists on a Buffer. Numbers, texts and lengths are checked
// by the Cursor; here stands what depends on the schema. Must not know what is different with schemas of peers.
import avro, { type Schema, type Type } from 'avsc'
import { describe } from '../../core/errors.js'
import { isObject, isPlain } from '../../core/plain.js'
import { Malformed } from '../../protocol/bounded.js'
import type { Cursor } from '../../protocol/cursor.js'
import type { Skipper, ValueReader } from './resolved-readers.js'
import { partsOf } from './schema-shape.js'

const { types } = avro

/** The parts of avsc's types that its declarations leave out. */
export interface Codec extends ValueReader, Skipper {
  _write(cursor: Cursor, value: unknown): void
}

/** How avsc tells whether a value fits; the hook is told of each part that does not. */
interface Checker {
  _check(value: unknown, flags: unknown, hook: Hook, path: unknown): boolean
}

type Hook = ((value: unknown, type: Type) => void) | undefined

/** The number of items of the next block of an array or map; 0 ends it. Each item takes a byte or more (checkShape sees to it). */
function readCount(cursor: Cursor): number {
  let count = cursor.readLong()
  if (count < 0) {
    count = -count
    cursor.readLength()
  }
  if (count > cursor.remaining) throw new Malformed('more items than bytes')
  return count
}

class ArrayOf extends types.ArrayType {
  _read(cursor: Cursor): unknown[] {
    const items = this.itemsType as unknown as Codec
    const values: unknown[] = []
    for (let count = readCount(cursor); count > 0; count = readCount(cursor)) {
      for (; count > 0; count--) values.push(items._read(cursor))
    }
    return values
  }

  _skip(cursor: Cursor): void {
    const items = this.itemsType as unknown as Codec
    for (let count = readCount(cursor); count > 0; count = readCount(cursor)) {
      for (; count > 0; count--) items._skip(cursor)
    }
  }
}

class MapOf extends types.MapType {
  _read(cursor: Cursor): Record<string, unknown> {
    const codec = this.valuesType as unknown as Codec
    const values: Record<string, unknown> = {}
    for (let count = readCount(cursor); count > 0; count = readCount(cursor)) {
      for (; count > 0; count--) {
        const key = cursor.readString()
        if (key === '__proto__') throw new Malformed('a map with the key __proto__')
        values[key] = codec._read(cursor)
      }
    }
    return values
  }

  /** avsc would take a Map, a Set or a Date for an empty map. */
  _check(value: unknown, flags: unknown, hook: Hook, path: unknown): boolean {
    if (hasEntries(value)) return checkMap.call(this, value, flags, hook, path)
    hook?.(value, this)
    return false
  }

  _write(cursor: Cursor, value: unknown): void {
    if (!hasEntries(value)) throw new Error('not a plain object')
    if (Object.hasOwn(value, '__proto__')) throw new Error('a map with the key __proto__')
    writeMap.call(this, cursor, value)
  }

  _skip(cursor: Cursor): void {
    const values = this.valuesType as unknown as Codec
    for (let count = readCount(cursor); count > 0; count = readCount(cursor)) {
      for (; count > 0; count--) {
        cursor.skipString()
        values._skip(cursor)
      }
    }
  }
}

/** What is plain, or an instance with properties of its own, such as process.env: not what would be sent as an empty map. */
function hasEntries(value: unknown): value is object {
  return isPlain(value) || (isObject(value) && Object.keys(value).length > 0)
}

const { _write: writeMap, _check: checkMap } = types.MapType.prototype as unknown as Codec & Checker

/** Bitwise, as avsc checks it, a bigint or a symbol makes the check itself throw. */
class IntOf extends types.IntType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    const fits = typeof value === 'number' && value === (value | 0)
    if (!fits) hook?.(value, this)
    return fits
  }
}

class BytesOf extends types.BytesType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    const fits = value instanceof Uint8Array
    if (!fits) hook?.(value, this)
    return fits
  }

  _write(cursor: Cursor, value: unknown): void {
    if (!(value instanceof Uint8Array)) throw new Error('not bytes')
    cursor.writeBytes(value)
  }
}

class FixedOf extends types.FixedType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    const fits = value instanceof Uint8Array && value.length === this.size
    if (!fits) hook?.(value, this)
    return fits
  }

  _write(cursor: Cursor, value: unknown): void {
    if (!(value instanceof Uint8Array) || value.length !== this.size) throw new Error('not bytes')
    cursor.writeFixed(value)
  }
}

class EnumOf extends types.EnumType {
  constructor(schema: Schema, options: object) {
    super(schema, options)
    const { symbols, default: standIn } = partsOf(this)
    if (standIn !== undefined && !symbols?.includes(standIn)) {
      throw new Error(`invalid enum default: ${describe(standIn)}`)
    }
  }

  /** avsc forgets the default. */
  _deref(
    schema: { symbols?: unknown; default?: unknown },
    options: { exportAttrs: boolean },
  ): void {
    const { symbols, default: standIn } = partsOf(this)
    schema.symbols = symbols
    if (options.exportAttrs && standIn !== undefined) schema.default = standIn
  }
}

class UnionOf extends types.UnwrappedUnionType {
  /** Which branch a value belongs to. */
  _getIndex(value: unknown): number | undefined {
    return value instanceof Uint8Array
      ? (this as unknown as { _bucketIndices: { buffer?: number } })._bucketIndices.buffer
      : indexOf.call(this, value)
  }
}

const indexOf = (
  types.UnwrappedUnionType.prototype as unknown as {
    _getIndex(value: unknown): number | undefined
  }
)._getIndex

/** avsc's private maker of a record's writer, as source text that it compiles. */
const makeWriter = (types.RecordType.prototype as unknown as { _createWriter(): Codec['_write'] })
  ._createWriter

class RecordOf extends types.RecordType {
  /** avsc's writer of a record whose fields all have defaults would write anything at all. */
  _createWriter(): Codec['_write'] {
    const write = makeWriter.call(this)
    if (this.fields.some((field) => field.defaultValue() === undefined)) return write
    return (cursor, value) => {
      if (typeof value !== 'object' || value === null) throw new Error('not a record')
      write(cursor, value)
    }
  }
}

/** The types without parts, made once: they hold no state. */
const PRIMITIVES: Readonly<Record<string, Type>> = {
  null: new types.NullType(),
  boolean: new types.BooleanType(),
  int: new IntOf(),
  long: new types.LongType(),
  float: new types.FloatType(),
  double: new types.DoubleType(),
  string: new types.StringType(),
  bytes: new BytesOf(),
}

/** For avsc's `typeHook`, with our own schemas: the bent type where there is one, else undefined. */
export function ownType(schema: unknown, options: object): Type | undefined {
  if (Array.isArray(schema)) return unionOf(schema, options)
  const kind = kindOf(schema)
  return kind === 'record' || kind === 'error'
    ? new RecordOf(schema as Schema, options)
    : bentType(kind, schema, options)
}

/** The bent types that are the same for us and for peers. */
export function bentType(kind: unknown, schema: unknown, options: object): Type | undefined {
  switch (kind) {
    case 'array':
      return new ArrayOf(schema as Schema, options)
    case 'map':
      return new MapOf(schema as Schema, options)
    case 'fixed':
      return new FixedOf(schema as Schema, options)
    case 'enum':
      return new EnumOf(schema as Schema, options)
    default:
      if (typeof kind === 'string' && Object.hasOwn(PRIMITIVES, kind)) return PRIMITIVES[kind]
      if (typeof schema === 'string') return undefined // the name of a type that was defined before
      throw new Error(`unknown type: ${describe(kind)}`)
  }
}

/** A union whose values tell their branch by themselves; if there is doubt, avsc's kind with wrapped values. */
function unionOf(schema: readonly unknown[], options: object): Type {
  const members = schema.map((member) => avro.Type.forSchema(member as Schema, options))
  try {
    return new UnionOf(members as unknown as Schema, options)
  } catch {
    return new types.WrappedUnionType(members as unknown as Schema, options)
  }
}

export function kindOf(schema: unknown): unknown {
  return typeof schema === 'object' && schema !== null
    ? (schema as { type?: unknown }).type
    : schema
}
