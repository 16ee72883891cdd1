// Owns things by their numbers, which go up, and of which most are gone soon: each stands at its number's place in a ring,
// and only who finds another there in a Map. A Map alone keeps its garbage alive; see chain.ts.
import { MAX_NUMBERED_PLACES, MIN_NUMBERED_PLACES } from '../../core/limits.js'

interface Place<T> {
  readonly id: number
  readonly item: T
}

export class Numbered<T> {
  /** A power of two of them. */
  #places: (Place<T> | undefined)[] = []
  readonly #others = new Map<number, T>()

  /** Places in the ring. */
  get placeCount(): number {
    return this.#places.length
  }

  get(id: number): T | undefined {
    const place = this.#places[id & (this.#places.length - 1)]
    if (place?.id === id) return place.item
    return this.#others.size > 0 ? this.#others.get(id) : undefined
  }

  /** Adds one whose number nobody has. */
  add(id: number, item: T): void {
    const { length } = this.#places
    if (this.#others.size >= length / 2 && length < MAX_NUMBERED_PLACES) this.#grow()
    this.#put(id, item)
  }

  /** False if it was not there. */
  delete(id: number, item: T): boolean {
    const at = id & (this.#places.length - 1)
    const place = this.#places[at]
    if (place?.id === id && place.item === item) this.#places[at] = undefined
    else if (this.#others.get(id) === item) this.#others.delete(id)
    else return false
    return true
  }

  /** Those that are there now, by their numbers. */
  entries(): [id: number, item: T][] {
    const all = [...this.#others]
    for (const place of this.#places) if (place) all.push([place.id, place.item])
    return all.sort(([a], [b]) => a - b)
  }

  #put(id: number, item: T): void {
    const at = id & (this.#places.length - 1)
    if (this.#places[at] === undefined) this.#places[at] = { id, item }
    else this.#others.set(id, item)
  }

  #grow(): void {
    const entries = this.entries()
    const length = Math.max(MIN_NUMBERED_PLACES, this.#places.length * 2)
    this.#places = new Array<Place<T> | undefined>(length).fill(undefined)
    this.#others.clear()
    for (const [id, item] of entries) this.#put(id, item)
  }
}
