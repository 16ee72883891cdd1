// Owns where fuel is counted. At a checkpoint the function compares the fuel with the longest way to the next
// one, and pays in advance for the likeliest; another way pays the difference, or gets it back, as it parts
// from that. So one subtraction and one comparison serve many instructions, and a loop that just turns does
// nothing else. Where a way would be too long, a checkpoint is put in.
// Every cycle holds a checkpoint: the header of its loop, or, if that is no block, all it leads to.
import { type Graph, OUTSIDE } from './graph.js'
import type { LoopForest } from './loops.js'

/** Marks checkpoints among `nodes` and sets what all have to pay; no way between two is longer than `longestPath`. */
export function placeCheckpoints(
  graph: Graph,
  nodes: readonly number[],
  forest: LoopForest,
  longestPath: number,
): void {
  for (const { header } of forest.loops) graph.node(header).isCheckpoint = true
  const order = postorder(graph, nodes)
  for (const index of order) shorten(graph, index, longestPath)
  for (const index of order) {
    const node = graph.node(index)
    node.path = longest(graph, index)
    node.paid = node.length + prepaid(graph, likeliest(graph, forest, index))
  }
}

/** What has been paid in advance when control comes to `index` from another node. */
export function prepaid(graph: Graph, index: number): number {
  return isCut(graph, index) ? 0 : graph.node(index).paid
}

function longest(graph: Graph, index: number): number {
  const node = graph.node(index)
  let rest = 0
  for (const next of node.successors) {
    if (!isCut(graph, next)) rest = Math.max(rest, graph.node(next).path)
  }
  return node.length + rest
}

/** The successor that stays in the loop; of several, that with the longer way. */
function likeliest(graph: Graph, forest: LoopForest, index: number): number {
  const depth = depthOf(forest, index)
  let best = OUTSIDE
  for (const next of graph.node(index).successors) {
    if (next === OUTSIDE || depthOf(forest, next) < depth) continue
    if (best === OUTSIDE || prepaid(graph, next) > prepaid(graph, best)) best = next
  }
  return best
}

function depthOf(forest: LoopForest, index: number): number {
  return forest.loops[forest.loopOf[index] ?? -1]?.depth ?? 0
}

function shorten(graph: Graph, index: number, longestPath: number): void {
  const node = graph.node(index)
  for (const next of node.successors) {
    if (!isCut(graph, next) && node.length + graph.node(next).path > longestPath) {
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
      if (isCut(graph, next) || isSeen[next] === 1) continue
      isSeen[next] = 1
      path.push(next)
      positions.push(0)
    }
  }
  return order
}

function isCut(graph: Graph, index: number): boolean {
  if (index === OUTSIDE) return true
  const node = graph.node(index)
  return node.kind !== 'block' || node.isCheckpoint
}
