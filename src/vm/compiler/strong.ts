// Owns the search for strongly connected parts of a graph (Tarjan, "Depth-first search and linear graph
// algorithms", 1972), without recursion, since hostile programs nest deeply.
import { type Graph, OUTSIDE } from './graph.js'

const UNSEEN = 0
const OUT_OF_REGION = -1

/** Searches one graph, again and again: loops within loops. */
export class StrongParts {
  readonly #graph: Graph
  /** By node: UNSEEN, OUT_OF_REGION (also once it is done), or the number in the order of discovery. */
  readonly #number: number[]
  readonly #low: number[]
  readonly #open: number[] = []
  #parts: number[][] = []
  #count = 0

  constructor(graph: Graph) {
    this.#graph = graph
    this.#number = new Array(graph.nodes.length).fill(OUT_OF_REGION)
    this.#low = new Array(graph.nodes.length).fill(0)
  }

  /** The parts of `region` that hold a cycle; edges that leave the region do not count. */
  find(region: readonly number[]): number[][] {
    this.#parts = []
    this.#count = 0
    for (const index of region) this.#number[index] = UNSEEN
    for (const index of region) this.#searchFrom(index)
    return this.#parts
  }

  #searchFrom(root: number): void {
    if (this.#number[root] !== UNSEEN) return
    const path = [root]
    const positions = [0]
    this.#discover(root)
    while (path.length > 0) {
      const index = path[path.length - 1] as number
      const position = positions[positions.length - 1] as number
      positions[positions.length - 1] = position + 1
      const next = this.#edge(index, position)
      if (next === undefined) {
        path.pop()
        positions.pop()
        this.#finish(index, path[path.length - 1])
      } else if (next !== OUTSIDE && this.#number[next] === UNSEEN) {
        this.#discover(next)
        path.push(next)
        positions.push(0)
      } else if (next !== OUTSIDE && (this.#number[next] as number) > 0) {
        this.#lower(index, this.#number[next] as number)
      }
    }
  }

  #edge(index: number, position: number): number | undefined {
    const { successors, shadows } = this.#graph.node(index)
    return position < successors.length
      ? successors[position]
      : shadows[position - successors.length]
  }

  #discover(index: number): void {
    this.#number[index] = ++this.#count
    this.#low[index] = this.#count
    this.#open.push(index)
  }

  #lower(index: number, value: number): void {
    this.#low[index] = Math.min(this.#low[index] as number, value)
  }

  #finish(index: number, parent: number | undefined): void {
    if (parent !== undefined) this.#lower(parent, this.#low[index] as number)
    if (this.#low[index] !== this.#number[index]) return
    const part = this.#open.splice(this.#open.lastIndexOf(index))
    for (const member of part) this.#number[member] = OUT_OF_REGION
    const isCycle = part.length > 1 || this.#graph.node(index).successors.includes(index)
    if (isCycle) this.#parts.push(part)
  }
}
