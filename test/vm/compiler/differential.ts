// Runs one program on both engines and on the reference, in slices of random fuel, and compares everything
// there is to compare after every slice.
import { ENGINES } from '../../../src/vm/engines.js'
import type { Pool } from '../../../src/vm/memory/pool.js'
import { Program } from '../../../src/vm-entry.js'
import { Chance } from './chance.js'
import type { Trial } from './random-program.js'
import {
  compiledEngine,
  EngineSubject,
  ReferenceSubject,
  type Scalars,
  type State,
  type Subject,
} from './subject.js'

/** Instructions of one run at most, and slices. */
const MAX_INSTRUCTIONS = 3000
const MAX_SLICES = 100

export interface Outcome {
  /** What differed; undefined if nothing did. */
  readonly difference: string | undefined
  /** How the program ended, or 'yielded'. */
  readonly stop: string
  readonly instructions: number
}

/** `pool`: where the engines' machines lie, if not where all do. */
export function runTrial(trial: Trial, pool?: Pool): Outcome {
  const program = Program.from(Buffer.from(trial.image, 'hex'))
  const reference = new ReferenceSubject(trial)
  const subjects = [
    new EngineSubject('interpreter', program, trial, ENGINES.interpreter, pool),
    new EngineSubject('compiled', program, trial, compiledEngine(program, trial.bounds), pool),
  ]
  const difference = runSlices(new Chance(trial.sliceSeed), reference, subjects)
  for (const subject of subjects) subject.release()
  const { stop, instructionCount } = reference.state().scalars
  return { difference, stop, instructions: instructionCount }
}

function runSlices(
  chance: Chance,
  reference: Subject,
  subjects: readonly Subject[],
): string | undefined {
  const most = chance.pick([3, 10, 40, 200, 1000])
  let executed = 0
  for (let slice = 0; slice < MAX_SLICES && executed < MAX_INSTRUCTIONS; slice++) {
    const fuel = chance.below(most + 1)
    executed += fuel
    reference.run(fuel)
    const expected = reference.state()
    for (const subject of subjects) {
      subject.run(fuel)
      const difference = compare(expected, subject.state())
      if (difference !== undefined)
        return `slice ${slice} of ${fuel}, ${subject.name}: ${difference}`
    }
    if (expected.scalars.stop !== 'yielded') return undefined
    if (chance.oneIn(8)) interfere(chance, [reference, ...subjects])
  }
  return undefined
}

// The host may write to registers between two runs, and spoil what compiled code has guessed of them.
function interfere(chance: Chance, subjects: readonly Subject[]): void {
  const register = chance.below(32)
  const value = chance.pick([0, 1, 68, 72, 100, -1, 70])
  for (const subject of subjects) subject.setRegister(register, value)
}

function compare(expected: State, actual: State): string | undefined {
  for (const name of Object.keys(expected.scalars) as (keyof Scalars)[]) {
    const [left, right] = [expected.scalars[name], actual.scalars[name]]
    if (left !== right) return `${name} is ${right}, not ${left}`
  }
  return (
    firstChange('register', expected.registers, actual.registers) ??
    firstChange('float', expected.floats, actual.floats) ??
    firstChange('stack entry', expected.stack, actual.stack) ??
    firstChange('heap byte', expected.heap, actual.heap)
  )
}

type Numbers = Int32Array | BigUint64Array | Uint8Array

/** What lies beyond the end of one counts as 0. */
function firstChange(what: string, expected: Numbers, actual: Numbers): string | undefined {
  if (areEqual(expected, actual)) return undefined
  const length = Math.max(expected.length, actual.length)
  for (let at = 0; at < length; at++) {
    const [left, right] = [expected[at] ?? 0, actual[at] ?? 0]
    if (left !== right) return `${what} ${at} is ${right.toString(16)}, not ${left.toString(16)}`
  }
  return undefined
}

const ZEROS = Buffer.alloc(200_000)

function areEqual(expected: Numbers, actual: Numbers): boolean {
  const [left, right] = [bytesOf(expected), bytesOf(actual)]
  const common = Math.min(left.length, right.length)
  const rest = (left.length > right.length ? left : right).subarray(common)
  const isSame = left.subarray(0, common).equals(right.subarray(0, common))
  return isSame && rest.equals(ZEROS.subarray(0, rest.length))
}

function bytesOf(numbers: Numbers): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}
