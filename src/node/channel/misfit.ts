// Owns how it is told that a type of a peer's schema cannot be read as one of ours: where, which, and why.
import type { Type } from 'avsc'
import { partsOf } from './schema-shape.js'

/** Not an error: where unions meet, most pairs of types do not fit, and nobody asks why. */
export class Misfit {
  /** Whether the two are of one kind and name, so that it tells more than that they are not. */
  readonly isClose: boolean
  readonly #reason: () => string
  readonly #path: string

  constructor(isClose: boolean, reason: () => string, path = '') {
    this.isClose = isClose
    this.#reason = reason
    this.#path = path
  }

  /** The same, as a misfit of what contains it. */
  within(step: string): Misfit {
    return new Misfit(true, this.#reason, step + this.#path)
  }

  /** In words; `root` is how to call what was to be read. */
  tell(root: string): string {
    const reason = this.#reason()
    return this.#path === '' ? reason : `${root}${this.#path}: ${reason}`
  }
}

/** The two have nothing to do with each other. */
export function unlike(own: Type, writer: Type): Misfit {
  return new Misfit(false, () => cannotRead(own, writer))
}

export function cannotRead(own: Type, writer: Type): string {
  return `cannot read ${nameOf(writer)} as ${nameOf(own)}`
}

/** How a type is called in a message to the host. */
export function nameOf(type: Type): string {
  const { typeName, types } = partsOf(type)
  if (types) return `one of ${types.map((branch) => branch.branchName).join(', ')}`
  return type.name === undefined ? typeName : `${typeName} ${type.name}`
}
