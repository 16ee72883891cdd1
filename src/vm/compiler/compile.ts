// Owns the way from a program to the bytes of its module, and where the module can be entered.
import { MAX_COMPILED_INSTRUCTIONS } from '../../core/limits.js'
import type { Program } from '../program.js'
import { findBlocks } from './blocks.js'
import type { ByteWriter } from './byte-writer.js'
import { Code } from './code.js'
import { PARAMETERS } from './frame.js'
import { allLandings, guessJumps, type Landings } from './guesses.js'
import { encodeModule } from './module.js'
import { guessReturns } from './procedures.js'
import { findEntered } from './reach.js'
import { compileUnit } from './unit-function.js'
import { cutUnits } from './units.js'

/** A program's functions, before they become a module. */
export interface CompiledCode {
  /** The module for ordinary memories, or for shared ones. */
  encode(shared: boolean): Uint8Array<ArrayBuffer>
  /** By instruction: 1 + the index of the function that can be entered there, or 0. */
  readonly functionAt: Uint8Array
  /** By instruction: the number of the entry, from 1. */
  readonly entryAt: Uint16Array
  /** By instruction: how many instructions there are up to the end of its block, itself included. */
  readonly restOfBlock: Uint8Array
}

/**
 * Compiles function by function: each step of the iterator is one, so that a caller who must not block can
 * pause between them. Undefined for a program without code, or with more than MAX_COMPILED_INSTRUCTIONS.
 */
export function* compileInSteps(program: Program): Generator<void, CompiledCode | undefined> {
  const code = new Code(program)
  if (code.count === 0 || code.count > MAX_COMPILED_INSTRUCTIONS) return undefined
  const jumps = guessJumps(code)
  const blocks = findBlocks(code, allLandings(jumps))
  const landings: Landings = new Map([...jumps, ...guessReturns(code, blocks, jumps)])
  const units = cutUnits(code, blocks, landings)
  const entered = findEntered(code, blocks, landings, units)
  const bodies: ByteWriter[] = []
  const functionAt = new Uint8Array(code.count)
  const entryAt = new Uint16Array(code.count)
  for (const unit of units) {
    yield
    const compiled = compileUnit(code, blocks, landings, unit, entered)
    if (compiled === undefined) continue
    bodies.push(compiled.body)
    for (let at = 0; at < compiled.entries.length; at++) {
      const index = compiled.entries[at] as number
      functionAt[index] = bodies.length
      entryAt[index] = at + 1
    }
  }
  return {
    encode: (shared) => encodeModule(PARAMETERS, bodies, shared),
    functionAt,
    entryAt,
    restOfBlock: findRests(blocks.firsts),
  }
}

function findRests(firsts: Int32Array): Uint8Array {
  const rests = new Uint8Array(firsts[firsts.length - 1] as number)
  for (let block = 0; block + 1 < firsts.length; block++) {
    const end = firsts[block + 1] as number
    for (let index = firsts[block] as number; index < end; index++) rests[index] = end - index
  }
  return rests
}
