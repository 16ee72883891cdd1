// Owns the list in which things stand that come and go all the time: in order, and taken out from anywhere. A Set or Map
// would do, but for its tables: one is renewed every few dozen changes, and the old one refers to the new. Once an old one has
// outlived some collections of young objects, all that follow it do, with what they hold (docs/decisions/messages-beside-raw-sockets.md).

/** What may stand in one chain at a time. */
export interface Chained<T> {
  /** Its neighbours; the chain's alone. */
  previous: T | undefined
  next: T | undefined
}

export class Chain<T extends Chained<T>> {
  #first: T | undefined
  #last: T | undefined
  #size = 0

  get first(): T | undefined {
    return this.#first
  }

  get size(): number {
    return this.#size
  }

  /** Puts `item`, which stands in no chain, behind all others. */
  push(item: T): void {
    item.previous = this.#last
    if (this.#last) this.#last.next = item
    else this.#first = item
    this.#last = item
    this.#size++
  }

  /** Takes `item` out. False if it stands here no longer, or never did. */
  remove(item: T): boolean {
    const { previous, next } = item
    if (!previous && this.#first !== item) return false
    if (previous) previous.next = next
    else this.#first = next
    if (next) next.previous = previous
    else this.#last = previous
    // What has gone must not keep alive what came after it.
    item.previous = undefined
    item.next = undefined
    this.#size--
    return true
  }

  /** Those that stand here now, whatever happens to them meanwhile. */
  toArray(): T[] {
    const items: T[] = []
    for (let item = this.#first; item; item = item.next) items.push(item)
    return items
  }
}
