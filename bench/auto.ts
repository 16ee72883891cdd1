// Times what `engine: 'auto'` costs a program that runs once, and what it gives one that runs for long.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { compileAfter } from '../src/vm/engines.js'
import { type Engine, loopProgram, timeOnce } from './auto/once.js'
import { row } from './measure.js'

const SIZES = [100, 1000, 10_000]
/** Instructions of a run that is long: some tenths of a second, some seconds. */
const LONG = [1e9, 1e10]
const PROCESSES = 3

/**
 * Against the interpreter on runs that end at the worst moments for it (right behind the compilation, and a bit
 * later), and against 'compiled' on long ones. Each round has bytes that were never seen.
 */
export function choiceOfEngine(): string[] {
  const rows = SIZES.flatMap((size) => {
    const after = thresholdOf(size)
    const short = [after / 4, after + 1, 1.25 * after].map((fuel) => {
      const [auto, interpreter] = times(size, ['auto', 'interpreter'], Math.ceil(fuel))
      return row(`${size} instructions`, millions(fuel), auto / interpreter, '')
    })
    const long = LONG.map((fuel) => {
      const [auto, compiled] = times(size, ['auto', 'compiled'], fuel)
      return row(`${size} instructions`, millions(fuel), '', compiled / auto)
    })
    return [...short, ...long]
  })
  return [
    row('', 'millions run', 'of interpreter', 'of compiled *'),
    ...rows,
    ...firstOfAll(),
    '* its speed; the column before is of time',
  ]
}

/** The same where it is the first program of its process, and V8 has yet to compile the compiler. */
function firstOfAll(): string[] {
  return SIZES.map((size) => {
    const fuel = thresholdOf(size) + 1
    const [auto, interpreter] = (['auto', 'interpreter'] as const).map((engine) =>
      least(PROCESSES, () => timeInChild(size, engine, fuel)),
    ) as [number, number]
    const more = `${((auto - interpreter) / 1e6).toFixed(1)} ms more`
    return row(`${size}, first of a process`, millions(fuel), auto / interpreter, more)
  })
}

function thresholdOf(size: number): number {
  return Math.ceil(compileAfter(loopProgram(size, 0)))
}

let seed = 0

/** Nanoseconds of two engines, the best of some rounds in which they take turns. */
function times(size: number, engines: readonly [Engine, Engine], fuel: number): [number, number] {
  const best: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const rounds = Math.max(1, Math.min(12, Math.round(5e8 / fuel)))
  for (let round = 0; round < rounds; round++) {
    engines.forEach((engine, index) => {
      const time = timeOnce(loopProgram(size, ++seed % 65_536), engine, fuel)
      best[index] = Math.min(best[index] as number, time)
    })
  }
  return best
}

function timeInChild(size: number, engine: Engine, fuel: number): number {
  const file = fileURLToPath(new URL('auto/child.ts', import.meta.url))
  const args = ['--import', 'tsx', file, `${size}`, engine, `${fuel}`]
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

function least(rounds: number, time: () => number): number {
  return Math.min(...Array.from({ length: rounds }, time))
}

function millions(instructions: number): string {
  return (instructions / 1e6).toFixed(1)
}
