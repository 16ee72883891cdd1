// Owns the order of a function's nodes and their dominator tree (Cooper, Harvey and Kennedy, "A simple, fast
// dominance algorithm", 2001), and from them what the structure needs to know of each node.
import { type Graph, OUTSIDE } from './graph.js'
import type { Resumption } from './routes.js'

export interface DominatorTree {
  /** Nodes that the root reaches, in reverse postorder. */
  readonly order: readonly number[]
  /** By node: its place in `order`; -1 for what the root does not reach. */
  readonly placeOf: Int32Array
  /** By node: the node that dominates it at once; -1 for the root. */
  readonly parentOf: Int32Array
  /** By node, 1: an edge leads back to it. */
  readonly isLoop: Uint8Array
  /** By node, 1: it must be broken to; else one edge leads to it, from a node that can go on in its place. */
  readonly isMerge: Uint8Array
}

export function findDominators(graph: Graph, resumption: Resumption): DominatorTree {
  const edges = collectEdges(graph, resumption)
  const order = reversePostorder(edges, resumption.root)
  const placeOf = new Int32Array(graph.nodes.length).fill(-1)
  for (let place = 0; place < order.length; place++) placeOf[order[place] as number] = place
  const predecessors = invert(edges, order)
  const parentOf = findParents(predecessors, order, placeOf)
  return { order, placeOf, parentOf, ...classify(graph, resumption, edges, order, placeOf) }
}

type Edges = readonly (readonly number[])[]

function collectEdges(graph: Graph, resumption: Resumption): Edges {
  return graph.nodes.map((node, index) => {
    const inside = node.successors.filter((next) => next !== OUTSIDE)
    const routes = resumption.routes.get(index)
    const steps = resumption.stepsOf.get(index)
    // A node that is both led to and gone on with stands twice, so that it counts as a merge.
    if (routes !== undefined) inside.unshift(...new Set(routes.nodes))
    if (steps !== undefined) inside.unshift(steps)
    return inside
  })
}

function reversePostorder(edges: Edges, root: number): number[] {
  const order: number[] = []
  const isSeen = new Uint8Array(edges.length)
  const path = [root]
  const positions = [0]
  isSeen[root] = 1
  while (path.length > 0) {
    const index = path[path.length - 1] as number
    const position = positions[positions.length - 1] as number
    const next = edges[index]?.[position]
    if (next === undefined) {
      order.push(index)
      path.pop()
      positions.pop()
      continue
    }
    positions[positions.length - 1] = position + 1
    if (isSeen[next] === 1) continue
    isSeen[next] = 1
    path.push(next)
    positions.push(0)
  }
  return order.reverse()
}

function invert(edges: Edges, order: readonly number[]): number[][] {
  const predecessors: number[][] = edges.map(() => [])
  for (const index of order) {
    for (const next of edges[index] as readonly number[]) predecessors[next]?.push(index)
  }
  return predecessors
}

function findParents(
  predecessors: readonly (readonly number[])[],
  order: readonly number[],
  placeOf: Int32Array,
): Int32Array {
  // By place, not by node, so that a smaller number is always higher in the tree.
  const parents = new Int32Array(order.length).fill(-1)
  parents[0] = 0
  for (let isChanging = true; isChanging; ) {
    isChanging = false
    for (let place = 1; place < order.length; place++) {
      let parent = -1
      for (const from of predecessors[order[place] as number] as readonly number[]) {
        const other = placeOf[from] as number
        if (parents[other] === -1) continue
        parent = parent === -1 ? other : common(parents, parent, other)
      }
      if (parents[place] === parent) continue
      parents[place] = parent
      isChanging = true
    }
  }
  const byNode = new Int32Array(predecessors.length).fill(-1)
  for (let place = 1; place < order.length; place++) {
    byNode[order[place] as number] = order[parents[place] as number] as number
  }
  return byNode
}

function common(parents: Int32Array, first: number, second: number): number {
  let [x, y] = [first, second]
  while (x !== y) {
    while (x > y) x = parents[x] as number
    while (y > x) y = parents[y] as number
  }
  return x
}

function classify(
  graph: Graph,
  resumption: Resumption,
  edges: Edges,
  order: readonly number[],
  placeOf: Int32Array,
): { isLoop: Uint8Array; isMerge: Uint8Array } {
  const isLoop = new Uint8Array(edges.length)
  const isMerge = new Uint8Array(edges.length)
  const forward = new Uint8Array(edges.length)
  for (const index of order) {
    const inPlace = goesOnWith(graph, resumption, index)
    for (const next of edges[index] as readonly number[]) {
      if ((placeOf[next] as number) <= (placeOf[index] as number)) {
        isLoop[next] = 1
      } else {
        if (next !== inPlace || forward[next] === 1) isMerge[next] = 1
        forward[next] = 1
      }
    }
  }
  return { isLoop, isMerge }
}

/** The one successor that may be written in the node's place; others are broken to. */
function goesOnWith(graph: Graph, resumption: Resumption, index: number): number {
  const { kind, successors } = graph.node(index)
  if (kind === 'table' || kind === 'dispatch') return OUTSIDE
  if (kind === 'root') return soleRoute(resumption, index)
  return successors[successors.length - 1] ?? OUTSIDE
}

/** Where the root leads, if it leads every entry to the same node. */
function soleRoute(resumption: Resumption, root: number): number {
  const nodes = resumption.routes.get(root)?.nodes ?? []
  return nodes.every((node) => node === nodes[0]) ? (nodes[0] ?? OUTSIDE) : OUTSIDE
}
