// Owns the cut of a program into units, each of which becomes one function: consecutive blocks of together
// at most so many instructions, of which those that fork count several times. Going from one unit to another costs a way through the driver, so the cut
// lies where the fewest jumps cross it.
import {
  BACKWARD_JUMP_WEIGHT,
  FORK_WEIGHT,
  MAX_TELLING_LANDINGS,
  MIN_UNIT_FILL,
} from '../../core/limits.js'
import { type Blocks, directTarget } from './blocks.js'
import type { Code } from './code.js'
import type { Bounds } from './compile.js'
import type { Landings } from './guesses.js'
import { MAY_LEAVE } from './straight.js'

/** Blocks `from` up to, but without, `to`. */
export interface Unit {
  readonly from: number
  readonly to: number
}

export function cutUnits(code: Code, blocks: Blocks, landings: Landings, bounds: Bounds): Unit[] {
  const { firsts } = blocks
  const longest = bounds.unitInstructions
  const blockCount = firsts.length - 1
  const weights = addUpWeights(code, blocks)
  if ((weights[blockCount] as number) <= longest) return [{ from: 0, to: blockCount }]
  const crossings = countCrossings(code, blocks, landings)
  const units: Unit[] = []
  for (let from = 0; from < blockCount; ) {
    const start = weights[from] as number
    let best = from + 1
    for (let to = from + 1; to <= blockCount; to++) {
      if ((weights[to] as number) - start > longest) break
      const isTooShort = (weights[best] as number) - start < longest * MIN_UNIT_FILL
      if (isTooShort || (crossings[to] as number) <= (crossings[best] as number)) best = to
    }
    units.push({ from, to: best })
    from = best
  }
  return units
}

/** For each block, and the end: how much the ones before weigh together. */
function addUpWeights(code: Code, { firsts }: Blocks): Int32Array {
  const weights = new Int32Array(firsts.length)
  for (let block = 0; block + 1 < firsts.length; block++) {
    let weight = FORK_WEIGHT
    for (let index = firsts[block] as number; index < (firsts[block + 1] as number); index++) {
      weight += MAY_LEAVE[code.opcode(index)] === 1 ? 1 + FORK_WEIGHT : 1
    }
    weights[block + 1] = (weights[block] as number) + weight
  }
  return weights
}

/** For each block, the weight of the jumps that cross its beginning. */
function countCrossings(code: Code, blocks: Blocks, landings: Landings): Int32Array {
  const { firsts, blockOf } = blocks
  const crossings = new Int32Array(firsts.length + 1)
  const count = (from: number, to: number): void => {
    const weight = to <= from ? BACKWARD_JUMP_WEIGHT : 1
    const [low, high] = to <= from ? [to, from] : [from, to]
    crossings[low + 1] = (crossings[low + 1] as number) + weight
    crossings[high + 1] = (crossings[high + 1] as number) - weight
  }
  for (let block = 0; block + 1 < firsts.length; block++) {
    const last = (firsts[block + 1] as number) - 1
    const target = directTarget(code, last)
    if (target >= 0) count(block, blockOf[target] as number)
    const guesses = landings.get(last) ?? []
    if (guesses.length > MAX_TELLING_LANDINGS) continue
    for (const landing of guesses) count(block, blockOf[landing] as number)
  }
  for (let at = 1; at < crossings.length; at++) {
    crossings[at] = (crossings[at] as number) + (crossings[at - 1] as number)
  }
  return crossings
}
