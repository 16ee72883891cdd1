// Owns which programs have compiled code, and what of it is kept. Programs with the same id share it. What is
// kept is bounded by its size; the code that has not run for longest goes first, and may be compiled again.
import {
  COMPILED_PROGRAM_COST,
  MAX_CACHED_COST,
  MAX_COMPILED_IMAGE_BYTES,
} from '../../core/limits.js'
import { decodedProgram } from '../decode.js'
import type { Program } from '../program.js'
import { type CompiledCode, compileInSteps } from './compile.js'
import { CompiledProgram, firstCalls } from './compiled-program.js'
import type { Tier } from './tier.js'

/** The compiled code of `program`, if it is there. */
export function compiledCode(program: Program): CompiledProgram | undefined {
  return decodedProgram(program).tier.code
}

/** Compiles the program if that has not been done, or refused, before. May take milliseconds. */
export function compileNow(tier: Tier, program: Program): CompiledProgram | undefined {
  if (isDecided(tier, program)) return tier.code
  try {
    const steps = compileInSteps(program)
    let step = steps.next()
    while (!step.done) step = steps.next()
    const code = step.value
    if (code !== undefined) keep(tier, program, code, new WebAssembly.Module(code.encode(false)))
  } catch {
    // No WebAssembly, a policy against generated code, a limit of size or memory: the interpreter serves.
  }
  tier.isRefused = tier.code === undefined
  return tier.code
}

/**
 * Between two steps of `prepare`, each of some milliseconds at most: undefined to go on at once, or else what to wait for.
 */
export type Pause = () => Promise<void> | undefined

/**
 * Compiles the program as compileNow does, but in steps. The platform's part is left to the platform's threads, but
 * for what V8 does at the first call of a function: that is a step for each. Never rejects.
 */
export function prepare(program: Program, pause: Pause): Promise<void> {
  const { tier } = decodedProgram(program)
  tier.preparation ??= prepareInSteps(tier, program, pause).finally(() => {
    tier.preparation = undefined
  })
  return tier.preparation
}

/** By program id. */
const kept = new Map<string, CompiledProgram>()
let keptCost = 0

async function prepareInSteps(tier: Tier, program: Program, pause: Pause): Promise<void> {
  if (isDecided(tier, program)) return
  try {
    await pause()
    const steps = compileInSteps(program)
    let step = steps.next()
    for (; !step.done; step = steps.next()) await pause()
    const code = step.value
    if (code !== undefined) {
      const module = await WebAssembly.compile(code.encode(false))
      await pause()
      for (const warmUp of firstCalls(code, module)) {
        await pause()
        warmUp()
      }
      keep(tier, program, code, module)
    }
  } catch {
    // As in compileNow.
  }
  tier.isRefused = tier.code === undefined
}

/** Whether nothing is left to do: it is compiled, refused, or another Program with the same bytes has been. */
function isDecided(tier: Tier, program: Program): boolean {
  if (tier.code !== undefined || tier.isRefused) return true
  // Before the id is asked for: to compute it takes time in proportion to the image.
  tier.isRefused = program.bytes.length > MAX_COMPILED_IMAGE_BYTES
  if (!tier.isRefused) tier.code = kept.get(program.id)
  return tier.isRefused || tier.code !== undefined
}

function keep(tier: Tier, program: Program, code: CompiledCode, module: WebAssembly.Module): void {
  const compiled = new CompiledProgram(code, module)
  drop(program.id)
  kept.set(program.id, compiled)
  keptCost += costOf(compiled)
  tier.code = compiled
  while (keptCost > MAX_CACHED_COST && kept.size > 1) drop(longestUnused(compiled))
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
