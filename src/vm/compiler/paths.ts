// Owns where fuel is counted. At a checkpoint the function pays in advance for the longest way to the next
// one (a shorter way gives the rest back as it leaves), so that one subtraction and one comparison serve
// many instructions. No such way is longer than MAX_PATH_INSTRUCTIONS; where one would be, a checkpoint is
// put in. Every cycle holds a checkpoint: the header of its loop, or, if that is no block, all it leads to.
import { MAX_PATH_INSTRUCTIONS } from '../../core/limits.js'
import { type Graph, OUTSIDE } from './graph.js'
import type { LoopForest } from './loops.js'

/** Marks checkpoints among `nodes` and sets the paths of all. */
export function placeCheckpoints(graph: Graph, nodes: readonly number[], forest: LoopForest): void {
  for (const { header } of forest.loops) graph.node(header).isCheckpoint = true
  const order = postorder(graph, nodes)
  for (const index of order) shorten(graph, index)
  for (const index of order) graph.node(index).path = longest(graph, index)
}

/** What is paid in advance when control comes to `index` from another node. */
export function prepaid(graph: Graph, index: number): number {
  if (index === OUTSIDE) return 0
  const node = graph.node(index)
  return node.kind !== 'block' || node.isCheckpoint ? 0 : node.path
}

function longest(graph: Graph, index: number): number {
  const node = graph.node(index)
  let rest = 0
  for (const next of node.successors) rest = Math.max(rest, prepaid(graph, next))
  return node.length + rest
}

function shorten(graph: Graph, index: number): void {
  const node = graph.node(index)
  for (const next of node.successors) {
    if (node.length + prepaid(graph, next) > MAX_PATH_INSTRUCTIONS) {
      graph.node(next).isCheckpoint = true
    }
  }
  node.path = longest(graph, index)
}

// Successors first. What lies behind a checkpoint does not matter to what lies before, which cuts all cycles.
function postorder(graph: Graph, nodes: readonly number[]): number[] {
  const order: number[] = []
  const isSeen = new Uint8Array(graph.nodes.length)
  for (const root of nodes) {
    if (isSeen[root] === 1) continue
    isSeen[root] = 1
    const path = [root]
    const positions = [0]
    while (path.length > 0) {
      const index = path[path.length - 1] as number
      const position = positions[positions.length - 1] as number
      const next = graph.node(index).successors[position]
      if (next === undefined) {
        order.push(index)
        path.pop()
        positions.pop()
        continue
      }
      positions[positions.length - 1] = position + 1
      if (next === OUTSIDE || isSeen[next] === 1 || isCut(graph, next)) continue
      isSeen[next] = 1
      path.push(next)
      positions.push(0)
    }
  }
  return order
}

function isCut(graph: Graph, index: number): boolean {
  const node = graph.node(index)
  return node.kind !== 'block' || node.isCheckpoint
}
