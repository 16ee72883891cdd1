// Owns which nodes of a unit are worth compiling, and where its function must be entered: what leads there
// from other units and from the program's start. The rest is left to the interpreter.
import { type Blocks, directTarget } from './blocks.js'
import { type Code, HALT, JUMP, RETURN } from './code.js'
import { type Graph, OUTSIDE } from './graph.js'
import type { Landings } from './guesses.js'
import type { Unit } from './units.js'

/** For each block, 1 if another unit, or the start of the program, leads to it. */
export function findEntered(
  code: Code,
  blocks: Blocks,
  landings: Landings,
  units: readonly Unit[],
): Uint8Array {
  const entered = new Uint8Array(blocks.firsts.length)
  entered[0] = 1
  for (const unit of units) {
    const mark = (index: number): void => {
      if (index < 0 || index >= code.count) return
      const block = blocks.blockOf[index] as number
      if (block < unit.from || block >= unit.to) entered[block] = 1
    }
    // Jumps of which nothing is known share one long list.
    const marked = new Set<readonly number[]>()
    for (let block = unit.from; block < unit.to; block++) {
      const last = (blocks.firsts[block + 1] as number) - 1
      const leaves = code.leaves[last]
      mark(directTarget(code, last))
      const guesses = landings.get(last)
      if (guesses !== undefined && !marked.has(guesses)) {
        marked.add(guesses)
        for (const landing of guesses) mark(landing)
      }
      if (leaves !== JUMP && leaves !== RETURN && leaves !== HALT) mark(last + 1)
    }
  }
  return entered
}

/**
 * The nodes that can be reached. All entered blocks become checkpoints; those that nothing within the unit
 * leads to are marked as entered by the root. Edges from what cannot be reached are forgotten.
 */
export function findReachable(graph: Graph, entered: Uint8Array): number[] {
  const isReached = new Uint8Array(graph.nodes.length)
  const reached: number[] = []
  for (let block = graph.unit.from; block < graph.unit.to; block++) {
    if (entered[block] === 0) continue
    const root = block - graph.unit.from
    const node = graph.node(root)
    node.isCheckpoint = true
    if (isReached[root] === 1) continue
    node.isEntered = true
    follow(graph, root, isReached, reached)
  }
  if (reached.length < graph.nodes.length) forgetOthers(graph, reached, isReached)
  return reached
}

function forgetOthers(graph: Graph, reached: readonly number[], isReached: Uint8Array): void {
  for (const index of reached) {
    const { predecessors } = graph.node(index)
    const kept = predecessors.filter((from) => isReached[from] === 1)
    predecessors.splice(0, predecessors.length, ...kept)
  }
}

function follow(graph: Graph, root: number, isReached: Uint8Array, reached: number[]): void {
  const worklist = [root]
  isReached[root] = 1
  for (let index = worklist.pop(); index !== undefined; index = worklist.pop()) {
    reached.push(index)
    const { successors, shadows } = graph.node(index)
    for (const edges of [successors, shadows]) {
      for (const next of edges) {
        if (next === OUTSIDE || isReached[next] === 1) continue
        isReached[next] = 1
        worklist.push(next)
      }
    }
  }
}
