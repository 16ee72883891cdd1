// Owns the choice between the engines: what the option `engine` means, and when compiling pays.
import { COMPILE_COST, COMPILE_COST_PER_INSTRUCTION, MAX_COMPILE_SHARE } from '../core/limits.js'
import { compileNow } from './compiler/cache.js'
import { type CompiledProgram, REFUSED } from './compiler/compiled-program.js'
import type { Tier } from './compiler/tier.js'
import { decodedProgram } from './decode.js'
import type { Engine } from './engine.js'
import { INSTRUCTION_BYTES } from './instructions.js'
import { interpret } from './interpreter.js'
import * as record from './layout.js'
import type { Machine } from './machine.js'
import type { Program } from './program.js'

/** The values of the option, and `deferred`, for hosts within the package that must not be held up. */
export type EngineName = 'auto' | 'interpreter' | 'compiled' | 'deferred'

export const ENGINES: Readonly<Record<EngineName, Engine>> = {
  interpreter: { run: interpretAll },

  // Compiles when a program runs first.
  compiled: {
    run: (machine) => {
      const { tier } = machine.decoded
      return runCompiled(machine, tier.code ?? compileNow(tier, machine.program))
    },
  },

  // Interprets until a program has run long enough to repay its compilation.
  auto: {
    run: (machine) => {
      const { tier } = machine.decoded
      const { code } = tier
      if (code !== undefined) return runCompiled(machine, code)
      const after = compileAfter(machine.program)
      if (tier.interpreted >= after) {
        return runCompiled(machine, compileNow(tier, machine.program))
      }
      return runCold(machine, tier, after)
    },
  },

  // Never compiles, but uses what others have compiled: see `prepare` in compiler/cache.ts.
  deferred: {
    run: (machine) => {
      const { tier } = machine.decoded
      const { code } = tier
      if (code !== undefined) return runCompiled(machine, code)
      return runCold(machine, tier, compileAfter(machine.program))
    },
  },
}

/** Instructions of `program` to be interpreted before it is compiled. */
export function compileAfter({ code }: Program): number {
  const instructions = code.length / INSTRUCTION_BYTES
  return (COMPILE_COST + COMPILE_COST_PER_INSTRUCTION * instructions) / MAX_COMPILE_SHARE
}

/** Whether the program has run long enough to be compiled in the background, and neither has been, nor is, nor was refused. */
export function wantsCompilation(program: Program): boolean {
  const { tier } = decodedProgram(program)
  const isDecided = tier.isRefused || tier.preparation !== undefined || tier.code !== undefined
  return !isDecided && tier.interpreted >= compileAfter(program)
}

function interpretAll(machine: Machine): number {
  return interpret(machine, machine.float(record.FUEL))
}

/** Interprets, and counts up to `most` instructions. */
function runCold(machine: Machine, tier: Tier, most: number): number {
  if (tier.interpreted >= most) return interpretAll(machine)
  const before = machine.float(record.INSTRUCTION_COUNT)
  const exit = interpret(machine, Math.ceil(most - tier.interpreted))
  tier.interpreted += machine.float(record.INSTRUCTION_COUNT) - before
  return exit
}

function runCompiled(machine: Machine, code: CompiledProgram | undefined): number {
  if (code === undefined) return interpretAll(machine)
  const request = code.run(machine)
  if (request !== REFUSED) return request
  const { tier } = machine.decoded
  tier.isRefused = true
  tier.code = undefined
  return interpretAll(machine)
}
