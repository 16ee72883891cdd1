// Owns the guesses where RET leads: behind the calls of the procedures that it can end. A procedure is what
// can be reached from the target of a CALL without entering another; procedures may share their ends.
import {
  BLOCKS_PER_STEP,
  MAX_JUMP_GUESSES,
  MAX_PROCEDURES_PER_BLOCK,
  MAX_TELLING_LANDINGS,
} from '../../core/limits.js'
import { type Blocks, directTarget } from './blocks.js'
import { CALL, type Code, DEAD, HALT, JUMP, RETURN } from './code.js'
import type { Landings } from './guesses.js'

/** For each RET, by its index: the instructions where it may land, in order. In steps, as compileInSteps. */
export function* guessReturns(
  code: Code,
  blocks: Blocks,
  jumps: Landings,
): Generator<void, Landings> {
  const calls = callsByTarget(code)
  const landings = new Map<number, Set<number>>()
  const visitedFor = new Int32Array(blocks.firsts.length).fill(-1)
  let steps = blocks.firsts.length * MAX_PROCEDURES_PER_BLOCK
  for (const [target, returnsTo] of calls) {
    const worklist = [blocks.blockOf[target] as number]
    for (let block = worklist.pop(); block !== undefined; block = worklist.pop()) {
      if (visitedFor[block] === target) continue
      if (steps-- <= 0) return sorted(landings)
      if (steps % BLOCKS_PER_STEP === 0) yield
      visitedFor[block] = target
      const last = (blocks.firsts[block + 1] as number) - 1
      if (code.leaves[last] === RETURN) {
        addAll(landings, last, returnsTo)
        steps -= returnsTo.length
      } else {
        pushSuccessors(worklist, code, blocks, last, jumps)
      }
    }
  }
  return sorted(landings)
}

function callsByTarget(code: Code): Map<number, number[]> {
  const calls = new Map<number, number[]>()
  for (let index = 0; index + 1 < code.count; index++) {
    if (code.leaves[index] !== CALL) continue
    const target = directTarget(code, index)
    if (target < 0) continue
    const returnsTo = calls.get(target)
    if (returnsTo === undefined) calls.set(target, [index + 1])
    else returnsTo.push(index + 1)
  }
  return calls
}

function pushSuccessors(
  worklist: number[],
  code: Code,
  blocks: Blocks,
  last: number,
  jumps: Landings,
): void {
  const leaves = code.leaves[last]
  const target = leaves === CALL ? -1 : directTarget(code, last)
  if (target >= 0) worklist.push(blocks.blockOf[target] as number)
  const landings = jumps.get(last) ?? []
  for (const landing of landings.length > MAX_TELLING_LANDINGS ? [] : landings) {
    worklist.push(blocks.blockOf[landing] as number)
  }
  const goesOn = leaves !== JUMP && leaves !== HALT && leaves !== DEAD && last + 1 < code.count
  if (goesOn) worklist.push(blocks.blockOf[last + 1] as number)
}

function addAll(landings: Map<number, Set<number>>, index: number, returnsTo: number[]): void {
  let found = landings.get(index)
  if (found === undefined) {
    found = new Set()
    landings.set(index, found)
  }
  for (const landing of returnsTo) {
    if (found.size === MAX_JUMP_GUESSES) return
    found.add(landing)
  }
}

function sorted(landings: Map<number, Set<number>>): Landings {
  const result = new Map<number, readonly number[]>()
  for (const [index, found] of landings) {
    result.set(
      index,
      [...found].sort((x, y) => x - y),
    )
  }
  return result
}
