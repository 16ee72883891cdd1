// Owns where the flag matters: a comparison's result need not be kept if nobody looks before the next one.
// It is looked at by conditional jumps, and wherever the function may be left.
import { COUNT, NEXT } from './code.js'
import type { DominatorTree } from './dominators.js'
import { isComparison } from './frame.js'
import { type Graph, OUTSIDE } from './graph.js'
import { MAY_LEAVE } from './straight.js'

/** By node, 1: the flag's value at its beginning may be seen. */
export function findFlagUses(graph: Graph, tree: DominatorTree): Uint8Array {
  const isSeen = new Uint8Array(graph.nodes.length).fill(1)
  // Backwards; a loop's header is a checkpoint or no block at all, so its answer is known before.
  for (let place = tree.order.length - 1; place >= 0; place--) {
    const index = tree.order[place] as number
    const node = graph.node(index)
    if (node.kind !== 'block' || node.isCheckpoint) continue
    const after = node.successors.some((next) => next === OUTSIDE || isSeen[next] === 1)
    isSeen[index] = isSeenIn(graph, node.value, after) ? 1 : 0
  }
  return isSeen
}

function isSeenIn(graph: Graph, block: number, after: boolean): boolean {
  const { code } = graph
  for (let index = graph.firstOf(block); index <= graph.lastOf(block); index++) {
    const opcode = code.opcode(index)
    const leaves = code.leaves[index]
    if (leaves !== NEXT && leaves !== COUNT) return true
    if (MAY_LEAVE[opcode] === 1) return true
    if (isComparison(opcode)) return false
  }
  return after
}
