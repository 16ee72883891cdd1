// Owns things by their numbers, which go up, and of which most are gone soon: each stands at its number's place in a ring,
// and only who finds another there in a Map. A Map alone keeps its garbage alive; see chain.ts.
import { MAX_NUMBERED_PLACES, MIN_NUMBERED_PLACES } from '../../core/limits.js'

export class Numbered<T extends { readonly id: number }> {
  /** A power of two of them. */
  #places: (T | undefined)[] = []
  readonly #others = new Map<number, T>()

  get(id: number): T | undefined {
    const item = this.#places[id & (this.#places.length - 1)]
    if (item?.id === id) return item
    return this.#others.size > 0 ? this.#others.get(id) : undefined
  }

  /** Adds one whose number nobody has. */
  add(item: T): void {
    const places = this.#places
    if (this.#others.size >= places.length / 2 && places.length < MAX_NUMBERED_PLACES) this.#grow()
    this.#put(item)
  }

  /** False if it was not there. */
  delete(item: T): boolean {
    const at = item.id & (this.#places.length - 1)
    if (this.#places[at] === item) this.#places[at] = undefined
    else if (this.#others.get(item.id) === item) this.#others.delete(item.id)
    else return false
    return true
  }

  toArray(): T[] {
    return [...this.#places.filter((item) => item !== undefined), ...this.#others.values()]
  }

  #put(item: T): void {
    const at = item.id & (this.#places.length - 1)
    if (this.#places[at] === undefined) this.#places[at] = item
    else this.#others.set(item.id, item)
  }

  #grow(): void {
    const items = this.toArray()
    const length = Math.max(MIN_NUMBERED_PLACES, this.#places.length * 2)
    this.#places = new Array<T | undefined>(length).fill(undefined)
    this.#others.clear()
    for (const item of items) this.#put(item)
  }
}
