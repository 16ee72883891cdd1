// Owns which parts of one block are free: a binary buddy allocator (Knuth, The Art of Computer Programming,
// volume 1, section 2.5) over units, kept beside the memory that it hands out, so that no write to that
// memory can harm it. It knows no bytes, addresses or machines.
//
// The free extents stand in a complete binary tree, node 1 the root, nodes 2n and 2n + 1 the halves of n.
// Each node holds 1 + the order of the largest free extent below it, or 0 if there is none. So both calls
// are one walk between root and leaf, and two free halves are one free whole again at once.

export class Buddy {
  readonly #orders: number
  readonly #largest: Uint8Array

  /** 2^orders units, all free. */
  constructor(orders: number) {
    this.#orders = orders
    this.#largest = new Uint8Array(2 << orders)
    for (let order = orders, node = 1; order >= 0; order--, node *= 2) {
      this.#largest.fill(order + 1, node, node * 2)
    }
  }

  get isEmpty(): boolean {
    return this.#largest[1] === this.#orders + 1
  }

  get isFull(): boolean {
    return this.#largest[1] === 0
  }

  /** Takes 2^order units: the index of the first, a multiple of their number; -1 if no such extent is free. */
  allocate(order: number): number {
    const largest = this.#largest
    if ((largest[1] as number) <= order) return -1
    let node = 1
    for (let depth = this.#orders; depth > order; depth--) {
      const left = largest[2 * node] as number
      const right = largest[2 * node + 1] as number
      // The tighter fit, so that large extents stay whole.
      const goLeft = left > order && (left <= right || right <= order)
      node = goLeft ? 2 * node : 2 * node + 1
    }
    largest[node] = 0
    this.#update(node, order)
    return (node << order) - (1 << this.#orders)
  }

  /** Gives back what `allocate` returned; returns its order. */
  release(unit: number): number {
    const largest = this.#largest
    let node = unit + (1 << this.#orders)
    let order = 0
    // The nodes below a taken one stand as they were when it was taken, that is, free.
    while (largest[node] !== 0) {
      node >>= 1
      order++
    }
    largest[node] = order + 1
    this.#update(node, order)
    return order
  }

  /** Carries a change at `node` up to the root. */
  #update(changed: number, orderOfChanged: number): void {
    const largest = this.#largest
    let order = orderOfChanged
    for (let node = changed >> 1; node > 0; node >>= 1) {
      order++
      const left = largest[2 * node] as number
      const right = largest[2 * node + 1] as number
      const value = left === order && right === order ? order + 1 : Math.max(left, right)
      if (largest[node] === value) return
      largest[node] = value
    }
  }
}
