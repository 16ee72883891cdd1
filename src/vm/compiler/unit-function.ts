// Owns the way of one unit from its blocks to the body of its function: graph, loops, checkpoints, routes,
// dominators, code. Each step stands in a file of its own.
import type { Blocks } from './blocks.js'
import type { ByteWriter } from './byte-writer.js'
import type { Code } from './code.js'
import type { Bounds } from './compile.js'
import { findDominators } from './dominators.js'
import { Exits } from './exits.js'
import { findFlagUses } from './flags.js'
import { Frame, KIND } from './frame.js'
import { FunctionWriter } from './function-writer.js'
import { Graph } from './graph.js'
import type { Landings } from './guesses.js'
import { findLoops } from './loops.js'
import { writeNode } from './node-writer.js'
import type { Parts } from './parts.js'
import { placeCheckpoints } from './paths.js'
import { Placement } from './placement.js'
import { findReachable } from './reach.js'
import { addRoutes } from './routes.js'
import { addSteps } from './steps.js'
import { StraightWriter } from './straight.js'
import { writeStructure } from './structure.js'
import type { Unit } from './units.js'
import { unrollLoops } from './unroll.js'
import { END } from './wasm.js'

export interface UnitFunction {
  readonly body: ByteWriter
  /** The instructions where the function can be entered, or UNUSED_ENTRY; entry n, from 1, is at n - 1. */
  readonly entries: readonly number[]
  /** For each instruction of the unit: how many there are, likely, up to the next entry. */
  readonly restToEntry: Uint8Array
}

/** In steps, as compileInSteps. Undefined if nothing in the unit can be entered, or its loops nest too deep. `entered`: blocks that other code leads to. */
export function* compileUnit(
  code: Code,
  blocks: Blocks,
  landings: Landings,
  unit: Unit,
  entered: Uint8Array,
  bounds: Bounds,
): Generator<void, UnitFunction | undefined> {
  const graph = new Graph(code, blocks, landings, unit)
  const reached = findReachable(graph, entered)
  yield
  const forest = yield* findLoops(graph, reached)
  if (forest === undefined) return undefined
  yield
  const nodes = unrollLoops(graph, reached, forest, bounds.pathInstructions)
  placeCheckpoints(graph, nodes, forest, bounds.pathInstructions)
  yield
  const routed = addRoutes(graph, nodes, forest, bounds.resumeDepth)
  if (routed.entries.length === 0) return undefined
  const resumption = addSteps(graph, nodes, forest, routed, bounds.stepInstructions)
  yield
  const tree = findDominators(graph, resumption)
  yield
  const flagUses = findFlagUses(graph, tree)
  const frame = new Frame(graph, tree.order, bounds.fuelPerCall)
  const writer = new FunctionWriter()
  const firstIndex = graph.firstOf(unit.from)
  const exits = new Exits(writer, firstIndex, code.addressOf(firstIndex))
  const straight = new StraightWriter(code, frame, writer, exits)
  const parts: Parts = { graph, resumption, flagUses, frame, writer, exits, straight }

  frame.writeEntry(writer)
  exits.open()
  const placement = new Placement(tree, forest)
  yield
  yield* writeStructure(placement, writer, (index, labelOf) => writeNode(parts, index, labelOf))
  exits.close()
  frame.writeExit(writer)
  writer.get(KIND)
  writer.op(END)
  return {
    body: writer.code,
    entries: resumption.entries,
    restToEntry: findRests(graph, tree.order),
  }
}

// The likeliest way to the next checkpoint, which is what a block pays for.
function findRests(graph: Graph, nodes: readonly number[]): Uint8Array {
  const unitFirst = graph.firstOf(graph.unit.from)
  const rests = new Uint8Array(graph.firstOf(graph.unit.to) - unitFirst).fill(1)
  for (const index of nodes) {
    const { kind, value, paid, original } = graph.node(index)
    if (kind !== 'block' || original !== index) continue
    const first = graph.firstOf(value)
    for (let at = first; at <= graph.lastOf(value); at++) {
      rests[at - unitFirst] = Math.max(1, paid - (at - first))
    }
  }
  return rests
}
