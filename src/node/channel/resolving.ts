// Owns the rules by which one of our types reads what a peer wrote with another (Avro 1.11, "Schema Resolution"): what
// fits what, and which field or branch is read as which. A symbol or a branch that cannot be read is a misfit only
// of the values that have it. Must not know how a type's own bytes look.
import type { Type } from 'avsc'
import { BRANCHES_PER_RESOLVING_STEP, MAX_RESOLVING_STEPS } from '../../core/limits.js'
import { FITTING, likeness } from './likeness.js'
import { cannotRead, Misfit, unlike } from './misfit.js'
import {
  BranchReader,
  EnumReader,
  type FieldReader,
  RecordReader,
  readLong,
  type Skipper,
  type ValueReader,
  WrappingReader,
} from './resolved-readers.js'
import { type Field, partsOf } from './schema-shape.js'

/**
 * Reads values of the peer's type `writer` as values of `own`.
 * @throws Error that says what does not fit, and where, if there is no value that could be read
 */
export function resolve(own: Type, writer: Type): ValueReader {
  const reader = new Resolution().read(own, writer)
  if (reader instanceof Misfit) throw new Error(reader.tell('value'))
  return reader
}

class Resolution {
  /** By the names of both: what is known of two records, or assumed as long as their fields are looked at. */
  readonly #records = new Map<string, ValueReader | Misfit>()
  /** The names of those that have a reader, in the order in which they were met. */
  readonly #readable: string[] = []
  #steps = 0

  read(own: Type, writer: Type): ValueReader | Misfit {
    this.#steps++
    if (this.#steps > MAX_RESOLVING_STEPS)
      throw new Error('they have too many parts to be compared')
    if (partsOf(writer).types) return this.#branches(own, writer)
    if (partsOf(own).types) return this.#asBranch(own, writer)
    switch (likeness(own, writer)) {
      case 'none':
        return unlike(own, writer)
      case 'promotion':
        return promoted(own, writer)
      default:
        return this.#same(own, writer)
    }
  }

  /** Two of the same kind, and name if they have one. */
  #same(own: Type, writer: Type): ValueReader | Misfit {
    const { itemsType, valuesType, fields, symbols, size } = partsOf(own)
    const theirs = partsOf(writer)
    const { _read } = own as unknown as ValueReader
    if (fields) return this.#record(own, writer)
    if (symbols) return enumReader(own, writer)
    if (itemsType && theirs.itemsType) {
      const items = this.read(itemsType, theirs.itemsType)
      return items instanceof Misfit ? items.within('[]') : reading({ itemsType: items, _read })
    }
    if (valuesType && theirs.valuesType) {
      const values = this.read(valuesType, theirs.valuesType)
      return values instanceof Misfit ? values.within('{}') : reading({ valuesType: values, _read })
    }
    if (size !== theirs.size) {
      return new Misfit(
        true,
        () => `${cannotRead(own, writer)}: it has ${theirs.size} bytes, the reader's ${size}`,
      )
    }
    return own as unknown as ValueReader
  }

  // --- unions ---

  /** A union of the peer's: each branch for itself. */
  #branches(own: Type, writer: Type): ValueReader | Misfit {
    const { types = [] } = partsOf(writer)
    const readers = types.map((branch) => this.read(own, branch))
    const misfits = readers.filter((reader) => reader instanceof Misfit)
    if (misfits.length < readers.length) return new BranchReader(types, readers)
    return misfits.find(({ isClose }) => isClose) ?? unlike(own, writer)
  }

  /** As the branch of our union that is most like it, and the first of these. */
  #asBranch(own: Type, writer: Type): ValueReader | Misfit {
    const { types = [] } = partsOf(own)
    this.#steps += types.length / BRANCHES_PER_RESOLVING_STEP
    let misfit: Misfit | undefined
    const found = types.map((branch) => likeness(branch, writer))
    for (const wanted of FITTING) {
      for (const [i, branch] of types.entries()) {
        if (found[i] !== wanted) continue
        const reader = this.read(branch, writer)
        if (!(reader instanceof Misfit)) return inUnion(own, branch, reader)
        misfit ??= reader
      }
    }
    return misfit ?? unlike(own, writer)
  }

  // --- records ---

  #record(own: Type, writer: Type): ValueReader | Misfit {
    const names = `${own.name}:${writer.name}`
    const known = this.#records.get(names)
    if (known) return known
    const before = this.#readable.length
    const reader = new RecordReader(own)
    this.#records.set(names, reader)
    this.#readable.push(names)
    const misfit = this.#fields(own, writer, reader)
    if (!misfit) return reader
    // What was found readable meanwhile may have counted on this one: it is to be looked at anew.
    for (const name of this.#readable.splice(before)) this.#records.delete(name)
    this.#records.set(names, misfit)
    return misfit
  }

  #fields(own: Type, writer: Type, reader: RecordReader): Misfit | undefined {
    const { fields = [] } = partsOf(own)
    const { fields: theirs = [] } = partsOf(writer)
    this.#steps += fields.length + theirs.length
    const places = matchFields(fields, theirs)
    const taken = new Set(places)
    const missing = fields.find(
      (field, i) => !taken.has(i) && !Object.hasOwn(field, 'defaultValue'),
    )
    if (missing) {
      return new Misfit(
        true,
        () => `the writer's ${writer.name} has no such field, and the reader's no default`,
      ).within(`.${missing.name}`)
    }
    for (const [i, { type }] of theirs.entries()) {
      const place = places[i]
      const field = place === undefined ? undefined : fields[place]
      const value = field && this.read(field.type, type)
      if (value instanceof Misfit) return value.within(`.${field?.name}`)
      reader.parts.push(
        value && place !== undefined
          ? ({ reader: value, place } satisfies FieldReader)
          : (type as unknown as Skipper),
      )
    }
    return undefined
  }
}

/** For each field of the peer's, which of ours it is: the one of this name, else one that has it as an alias. */
function matchFields(own: readonly Field[], theirs: readonly Field[]): (number | undefined)[] {
  const byName = new Map(theirs.map(({ name }, i) => [name, i]))
  const places = new Array<number | undefined>(theirs.length).fill(undefined)
  const isFree = (name: string): boolean => {
    const at = byName.get(name)
    return at !== undefined && places[at] === undefined
  }
  const take = (name: string, place: number): void => {
    places[byName.get(name) as number] = place
  }
  for (const [i, { name }] of own.entries()) if (byName.has(name)) take(name, i)
  for (const [i, { name, aliases }] of own.entries()) {
    const alias = byName.has(name) ? undefined : aliases.find(isFree)
    if (alias !== undefined) take(alias, i)
  }
  return places
}

function enumReader(own: Type, writer: Type): ValueReader | Misfit {
  const { symbols: ours = [], default: stand } = partsOf(own)
  const { symbols: theirs = [] } = partsOf(writer)
  const known = new Set(ours)
  const readAs = theirs.map((symbol) => (known.has(symbol) ? symbol : stand))
  if (readAs.every((symbol) => symbol === undefined)) {
    return new Misfit(
      true,
      () => `${cannotRead(own, writer)}: they share no symbol, and the reader's has no default`,
    )
  }
  return new EnumReader(own, theirs, readAs)
}

function inUnion(own: Type, branch: Type, reader: ValueReader): ValueReader {
  if (partsOf(own).typeName !== 'union:wrapped') return reader
  const { _branchConstructor: Branch } = branch as unknown as {
    _branchConstructor: (new (value: unknown) => object) | null
  }
  return Branch === null ? reader : new WrappingReader(Branch, reader)
}

function promoted(own: Type, writer: Type): ValueReader {
  const { typeName } = partsOf(writer)
  if (typeName === 'string' || typeName === 'bytes') return own as unknown as ValueReader
  return typeName === 'long' ? reading({ _read: readLong }) : (writer as unknown as ValueReader)
}

/** The parts that a reader of ours finds in its type, in the place of the type. */
function reading(parts: ValueReader & { itemsType?: ValueReader; valuesType?: ValueReader }) {
  return parts
}
