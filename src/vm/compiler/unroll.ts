// Owns small loops of several turns: the body of an innermost loop stands in it more than once, so that one look at
// the fuel serves as many turns, and the processor sees fewer jumps. Where the fuel does not reach for all of
// them, the steps go on with single turns.
import { MAX_LOOP_TURNS } from '../../core/limits.js'
import { type Graph, OUTSIDE } from './graph.js'
import type { LoopForest } from './loops.js'

/** Unrolls loops among `nodes` to at most `most` instructions each; returns the nodes with their copies. */
export function unrollLoops(
  graph: Graph,
  nodes: readonly number[],
  forest: LoopForest,
  most: number,
): readonly number[] {
  const bodies = innermostBodies(nodes, forest)
  const all = [...nodes]
  for (const [loop, body] of bodies) {
    if (body.length > most) continue
    const header = forest.loops[loop]?.header as number
    if (!isPlain(graph, body, header)) continue
    const length = body.reduce((sum, index) => sum + graph.node(index).length, 0)
    const turns = Math.min(MAX_LOOP_TURNS, Math.floor(most / length))
    for (let turn = 1; turn < turns; turn++) {
      const copies = addTurn(graph, body, header)
      for (const copy of copies) forest.loopOf[copy] = loop
      all.push(...copies)
    }
  }
  return all
}

function innermostBodies(nodes: readonly number[], forest: LoopForest): Map<number, number[]> {
  const bodies = new Map<number, number[]>()
  for (const index of nodes) {
    const loop = forest.loopOf[index] ?? -1
    const body = bodies.get(loop)
    if (body !== undefined) body.push(index)
    else if (loop >= 0) bodies.set(loop, [index])
  }
  for (const { parent } of forest.loops) bodies.delete(parent)
  return bodies
}

/** Whether the body consists of blocks that nothing but the header's jump leads into. */
function isPlain(graph: Graph, body: readonly number[], header: number): boolean {
  return body.every((index) => {
    const { kind, shadows, isCheckpoint, isEntered, length } = graph.node(index)
    const isInner = index === header || (!isCheckpoint && !isEntered)
    return kind === 'block' && length > 0 && shadows.length === 0 && isInner
  })
}

/** Adds one turn before the last: what went back to the header goes to the copy of it, and that one's turn goes back. */
function addTurn(graph: Graph, body: readonly number[], header: number): number[] {
  const copyOf = new Map(body.map((index) => [index, graph.copy(index)]))
  for (const [index, copy] of copyOf) {
    const { successors } = graph.node(index)
    for (const next of [...successors]) {
      // The original's way back may lead to an earlier copy of the header already.
      const isBack = next !== OUTSIDE && graph.node(next).original === header
      graph.connect(copy, isBack ? next : (copyOf.get(next) ?? next))
    }
    for (let place = 0; place < successors.length; place++) {
      const next = successors[place] as number
      const isBack = next !== OUTSIDE && graph.node(next).original === header
      if (isBack) graph.redirect(index, place, copyOf.get(header) as number)
    }
  }
  return [...copyOf.values()]
}
