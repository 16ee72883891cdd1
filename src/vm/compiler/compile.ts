// Owns the way from a program to the bytes of its module, and where the module can be entered.
import {
  FUEL_PER_CALL,
  MAX_COMPILED_INSTRUCTIONS,
  MAX_PATH_INSTRUCTIONS,
  MAX_RESUME_DEPTH,
  MAX_STEP_INSTRUCTIONS,
  MAX_UNIT_INSTRUCTIONS,
} from '../../core/limits.js'
import type { Program } from '../program.js'
import { findBlocks } from './blocks.js'
import type { ByteWriter } from './byte-writer.js'
import { Code } from './code.js'
import { PARAMETERS } from './frame.js'
import { allLandings, guessJumps, type Landings } from './guesses.js'
import { encodeModule, functionName } from './module.js'
import { guessReturns } from './procedures.js'
import { findEntered } from './reach.js'
import { UNUSED_ENTRY } from './steps.js'
import { compileUnit } from './unit-function.js'
import { cutUnits } from './units.js'

/** A program's functions, before they become a module. */
export interface CompiledCode {
  /** Address of the first instruction. */
  readonly start: number
  /** What the module calls its functions. */
  readonly functionNames: readonly string[]
  /** The module for ordinary memories, or for shared ones. */
  encode(shared: boolean): Uint8Array<ArrayBuffer>
  /** By instruction: 1 + the index of the function that can be entered there, or 0. */
  readonly functionAt: Uint16Array
  /** By instruction: the number of the entry, from 1. */
  readonly entryAt: Uint16Array
  /** By instruction: how many the interpreter should execute from here to come to an entry, likely. */
  readonly restToEntry: Uint8Array
}

/** How code is divided. Any bounds give the same results; tests draw small ones, to have many boundaries. */
export interface Bounds {
  /** Instructions of one function at most. */
  readonly unitInstructions: number
  /** Instructions between two checkpoints at most, and of one block. */
  readonly pathInstructions: number
  /** Nested loops into which a run resumes. */
  readonly resumeDepth: number
  /** Instructions of a function that have steps. */
  readonly stepInstructions: number
  /** Instructions of one call of a function; more than `pathInstructions`, lest a call do nothing. */
  readonly fuelPerCall: number
}

const USUAL_BOUNDS: Bounds = {
  unitInstructions: MAX_UNIT_INSTRUCTIONS,
  pathInstructions: MAX_PATH_INSTRUCTIONS,
  resumeDepth: MAX_RESUME_DEPTH,
  stepInstructions: MAX_STEP_INSTRUCTIONS,
  fuelPerCall: FUEL_PER_CALL,
}

/**
 * Compiles step by step, so that a caller who must not block can pause between: a step takes a millisecond
 * or two at most. Undefined for a program without code, or with more than MAX_COMPILED_INSTRUCTIONS.
 */
export function* compileInSteps(
  program: Program,
  bounds: Bounds = USUAL_BOUNDS,
): Generator<void, CompiledCode | undefined> {
  const code = new Code(program)
  if (code.count === 0 || code.count > MAX_COMPILED_INSTRUCTIONS) return undefined
  yield
  const jumps = yield* guessJumps(code, bounds)
  yield
  const blocks = findBlocks(code, allLandings(jumps), bounds)
  yield
  const returns = yield* guessReturns(code, blocks, jumps)
  yield
  const landings: Landings = new Map([...jumps, ...returns])
  yield
  const units = cutUnits(code, blocks, landings, bounds)
  yield
  const entered = findEntered(code, blocks, landings, units)
  yield
  const bodies: ByteWriter[] = []
  const functionAt = new Uint16Array(code.count)
  const entryAt = new Uint16Array(code.count)
  const restToEntry = new Uint8Array(code.count).fill(MAX_PATH_INSTRUCTIONS)
  for (const unit of units) {
    const compiled = yield* compileUnit(code, blocks, landings, unit, entered, bounds)
    if (compiled === undefined) continue
    bodies.push(compiled.body)
    restToEntry.set(compiled.restToEntry, blocks.firsts[unit.from] as number)
    for (let at = 0; at < compiled.entries.length; at++) {
      const index = compiled.entries[at] as number
      if (index === UNUSED_ENTRY) continue
      functionAt[index] = bodies.length
      entryAt[index] = at + 1
    }
    yield
  }
  return {
    start: code.start,
    functionNames: bodies.map((_, index) => functionName(index)),
    encode: (shared) => encodeModule(PARAMETERS, bodies, shared),
    functionAt,
    entryAt,
    restToEntry,
  }
}
