// Owns the order of what happens in a simulated world: by time, then by the order of planning.

interface Planned {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** A binary heap of what is to happen. */
export class Events {
  readonly #heap: Planned[] = []
  #planned = 0

  get nextAt(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY
  }

  plan(at: number, run: () => void): void {
    const event = { at, order: this.#planned++, run }
    const heap = this.#heap
    let i = heap.length
    heap.push(event)
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = heap[parent] as Planned
      if (!isBefore(event, above)) break
      heap[i] = above
      i = parent
    }
    heap[i] = event
  }

  /** Takes the next one out. */
  take(): Planned {
    const heap = this.#heap
    const first = heap[0] as Planned
    const last = heap.pop() as Planned
    if (heap.length > 0) this.#sift(last)
    return first
  }

  #sift(event: Planned): void {
    const heap = this.#heap
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Planned, heap[child] as Planned)) {
        child++
      }
      const below = heap[child] as Planned
      if (!isBefore(below, event)) break
      heap[i] = below
      i = child
    }
    heap[i] = event
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
