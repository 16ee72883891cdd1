// Owns the division of code into basic blocks: runs of instructions entered only at the first and left only
// at the last. A run longer than the way between two checkpoints is divided too, since fuel is counted between blocks.
import { BRANCH, CALL, COUNT, type Code, NEXT } from './code.js'
import type { Bounds } from './compile.js'

export interface Blocks {
  /** Index of each block's first instruction, in order; one more at the end: the number of instructions. */
  readonly firsts: Int32Array
  /** The block of each instruction. */
  readonly blockOf: Int32Array
}

/** `landings`: instructions where register jumps may land. */
export function findBlocks(code: Code, landings: Iterable<number>, bounds: Bounds): Blocks {
  const isLeader = new Uint8Array(code.count + 1)
  isLeader[0] = 1
  for (const index of landings) isLeader[index] = 1
  for (let index = 0; index < code.count; index++) {
    if (code.leaves[index] === NEXT) continue
    isLeader[index + 1] = 1
    const target = directTarget(code, index)
    if (target >= 0) isLeader[target] = 1
  }
  return divide(code.count, isLeader, bounds.pathInstructions)
}

/** The instruction that DJMPE, LOOP or CALL at `index` leads to; -1 for others, and where none begins there. */
export function directTarget(code: Code, index: number): number {
  const leaves = code.leaves[index]
  if (leaves !== BRANCH && leaves !== COUNT && leaves !== CALL) return -1
  return code.indexOf(code.u16(index))
}

function divide(count: number, isLeader: Uint8Array, longest: number): Blocks {
  const firsts: number[] = []
  const blockOf = new Int32Array(count)
  let first = 0
  for (let index = 0; index < count; index++) {
    if (isLeader[index] === 1 || index - first === longest) {
      firsts.push(index)
      first = index
    }
    blockOf[index] = firsts.length - 1
  }
  firsts.push(count)
  return { firsts: Int32Array.from(firsts), blockOf }
}
