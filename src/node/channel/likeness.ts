// Owns which types of a peer's are like which of ours, by kind and name alone (Avro 1.11, "Schema Resolution", "To match").
// Must not know whether what they contain fits as well.
import type { Type } from 'avsc'
import { partsOf } from './schema-shape.js'

/** How much a type of ours is like one of a peer's. */
export type Likeness =
  /** The same kind, and name or alias if they have names. */
  | 'exact'
  /** The same but for the namespaces. */
  | 'unqualified'
  | 'promotion'
  | 'none'

/** Those that fit, the best first. */
export const FITTING: readonly Likeness[] = ['exact', 'unqualified', 'promotion']

/** What a type of a peer's may be read as beside itself. */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

/** Of two that are no unions. */
export function likeness(own: Type, writer: Type): Likeness {
  const [ownKind, kind] = [kindOf(own), kindOf(writer)]
  if (ownKind !== kind) {
    return PROMOTIONS[kind]?.includes(ownKind) ? 'promotion' : 'none'
  }
  const { name } = writer
  if (name === undefined || name === own.name) return 'exact'
  const names = [own.name, ...(own.aliases ?? [])]
  if (names.includes(name)) return 'exact'
  const short = unqualified(name)
  return names.some((other) => other !== undefined && unqualified(other) === short)
    ? 'unqualified'
    : 'none'
}

function kindOf(type: Type): string {
  const { typeName } = partsOf(type)
  return typeName === 'error' ? 'record' : typeName
}

function unqualified(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}
