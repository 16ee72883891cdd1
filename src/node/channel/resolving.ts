// Owns how one of our types reads what a peer wrote with another (Avro 1.11, "Schema Resolution"), where avsc
// departs from the rules or from sense. The rest of the rules is avsc's.
import type { Type } from 'avsc'
import { Malformed } from '../../protocol/bounded.js'
import type { Cursor } from '../../protocol/cursor.js'

/** Reads one value; throws if the bytes are not one. */
export interface ValueReader {
  _read(cursor: Cursor): unknown
}

/** What avsc hands from type to type while it makes a resolver. */
interface Resolving {
  /** The resolvers of records so far, by the names of both: the bottom of a recursion. */
  registry?: Record<string, unknown>
  failed?: Set<string>
}

type Resolver = ReturnType<Type['createResolver']>
// biome-ignore lint/suspicious/noExplicitAny: the form that TypeScript demands of a mixin's constructor
type TypeClass = new (...args: any[]) => Type

/** The same class of types, with resolvers that follow the rules. */
export function resolving<Class extends TypeClass>(base: Class): Class {
  return class extends base {
    override createResolver(writer: Type, options: object = {}): Resolver {
      const make = (branch: Type): Resolver => super.createResolver(branch, options)
      if ('types' in writer) return branchwise(this, writer, options)
      if ('fields' in this) return ofRecord(this, writer, options, make)
      checkSizes(this, writer)
      return make(writer)
    }
  }
}

/**
 * Reads what a union of the peer's wrote as one type of ours: an error only for the values of a branch that does
 * not fit. avsc refuses the union as soon as one branch does not.
 */
function branchwise(own: Type, writer: Type, options: object): Resolver {
  const readers = (writer as unknown as { types: readonly Type[] }).types.map((branch) => {
    try {
      return own.createResolver(branch, options) as unknown as ValueReader
    } catch {
      return undefined
    }
  })
  if (readers.every((reader) => reader === undefined)) throw new Error(cannotRead(writer, own))
  return {
    _read(cursor: Cursor): unknown {
      const index = cursor.readLong()
      const reader = readers[index]
      if (!reader) throw new Malformed(`its branch ${index} cannot be read as ${own.branchName}`)
      return reader._read(cursor)
    },
  } as Resolver
}

/**
 * avsc keeps the half-made resolver of two records that do not match, and takes it for a good one the next time
 * that the two meet; and it takes whatever is no record for one.
 */
function ofRecord(
  own: Type,
  writer: Type,
  options: Resolving,
  make: (writer: Type) => Resolver,
): Resolver {
  const pair = `${own.name}:${writer.name}`
  options.failed ??= new Set()
  if (!('fields' in writer) || options.failed.has(pair)) throw new Error(cannotRead(writer, own))
  try {
    return make(writer)
  } catch (error) {
    options.failed.add(pair)
    delete options.registry?.[pair]
    throw error
  }
}

/** avsc says of both no more than their name, and that is the same. */
function checkSizes(own: Type, writer: Type): void {
  const { size } = own as { size?: number }
  const { size: written } = writer as { size?: number }
  if (size === undefined || written === undefined || size === written) return
  throw new Error(`${cannotRead(writer, own)}: it has ${written} bytes, ours ${size}`)
}

function cannotRead(writer: Type, own: Type): string {
  return `cannot read ${writer.branchName ?? 'a union'} as ${own.branchName}`
}
