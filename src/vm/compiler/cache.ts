// Owns which programs have compiled code, and what of it is kept. Programs with the same id share it. What is
// kept is bounded by its size; the code that has not run for longest goes first, and may be compiled again.
import { COMPILED_PROGRAM_COST, MAX_CACHED_COST } from '../../core/limits.js'
import type { Program } from '../program.js'
import { type CompiledCode, compileInSteps } from './compile.js'
import { CompiledProgram } from './compiled-program.js'

/** The compiled code of `program`, if it is there. */
export function compiledCode(program: Program): CompiledProgram | undefined {
  const compiled = byProgram.get(program)
  return compiled === REFUSED || compiled?.isDropped ? undefined : compiled
}

/** Whether the platform, or the compiler, has refused the program: it will do so again. */
export function isRefused(program: Program): boolean {
  return byProgram.get(program) === REFUSED
}

/** Compiles the program if that has not been done, or refused, before. May take milliseconds. */
export function compileNow(program: Program): CompiledProgram | undefined {
  if (isRefused(program)) return undefined
  const existing = compiledCode(program) ?? shared(program)
  if (existing !== undefined) return existing
  try {
    const steps = compileInSteps(program)
    let step = steps.next()
    while (!step.done) step = steps.next()
    const code = step.value
    if (code !== undefined) return keep(program, code, new WebAssembly.Module(code.encode(false)))
  } catch {
    // No WebAssembly, a policy against generated code, a limit of size or memory: the interpreter serves.
  }
  refuse(program)
  return undefined
}

/**
 * Compiles the program as compileNow does, but never for longer than some milliseconds at a time: it awaits
 * `pause` between its steps, and leaves the platform's part to the platform's threads. Never rejects.
 */
export function prepare(program: Program, pause: () => Promise<void>): Promise<void> {
  let preparation = preparations.get(program)
  if (preparation === undefined) {
    preparation = prepareInSteps(program, pause).finally(() => preparations.delete(program))
    preparations.set(program, preparation)
  }
  return preparation
}

/** From now on the program is interpreted: its code cannot be used after all. */
export function refuse(program: Program): void {
  byProgram.set(program, REFUSED)
}

const REFUSED = 'refused'

const byProgram = new WeakMap<Program, CompiledProgram | typeof REFUSED>()
const preparations = new WeakMap<Program, Promise<void>>()
/** By program id. */
const kept = new Map<string, CompiledProgram>()
let keptCost = 0

async function prepareInSteps(program: Program, pause: () => Promise<void>): Promise<void> {
  if (isRefused(program) || (compiledCode(program) ?? shared(program)) !== undefined) return
  try {
    const steps = compileInSteps(program)
    for (let step = steps.next(); ; step = steps.next()) {
      await pause()
      if (!step.done) continue
      if (step.value === undefined) break
      keep(program, step.value, await WebAssembly.compile(step.value.encode(false)))
      return
    }
  } catch {
    // As in compileNow.
  }
  refuse(program)
}

/** What another Program with the same bytes has. */
function shared(program: Program): CompiledProgram | undefined {
  const compiled = kept.get(program.id)
  if (compiled !== undefined) byProgram.set(program, compiled)
  return compiled
}

function keep(program: Program, code: CompiledCode, module: WebAssembly.Module): CompiledProgram {
  const compiled = new CompiledProgram(code, module)
  drop(program.id)
  kept.set(program.id, compiled)
  keptCost += costOf(compiled)
  byProgram.set(program, compiled)
  while (keptCost > MAX_CACHED_COST && kept.size > 1) drop(longestUnused(compiled))
  return compiled
}

function drop(id: string): void {
  const compiled = kept.get(id)
  if (compiled === undefined) return
  kept.delete(id)
  keptCost -= costOf(compiled)
  compiled.drop()
}

function longestUnused(but: CompiledProgram): string {
  let oldest = ''
  let lastUse = Number.POSITIVE_INFINITY
  for (const [id, compiled] of kept) {
    if (compiled === but || compiled.lastUse >= lastUse) continue
    oldest = id
    lastUse = compiled.lastUse
  }
  return oldest
}

function costOf(compiled: CompiledProgram): number {
  return COMPILED_PROGRAM_COST + compiled.instructions
}
