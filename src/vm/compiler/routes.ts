// Owns how a function is entered anywhere but at its start. Each checkpoint has an entry number. The root
// cannot go straight into a loop, or the loop would have two ways in and be no Wasm loop any more. So it goes
// to the outermost loop's header, with fuel far below zero; the header finds too little fuel, as it does at
// the end of a slice, sees that the local RESUME names an entry within the loop, and leads on, header by
// header. The way costs nothing on the turns of a loop.
//
// Entries are numbered loop by loop, so that those of one loop, with all it contains, are consecutive.
import { DEAD, LEAVE } from './code.js'
import type { Graph } from './graph.js'
import type { LoopForest } from './loops.js'

/** Where a header, or the root, leads each entry from `first` on. */
export interface Routes {
  readonly first: number
  readonly nodes: readonly number[]
}

export interface Resumption {
  readonly root: number
  /** By node: the routes of the root and of the headers. */
  readonly routes: ReadonlyMap<number, Routes>
  /** The instructions where the function can be entered; entry n, from 1, is at n - 1. */
  readonly entries: readonly number[]
  /** By block's node: the number of its entry. */
  readonly entryOf: ReadonlyMap<number, number>
  /** By block's node: the node of its steps (steps.ts). */
  readonly stepsOf: ReadonlyMap<number, number>
  /** By node of steps: the number of the entry at its first instruction; the others follow. */
  readonly firstEntryOf: ReadonlyMap<number, number>
}

/** Adds the root, and the last steps to all entries that are in no more than `maxDepth` loops. */
export function addRoutes(
  graph: Graph,
  nodes: readonly number[],
  forest: LoopForest,
  maxDepth: number,
): Resumption {
  return new Router(graph, forest, maxDepth).route(nodes)
}

const NO_LOOP = -1

class Router {
  readonly #graph: Graph
  readonly #forest: LoopForest
  readonly #maxDepth: number
  readonly #children = new Map<number, number[]>()
  /** By loop: the checkpoints that are in it and in no loop within. */
  readonly #members = new Map<number, number[]>()
  /** The nodes that can be entered, by number. */
  readonly #entries: number[] = []
  readonly #routes = new Map<number, Routes>()

  constructor(graph: Graph, forest: LoopForest, maxDepth: number) {
    this.#graph = graph
    this.#forest = forest
    this.#maxDepth = maxDepth
  }

  route(nodes: readonly number[]): Resumption {
    for (const index of nodes) {
      if (this.#isEntry(index)) append(this.#members, this.#loopOf(index), index)
    }
    for (let loop = 0; loop < this.#forest.loops.length; loop++) {
      const { parent, depth } = this.#forest.loops[loop] as { parent: number; depth: number }
      if (depth <= this.#maxDepth) append(this.#children, parent, loop)
    }
    const root = this.#graph.add('root')
    this.#forest.loopOf[root] = NO_LOOP
    this.#routeLoop(NO_LOOP, root)
    const nodeAt = (index: number) => this.#graph.node(index)
    return {
      root,
      routes: this.#routes,
      entries: this.#entries.map((index) => this.#graph.firstOf(nodeAt(index).value)),
      entryOf: new Map(this.#entries.map((index, at) => [index, at + 1])),
      stepsOf: new Map(),
      firstEntryOf: new Map(),
    }
  }

  /** Numbers the entries of `loop` and sets the routes of its header. */
  #routeLoop(loop: number, header: number): void {
    const nodes: number[] = []
    const members = this.#members.get(loop) ?? []
    // A header is the first of its loop, and its route stands one level up.
    if (members.includes(header)) this.#entries.push(header)
    const first = this.#entries.length + 1
    for (const member of members) {
      if (member === header) continue
      this.#entries.push(member)
      nodes.push(this.#arrive(member, loop))
    }
    for (const child of this.#children.get(loop) ?? []) this.#routeChild(child, loop, nodes)
    if (nodes.length > 0) this.#routes.set(header, { first, nodes })
  }

  #routeChild(child: number, loop: number, nodes: number[]): void {
    const { header } = this.#forest.loops[child] as { header: number }
    const before = this.#entries.length
    this.#routeLoop(child, header)
    for (let at = before; at < this.#entries.length; at++) {
      nodes.push(this.#entries[at] === header ? this.#arrive(header, loop) : header)
    }
  }

  #arrive(target: number, loop: number): number {
    const arrive = this.#graph.add('arrive')
    this.#forest.loopOf[arrive] = loop
    this.#graph.connect(arrive, target)
    return arrive
  }

  #loopOf(index: number): number {
    return this.#forest.loopOf[index] ?? NO_LOOP
  }

  // A checkpoint whose first instruction is the interpreter's would only lead there again.
  #isEntry(index: number): boolean {
    const node = this.#graph.node(index)
    if (node.kind !== 'block' || !node.isCheckpoint || node.original !== index) return false
    const leaves = this.#graph.code.leaves[this.#graph.firstOf(node.value)]
    return leaves !== LEAVE && leaves !== DEAD
  }
}

function append(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
