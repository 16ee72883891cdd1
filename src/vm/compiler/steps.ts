// Owns the second copy that blocks in loops have: one that can be entered and left at any instruction, since
// it looks at the fuel before each. Slices begin and end there; without it the interpreter would have to
// execute what is left of a way at the end of a slice, and the rest of it at the beginning of the next.
//
// These nodes stand outside of all loops, so they cost the loops nothing. Where they come to an entry with fuel
// left, they go back to the root, which leads there. Only a part of a unit gets them, the innermost loops
// first; for what is left out the interpreter serves.
import { DEAD, LEAVE } from './code.js'
import { type Graph, OUTSIDE } from './graph.js'
import type { LoopForest } from './loops.js'
import type { Resumption, Routes } from './routes.js'

/** In the place of an instruction's index: this entry is not used. */
export const UNUSED_ENTRY = -1

/** Adds steps for at most `most` instructions of `nodes`, and entries at each of these. */
export function addSteps(
  graph: Graph,
  nodes: readonly number[],
  forest: LoopForest,
  resumption: Resumption,
  most: number,
): Resumption {
  const adder = new StepAdder(graph, resumption)
  for (const index of choose(graph, nodes, forest, most)) adder.add(index)
  adder.connect()
  adder.share(nodes)
  return adder.resumption
}

/** Nodes of blocks in loops, the innermost first. */
function choose(
  graph: Graph,
  nodes: readonly number[],
  forest: LoopForest,
  most: number,
): readonly number[] {
  const depthOf = (index: number) => forest.loops[forest.loopOf[index] ?? -1]?.depth ?? 0
  const candidates = nodes
    .filter((index) => isOriginal(graph, index) && depthOf(index) > 0)
    .sort((x, y) => depthOf(y) - depthOf(x) || x - y)
  let total = 0
  return candidates.filter((index) => {
    const { value } = graph.node(index)
    const length = graph.lastOf(value) + 1 - graph.firstOf(value)
    if (total + length > most) return false
    total += length
    return true
  })
}

function isOriginal(graph: Graph, index: number): boolean {
  const { kind, original } = graph.node(index)
  return kind === 'block' && original === index
}

class StepAdder {
  readonly #graph: Graph
  readonly #before: Resumption
  readonly #entries: number[]
  /** Where the root leads all entries. */
  readonly #rootNodes: number[]
  readonly #stepsOf = new Map<number, number>()
  readonly #firstEntryOf = new Map<number, number>()
  readonly #restarts = new Map<number, number>()

  constructor(graph: Graph, before: Resumption) {
    this.#graph = graph
    this.#before = before
    this.#entries = [...before.entries]
    this.#rootNodes = [...(before.routes.get(before.root)?.nodes ?? [])]
  }

  get resumption(): Resumption {
    const { root, routes, entryOf } = this.#before
    const rootRoutes: Routes = { first: 1, nodes: this.#rootNodes }
    return {
      root,
      routes: new Map([...routes, [root, rootRoutes]]),
      entries: this.#entries,
      entryOf,
      stepsOf: this.#stepsOf,
      firstEntryOf: this.#firstEntryOf,
    }
  }

  /** Adds the steps of a block, without where they lead. */
  add(index: number): void {
    const graph = this.#graph
    const block = graph.node(index)
    const steps = graph.add('steps', block.value, 1, block.landings)
    this.#stepsOf.set(index, steps)
    this.#firstEntryOf.set(steps, this.#entries.length + 1)
    for (let at = graph.firstOf(block.value); at <= graph.lastOf(block.value); at++) {
      this.#entries.push(this.#isUseful(index, at) ? at : UNUSED_ENTRY)
      this.#rootNodes.push(steps)
    }
  }

  connect(): void {
    for (const [index, steps] of this.#stepsOf) {
      for (const next of this.#graph.node(index).successors) {
        this.#graph.connect(steps, this.#behind(next))
      }
    }
  }

  /** Gives the steps of blocks to their copies too. */
  share(nodes: readonly number[]): void {
    for (const index of nodes) {
      const { original, isCheckpoint } = this.#graph.node(index)
      const steps = this.#stepsOf.get(original)
      if (original !== index && isCheckpoint && steps !== undefined) {
        this.#stepsOf.set(index, steps)
      }
    }
  }

  // The block itself can be entered there, or the interpreter has to execute it anyway.
  #isUseful(index: number, at: number): boolean {
    const graph = this.#graph
    if (at === graph.firstOf(graph.node(index).value) && this.#before.entryOf.has(index))
      return false
    const leaves = graph.code.leaves[at]
    return leaves !== LEAVE && leaves !== DEAD
  }

  /** Where steps go on that come to `next`. */
  #behind(successor: number): number {
    if (successor === OUTSIDE) return OUTSIDE
    const next = this.#graph.node(successor).original
    const node = this.#graph.node(next)
    if (node.kind === 'steer') return this.#behind(this.#steered(next))
    if (node.kind !== 'block') return OUTSIDE
    if (!node.isCheckpoint) return this.#stepsOf.get(next) ?? OUTSIDE
    const entry = this.#before.entryOf.get(next)
    return entry === undefined ? OUTSIDE : this.#restart(entry)
  }

  #steered(steer: number): number {
    const { value, successors } = this.#graph.node(steer)
    return this.#graph.node(successors[0] as number).successors[value - 1] as number
  }

  #restart(entry: number): number {
    const existing = this.#restarts.get(entry)
    if (existing !== undefined) return existing
    const restart = this.#graph.add('restart', entry)
    this.#graph.connect(restart, this.#before.root)
    this.#restarts.set(entry, restart)
    return restart
  }
}
