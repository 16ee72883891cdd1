// Owns how values are read that a peer wrote with another schema, once it is settled what is read as what. Must not
// know why.
import type { Type } from 'avsc'
import { Malformed } from '../../protocol/bounded.js'
import type { Cursor } from '../../protocol/cursor.js'
import { Misfit, nameOf } from './misfit.js'

/** Reads one value; throws if the bytes are not one. */
export interface ValueReader {
  _read(cursor: Cursor): unknown
}

/** Passes over one value. */
export interface Skipper {
  _skip(cursor: Cursor): void
}

/** Reads a field of the peer's as one of ours: the one at this place. */
export interface FieldReader {
  readonly reader: ValueReader
  readonly place: number
}

type RecordConstructor = new (...fields: unknown[]) => object

/** A record: the peer's fields in its order. Those of ours that it does not have get their defaults. */
export class RecordReader implements ValueReader {
  readonly parts: (FieldReader | Skipper)[] = []
  readonly #own: Type

  constructor(own: Type) {
    this.#own = own
  }

  _read(cursor: Cursor): unknown {
    // Made when the first value comes: what a peer only announces is to cost little.
    this._read = this.#compile()
    return this._read(cursor)
  }

  /** As avsc makes its readers; only numbers of ours get into the source. */
  #compile(): (cursor: Cursor) => unknown {
    const { recordConstructor, fields } = this.#own as unknown as {
      recordConstructor: RecordConstructor
      fields: readonly unknown[]
    }
    const args = fields.map(() => 'undefined')
    const lines = this.parts.map((part, i) => {
      if (!('reader' in part)) return `p${i}._skip(cursor)`
      args[part.place] = `v${i}`
      return `const v${i} = p${i}._read(cursor)`
    })
    const source = `return (cursor) => {\n${lines.join('\n')}\nreturn new Record(${args})\n}`
    const readers = this.parts.map((part) => ('reader' in part ? part.reader : part))
    return new Function('Record', ...readers.map((_, i) => `p${i}`), source)(
      recordConstructor,
      ...readers,
    )
  }
}

/** A union of the peer's. */
export class BranchReader implements ValueReader {
  readonly #types: readonly Type[]
  readonly #readers: readonly (ValueReader | Misfit)[]

  constructor(types: readonly Type[], readers: readonly (ValueReader | Misfit)[]) {
    this.#types = types
    this.#readers = readers
  }

  _read(cursor: Cursor): unknown {
    const index = cursor.readLong()
    const reader = this.#readers[index]
    if (reader === undefined) throw new Malformed(`a union without the branch ${index}`)
    if (!(reader instanceof Misfit)) return reader._read(cursor)
    throw new Malformed(reader.tell(this.#types[index]?.branchName as string))
  }
}

/** What becomes a branch of a union of ours whose values carry the names of their branches. */
export class WrappingReader implements ValueReader {
  readonly #Branch: new (
    value: unknown,
  ) => object
  readonly #reader: ValueReader

  constructor(Branch: new (value: unknown) => object, reader: ValueReader) {
    this.#Branch = Branch
    this.#reader = reader
  }

  _read(cursor: Cursor): unknown {
    return new this.#Branch(this.#reader._read(cursor))
  }
}

export class EnumReader implements ValueReader {
  readonly #own: Type
  readonly #symbols: readonly string[]
  readonly #readAs: readonly (string | undefined)[]

  /** The peer's `symbols`, and as what they are read; undefined if they cannot be. */
  constructor(own: Type, symbols: readonly string[], readAs: readonly (string | undefined)[]) {
    this.#own = own
    this.#symbols = symbols
    this.#readAs = readAs
  }

  _read(cursor: Cursor): unknown {
    const index = cursor.readLong()
    const symbol = this.#readAs[index]
    if (symbol !== undefined) return symbol
    const name = nameOf(this.#own)
    throw new Malformed(
      index in this.#symbols
        ? `the reader's ${name} has neither the symbol ${this.#symbols[index]} nor a default`
        : `the writer's ${name} has no symbol ${index}`,
    )
  }
}

/** A long where a float or a double is wanted: of what lies beyond 2^53 the nearest number will do. */
export function readLong(cursor: Cursor): number {
  return cursor.readLong()
}
