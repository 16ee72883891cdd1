// Owns the choice between the engines: what the option `engine` means, and when compiling pays.
import { COMPILE_AFTER_INSTRUCTIONS } from '../core/limits.js'
import { compiledCode, compileNow, isRefused, refuse } from './compiler/cache.js'
import type { CompiledProgram } from './compiler/compiled-program.js'
import type { Engine } from './engine.js'
import { interpret } from './interpreter.js'
import * as record from './layout.js'
import type { Machine } from './machine.js'
import type { Program } from './program.js'

/** The values of the option, and `deferred`, for hosts within the package that must not be held up. */
export type EngineName = 'auto' | 'interpreter' | 'compiled' | 'deferred'

export const ENGINES: Readonly<Record<EngineName, Engine>> = {
  interpreter: { run: interpretAll },

  // Compiles when a program runs first.
  compiled: { run: (machine) => runCompiled(machine, compileNow(machine.program)) },

  // Interprets until a program has run long enough to repay its compilation.
  auto: {
    run(machine) {
      const { program } = machine
      const isWarm = wantsCompilation(program)
      return runTiered(machine, isWarm ? compileNow(program) : compiledCode(program))
    },
  },

  // Never compiles, but uses what others have compiled: see `prepare` in compiler/cache.ts.
  deferred: { run: (machine) => runTiered(machine, compiledCode(machine.program)) },
}

/** Whether the program has run long enough to be compiled, and neither has been nor was refused. */
export function wantsCompilation(program: Program): boolean {
  const count = interpreted.get(program) ?? 0
  if (count < COMPILE_AFTER_INSTRUCTIONS || isRefused(program)) return false
  return compiledCode(program) === undefined
}

/** Instructions interpreted of a program whose machines choose their engine themselves. */
const interpreted = new WeakMap<Program, number>()

function interpretAll(machine: Machine): number {
  return interpret(machine, machine.float(record.FUEL))
}

function runTiered(machine: Machine, code: CompiledProgram | undefined): number {
  if (code !== undefined) return runCompiled(machine, code)
  const { program } = machine
  const count = interpreted.get(program) ?? 0
  if (count >= COMPILE_AFTER_INSTRUCTIONS) return interpretAll(machine)
  const before = machine.float(record.INSTRUCTION_COUNT)
  const exit = interpret(machine, COMPILE_AFTER_INSTRUCTIONS - count)
  interpreted.set(program, count + machine.float(record.INSTRUCTION_COUNT) - before)
  return exit
}

function runCompiled(machine: Machine, code: CompiledProgram | undefined): number {
  if (code === undefined) return interpretAll(machine)
  const functions = code.functionsFor(machine.block)
  if (functions !== undefined) return code.run(machine, functions)
  refuse(machine.program)
  return interpretAll(machine)
}
