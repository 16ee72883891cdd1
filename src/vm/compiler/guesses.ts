// Owns the guesses where register jumps lead: the constants that may reach the register, found by walking
// back over the blocks. A guess costs a comparison when it is wrong, never a wrong result, so the walk does
// not look into called procedures, and gives up early.
import {
  JUMPS_PER_STEP,
  MAX_JUMP_GUESSES,
  MAX_TELLING_LANDINGS,
  MAX_WALK_BLOCKS,
  MAX_WALKS_PER_BLOCK,
} from '../../core/limits.js'
import * as op from '../opcodes.js'
import { type Blocks, directTarget, findBlocks } from './blocks.js'
import { BRANCH_JUMP, type Code, HALT, JUMP, RETURN } from './code.js'
import type { Bounds } from './compile.js'
import { FLOAT_OPERANDS } from './operands.js'

/** For each register jump, by its index: the instructions where it may land, in order. */
export type Landings = ReadonlyMap<number, readonly number[]>

/** In steps, as compileInSteps. */
export function* guessJumps(code: Code, bounds: Bounds): Generator<void, Landings> {
  const jumps: number[] = []
  for (let index = 0; index < code.count; index++)
    if (isRegisterJump(code, index)) jumps.push(index)
  if (jumps.length === 0) return new Map()
  // Twice, since the second walk follows the jumps that the first has resolved.
  const first = yield* guessOnce(code, bounds, jumps, new Map())
  yield
  return yield* guessOnce(code, bounds, jumps, first)
}

/** Every instruction where a jump may land. */
export function* allLandings(landings: Landings): Iterable<number> {
  // Jumps of which nothing is known share one long list.
  for (const indices of new Set(landings.values())) yield* indices
}

function isRegisterJump(code: Code, index: number): boolean {
  return code.leaves[index] === JUMP || code.leaves[index] === BRANCH_JUMP
}

function* guessOnce(
  code: Code,
  bounds: Bounds,
  jumps: readonly number[],
  known: Landings,
): Generator<void, Landings> {
  const blocks = findBlocks(code, allLandings(known), bounds)
  yield
  const walk = new Walk(code, blocks, known)
  const landings = new Map<number, readonly number[]>()
  let anywhere: readonly number[] | undefined
  for (let at = 0; at < jumps.length; at++) {
    if (at % JUMPS_PER_STEP === 0) yield
    const jump = jumps[at] as number
    const values = walk.constantsReaching(jump)
    if (values === undefined) anywhere ??= plausibleLandings(code, blocks, walk.predecessors)
    landings.set(jump, values === undefined ? (anywhere ?? []) : landingsOf(code, jump, values))
  }
  return landings
}

function landingsOf(code: Code, jump: number, values: ReadonlySet<number>): number[] {
  const found = new Set<number>()
  for (const value of values) {
    const target = code.indexOf(jumpAddress(code, jump, value))
    if (target >= 0) found.add(target)
  }
  return [...found].sort((x, y) => x - y).slice(0, MAX_JUMP_GUESSES)
}

function jumpAddress(code: Code, jump: number, value: number): number {
  const opcode = code.opcode(jump)
  if (opcode === op.JMPF) return code.addressOf(jump) + 2 + value
  if (opcode === op.JMPB) return code.addressOf(jump) + 2 - value
  return value
}

// Where a jump may land of which nothing is known: at any constant that could be an address, and at any
// block that nothing else leads to.
function plausibleLandings(
  code: Code,
  blocks: Blocks,
  predecessors: readonly (readonly number[])[],
): number[] {
  const isFound = new Uint8Array(code.count)
  for (let index = 0; index < code.count; index++) {
    if (code.opcode(index) !== op.LOAD) continue
    const target = code.indexOf(code.immediate(index))
    if (target >= 0) isFound[target] = 1
  }
  for (let block = 1; block < predecessors.length; block++) {
    if ((predecessors[block] as readonly number[]).length === 0) {
      isFound[blocks.firsts[block] as number] = 1
    }
  }
  const landings: number[] = []
  for (let at = 0; at < code.count && landings.length < MAX_JUMP_GUESSES; at++) {
    if (isFound[at] === 1) landings.push(at)
  }
  return landings
}

class Walk {
  readonly predecessors: number[][]
  readonly #code: Code
  readonly #blocks: Blocks
  /** The jump for which a block was visited last. */
  readonly #visitedFor: Int32Array
  #steps: number

  constructor(code: Code, blocks: Blocks, known: Landings) {
    this.#code = code
    this.#blocks = blocks
    this.#visitedFor = new Int32Array(blocks.firsts.length).fill(-1)
    this.#steps = blocks.firsts.length * MAX_WALKS_PER_BLOCK
    this.predecessors = findPredecessors(code, blocks, known)
  }

  /** Undefined if more than constants may reach the register. */
  constantsReaching(jump: number): Set<number> | undefined {
    const register = this.#code.a(jump)
    const values = new Set<number>()
    const worklist: number[] = []
    let block = this.#blocks.blockOf[jump] as number
    let from = jump
    for (let visited = 0; visited < MAX_WALK_BLOCKS && this.#steps > 0; visited++, this.#steps--) {
      const definition = this.#definitionBefore(from, block, register)
      if (definition < 0) {
        for (const before of this.predecessors[block] as number[]) {
          if (this.#visitedFor[before] === jump) continue
          this.#visitedFor[before] = jump
          worklist.push(before)
        }
      } else {
        const value = this.#constantAt(definition, block)
        if (value === undefined) return undefined
        values.add(value)
      }
      const next = worklist.pop()
      if (next === undefined) return values.size === 0 ? undefined : values
      block = next
      from = this.#blocks.firsts[block + 1] as number
    }
    return undefined
  }

  #definitionBefore(from: number, block: number, register: number): number {
    const first = this.#blocks.firsts[block] as number
    for (let index = from - 1; index >= first; index--) {
      const isFloat = (FLOAT_OPERANDS[this.#code.opcode(index)] as number) > 0
      if (this.#code.result(index) === register && !isFloat) return index
    }
    return -1
  }

  // LOAD, or the LOAD and LUI of a wide constant.
  #constantAt(index: number, block: number): number | undefined {
    const code = this.#code
    if (code.opcode(index) === op.LOAD) return code.immediate(index)
    if (code.opcode(index) !== op.LUI) return undefined
    const before = this.#definitionBefore(index, block, code.a(index))
    if (before < 0 || code.opcode(before) !== op.LOAD) return undefined
    return (code.immediate(before) << 16) | code.immediate(index)
  }
}

function findPredecessors(code: Code, blocks: Blocks, known: Landings): number[][] {
  const { firsts, blockOf } = blocks
  const predecessors: number[][] = Array.from({ length: firsts.length - 1 }, () => [])
  for (let block = 0; block < predecessors.length; block++) {
    const last = (firsts[block + 1] as number) - 1
    const target = directTarget(code, last)
    if (target >= 0) predecessors[blockOf[target] as number]?.push(block)
    const landings = known.get(last) ?? []
    for (const landing of landings.length > MAX_TELLING_LANDINGS ? [] : landings) {
      predecessors[blockOf[landing] as number]?.push(block)
    }
    const leaves = code.leaves[last]
    if (leaves !== JUMP && leaves !== RETURN && leaves !== HALT) {
      predecessors[block + 1]?.push(block)
    }
  }
  return predecessors
}
