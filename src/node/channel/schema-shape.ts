// Owns which Avro schemas a channel may have beyond what Avro itself demands: the work that a value takes is in
// proportion to its bytes, so that no payload can claim more than it carries.
import type { Type } from 'avsc'
import { MAX_EMPTY_PARTS, MAX_MESSAGE_BYTES } from '../../core/limits.js'

/** The parts of a type, where it has them. */
export interface Parts {
  readonly typeName: string
  readonly branchName: string | undefined
  readonly fields?: readonly Field[]
  readonly itemsType?: Type
  readonly valuesType?: Type
  /** The branches of a union. */
  readonly types?: readonly Type[]
  readonly size?: number
  readonly symbols?: readonly string[]
  /** What an enum reads for a symbol that it does not have. */
  readonly default?: string
}

export interface Field {
  readonly name: string
  readonly aliases: readonly string[]
  readonly type: Type
  /** Makes its default. Its own if it has one. */
  defaultValue(): unknown
}

export function partsOf(type: Type): Parts {
  return type as unknown as Parts
}

/** Calls `visit` once for `type` and for every type inside it. */
export function eachType(type: Type, visit: (type: Type) => void, seen = new Set<Type>()): void {
  if (seen.has(type)) return
  seen.add(type)
  visit(type)
  for (const part of innerTypes(type)) eachType(part, visit, seen)
}

/**
 * Throws an Error with the reason, unless values of `type` can be read in time and memory in proportion to
 * their bytes.
 */
export function checkShape(type: Type): void {
  const known = new Map<Type, number>()
  const emptyParts = new Map<Type, number>()
  eachType(type, (part) => {
    const { typeName, fields, itemsType, size } = partsOf(part)
    if (typeName === 'fixed' && (size as number) > MAX_MESSAGE_BYTES) {
      throw new Error(
        `${nameOf(part)} is a fixed of ${size} bytes, the most is ${MAX_MESSAGE_BYTES}`,
      )
    }
    if (itemsType && minBytes(itemsType, known) === 0) {
      throw new Error(`items of ${nameOf(itemsType)} take no bytes: an array of them has no bound`)
    }
    if (fields?.some(({ name }) => name === '__proto__')) {
      throw new Error(`${nameOf(part)} has a field named __proto__`)
    }
    minBytes(part, known)
    if (countEmpty(part, emptyParts) > MAX_EMPTY_PARTS) {
      throw new Error(`${nameOf(part)} has too many parts that take no bytes`)
    }
  })
}

/** The least bytes that a value takes; throws if a record contains itself without end. */
function minBytes(type: Type, known: Map<Type, number>): number {
  const found = known.get(type)
  if (found === UNFINISHED) {
    throw new Error(`${nameOf(type)} contains itself: put it into a union, array or map`)
  }
  if (found !== undefined) return found
  known.set(type, UNFINISHED)
  const bytes = ownMinBytes(type, known)
  known.set(type, bytes)
  return bytes
}

const UNFINISHED = -1

function ownMinBytes(type: Type, known: Map<Type, number>): number {
  const { typeName, fields, size } = partsOf(type)
  switch (typeName) {
    case 'null':
      return 0
    case 'float':
      return 4
    case 'double':
      return 8
    case 'fixed':
      return size as number
    case 'record':
    case 'error':
      return (fields ?? []).reduce((sum, field) => sum + minBytes(field.type, known), 0)
    default:
      return 1 // a number, a length, a count, an index
  }
}

/**
 * The parts of a value that take no bytes and are read all the same. Records that contain others twice have twice as
 * many. (That no record contains itself is known by now.)
 */
function countEmpty(type: Type, known: Map<Type, number>): number {
  const { typeName, fields, size } = partsOf(type)
  if (!fields) return typeName === 'null' || size === 0 ? 1 : 0
  if (fields.length === 0) return 1
  const found = known.get(type)
  if (found !== undefined) return found
  const count = fields.reduce((sum, field) => sum + countEmpty(field.type, known), 0)
  known.set(type, count)
  return count
}

function innerTypes(type: Type): readonly Type[] {
  const { fields, itemsType, valuesType, types } = partsOf(type)
  if (fields) return fields.map((field) => field.type)
  return types ?? (itemsType ? [itemsType] : valuesType ? [valuesType] : [])
}

function nameOf(type: Type): string {
  const { branchName, typeName } = partsOf(type)
  return branchName ?? typeName
}
