// Owns the loops of a unit: its strongly connected parts, nested, each with one header. A part that can be
// entered at several nodes gets a new header, a dispatch, through which every way in now leads, so that the
// graph is reducible afterwards (as in Ramsey, "Beyond Relooper", 2022, section 5, and in LLVM's
// WebAssemblyFixIrreducibleControlFlow; the nested parts are Steensgaard's loop forest, 1993).
import { MAX_LOOP_DEPTH, NODES_PER_STEP } from '../../core/limits.js'
import type { Graph } from './graph.js'
import { StrongParts } from './strong.js'

export interface Loop {
  readonly header: number
  /** Index of the loop around it; -1 for none. */
  readonly parent: number
  /** 1 for a loop in no other. */
  readonly depth: number
}

export interface LoopForest {
  readonly loops: readonly Loop[]
  /** By node: the innermost loop that it belongs to, a header to its own; -1 for none. */
  readonly loopOf: number[]
}

/**
 * Finds the loops among `nodes`, making the graph reducible; undefined if they nest deeper than MAX_LOOP_DEPTH.
 * In steps, as compileInSteps.
 */
export function* findLoops(
  graph: Graph,
  nodes: readonly number[],
): Generator<void, LoopForest | undefined> {
  const finder = new LoopFinder(graph)
  yield* finder.find(nodes, -1)
  return finder.isTooDeep ? undefined : { loops: finder.loops, loopOf: finder.loopOf }
}

class LoopFinder {
  readonly loops: Loop[] = []
  readonly loopOf: number[]
  isTooDeep = false
  readonly #graph: Graph
  readonly #strong: StrongParts
  /** By node, the part that it was found in last; parts are numbered as they are found. */
  readonly #partOf: number[]
  #parts = 0
  #searched = 0

  constructor(graph: Graph) {
    this.#graph = graph
    this.#strong = new StrongParts(graph)
    this.loopOf = new Array(graph.nodes.length).fill(-1)
    this.#partOf = new Array(graph.nodes.length).fill(-1)
  }

  *find(region: readonly number[], parent: number): Generator<void> {
    this.#searched += region.length
    if (this.#searched > NODES_PER_STEP) {
      this.#searched = 0
      yield
    }
    for (const part of this.#strong.find(region)) {
      const number = this.#parts++
      for (const index of part) this.#partOf[index] = number
      const body = [...part]
      const header = this.#headerOf(body, number, parent)
      const depth = 1 + (this.loops[parent]?.depth ?? 0)
      if (depth > MAX_LOOP_DEPTH) this.isTooDeep = true
      if (this.isTooDeep) return
      const loop = this.loops.push({ header, parent, depth }) - 1
      for (const index of body) this.loopOf[index] = loop
      yield* this.find(
        body.filter((index) => index !== header),
        loop,
      )
    }
  }

  // The only node where the part is entered; made, and added to the body, if there are several.
  #headerOf(body: number[], part: number, parent: number): number {
    const entries = body.filter((index) => this.#isEntry(index, part))
    if (entries.length === 1) return entries[0] as number
    const dispatch = this.#graph.add('dispatch')
    this.#place(dispatch, part, parent, body)
    for (const entry of entries) this.#redirect(entry, dispatch, part, parent, body)
    return dispatch
  }

  #isEntry(index: number, part: number): boolean {
    const node = this.#graph.node(index)
    return node.isEntered || node.predecessors.some((from) => this.#partOf[from] !== part)
  }

  // Two steers for each entry, one for the ways from within the part, one for those from without.
  #redirect(entry: number, dispatch: number, part: number, parent: number, body: number[]): void {
    const graph = this.#graph
    const node = graph.node(entry)
    const steers: [number, number] = [-1, -1]
    const predecessors = node.predecessors.splice(0)
    const label = graph.node(dispatch).successors.length + 1
    for (const from of new Set(predecessors)) {
      const isWithin = this.#partOf[from] === part
      const side = isWithin ? 1 : 0
      if (steers[side] < 0) {
        steers[side] = graph.add('steer', label)
        this.#place(steers[side], isWithin ? part : -1, parent, isWithin ? body : [])
        graph.connect(steers[side], dispatch)
      }
      this.#replace(from, entry, steers[side])
    }
    graph.connect(dispatch, entry)
    node.isCheckpoint = true
    if (node.isEntered) graph.node(dispatch).isEntered = true
    node.isEntered = false
  }

  #replace(from: number, entry: number, steer: number): void {
    const { successors, shadows } = this.#graph.node(from)
    for (const edges of [successors, shadows]) {
      for (let at = 0; at < edges.length; at++) {
        if (edges[at] !== entry) continue
        edges[at] = steer
        this.#graph.node(steer).predecessors.push(from)
      }
    }
  }

  #place(index: number, part: number, loop: number, body: number[]): void {
    this.#partOf[index] = part
    this.loopOf[index] = loop
    body.push(index)
  }
}
