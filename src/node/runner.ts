// Owns running programs in slices, so that however many run, the host's event loop is never held for long: a
// program that deserves to be compiled is compiled in turns between them, and interpreted until that is done.
// Must not know the cluster.
import type { Clock } from '../core/clock.js'
import { badOption } from '../core/errors.js'
import {
  MAX_CHUNK_INSTRUCTIONS,
  MAX_TURNS_LEFT,
  MIN_CHUNK_INSTRUCTIONS,
  RUN_CHUNK_MS,
  RUN_SLICE_MS,
} from '../core/limits.js'
import { readRecord } from '../core/record.js'
import { wantsCompilation } from '../vm/engines.js'
import type { Stop } from '../vm/faults.js'
import type { Program } from '../vm/program.js'
import { isPrinting, runBriefly, Vm } from '../vm/vm.js'
import { Compilations } from './compilations.js'
import type { Diagnostics } from './diagnostics.js'
import type { CallOptions, Settle } from './pending.js'

/** The options of `node.run`. */
export interface ProgramOptions extends CallOptions {
  /** Instructions that it may execute; when they are used up, the run resolves with a stop of kind `yielded`. Default: no end. */
  readonly fuel?: number | undefined
  /** What the first integer registers hold at the start: up to 32 signed 32-bit integers. */
  readonly registers?: ArrayLike<number> | undefined
  /** What the first float registers hold at the start: up to 32 numbers. */
  readonly floatRegisters?: ArrayLike<number> | undefined
  /** Ceiling of its heap in bytes; see Vm. */
  readonly maxHeapBytes?: number | undefined
  /** Ceiling of its stack in entries of 4 bytes; see Vm. */
  readonly maxStackEntries?: number | undefined
  /** What executes it; see Vm. Here 'compiled' and 'auto' compile in the background, and interpret until then. */
  readonly engine?: 'auto' | 'interpreter' | 'compiled' | undefined
}

/** How a run ended, and what it left. */
export interface RunResult {
  readonly stop: Stop
  readonly registers: Int32Array
  readonly floatRegisters: Float64Array
  /** What it printed, up to 1 MiB; `outputTruncated` says whether there was more. */
  readonly output: string
  readonly outputTruncated: boolean
  readonly instructionCount: number
}

interface Job {
  readonly vm: Vm
  readonly program: Program
  readonly settle: Settle<RunResult>
  /** When it was taken, in ms of the clock. */
  readonly since: number
  fuel: number
  /** Instructions between two looks at the clock. */
  chunk: number
}

export interface RunnerOptions {
  readonly diagnostics?: Diagnostics
  /** How many have connected so far. */
  readonly arrivals?: () => number
}

export class Runner {
  readonly #clock: Clock
  readonly #options: RunnerOptions
  #jobs: Job[] = []
  #isScheduled = false
  #finished = 0
  #instructions = 0
  readonly #compilations: Compilations
  #wasCompilersTurn = false
  #arrived = 0
  #turnsLeft = 0

  /** The event loop is the host's, so `clock` is the real one, also where the cluster's is simulated. */
  constructor(clock: Clock, options: RunnerOptions = {}) {
    this.#clock = clock
    this.#options = options
    this.#compilations = new Compilations(clock, () => this.#schedule())
  }

  get counters(): { running: number; finished: number; instructions: number } {
    return {
      running: this.#jobs.length,
      finished: this.#finished,
      instructions: this.#instructions,
    }
  }

  /**
   * Runs a program on a fresh machine, from the next turn on. The returned function ends it at once.
   * @throws IridiumError ERR_IRIDIUM_BAD_OPTION
   */
  run(program: Program, options: ProgramOptions, settle: Settle<RunResult>): () => void {
    const job = prepare(program, options, settle, this.#clock.now())
    if (options.engine === 'compiled') this.#compilations.add(program)
    this.#jobs.push(job)
    this.#options.diagnostics?.runStart(program)
    this.#schedule()
    return () => this.#end(job, null)
  }

  #schedule(): void {
    if (this.#isScheduled || (this.#jobs.length === 0 && !this.#compilations.isWaiting)) return
    this.#isScheduled = true
    this.#clock.soon(() => {
      this.#isScheduled = false
      if (!this.#leavesTurn()) this.#turn()
      this.#schedule()
    })
  }

  /** Whether this turn is for those that connect, as somebody has since we looked last: the next may be waiting. */
  #leavesTurn(): boolean {
    const arrived = this.#options.arrivals?.() ?? 0
    const isLeft = arrived !== this.#arrived && this.#turnsLeft < MAX_TURNS_LEFT
    this.#arrived = arrived
    this.#turnsLeft = isLeft ? this.#turnsLeft + 1 : 0
    return isLeft
  }

  /** Of the event loop: for the jobs or for the compilation, one after the other, since both would hold it too long. */
  #turn(): void {
    this.#wasCompilersTurn = this.#compilations.isWaiting && !this.#wasCompilersTurn
    if (this.#wasCompilersTurn) this.#compilations.turn()
    else this.#slice()
  }

  /** One slice for all: the jobs take turns, chunk by chunk. */
  #slice(): void {
    const end = this.#clock.now() + RUN_SLICE_MS
    for (let now = 0; now < end; now = this.#clock.now()) {
      const job = this.#jobs.shift()
      if (!job) return
      this.#jobs.push(job)
      try {
        this.#runChunk(job)
      } catch (error) {
        this.#end(job, null)
        job.settle.reject(error)
      }
    }
  }

  #runChunk(job: Job): void {
    const { vm, settle } = job
    const fuel = Math.min(job.fuel, job.chunk)
    const start = this.#clock.now()
    const before = vm.instructionCount
    const stop = vm.run({ fuel })
    const executed = vm.instructionCount - before
    this.#instructions += executed
    job.fuel -= executed
    if ((stop.kind === 'yielded' && job.fuel > 0) || isPrinting(vm)) {
      const hasEndedEarly = executed < fuel
      job.chunk = hasEndedEarly
        ? MIN_CHUNK_INSTRUCTIONS
        : nextChunk(job.chunk, this.#clock.now() - start)
      if (wantsCompilation(vm.program)) this.#compilations.add(vm.program)
      return
    }
    const result: RunResult = {
      stop,
      registers: vm.registers.slice(),
      floatRegisters: vm.floatRegisters.slice(),
      output: vm.output,
      outputTruncated: vm.outputTruncated,
      instructionCount: vm.instructionCount,
    }
    this.#end(job, stop)
    settle.resolve(result)
  }

  #end(job: Job, stop: Stop | null): void {
    const at = this.#jobs.indexOf(job)
    if (at < 0) return
    this.#jobs.splice(at, 1)
    this.#finished++
    const { vm, program, since } = job
    // Nobody waits for its code any more, unless it is to run again; what runs to its end often does.
    if (stop === null && !this.#jobs.some((other) => other.program === program)) {
      this.#compilations.giveUp(program)
    }
    const { instructionCount } = vm
    vm.close()
    this.#options.diagnostics?.runEnd(program, stop, instructionCount, this.#clock.now() - since)
  }
}

/**
 * Instructions differ in cost by orders of magnitude: the chunk follows what the last one took. Memory that was
 * never touched is the dearest, at up to 15 us a page, so behind growth chunks begin small again.
 */
function nextChunk(chunk: number, elapsedMs: number): number {
  if (elapsedMs > RUN_CHUNK_MS) return Math.max(MIN_CHUNK_INSTRUCTIONS, chunk >> 1)
  if (elapsedMs < RUN_CHUNK_MS / 4) return Math.min(MAX_CHUNK_INSTRUCTIONS, chunk * 2)
  return chunk
}

function prepare(
  program: Program,
  options: ProgramOptions,
  settle: Settle<RunResult>,
  since: number,
): Job {
  const { fuel = Number.POSITIVE_INFINITY, registers = [], floatRegisters = [] } = options
  if (!(fuel >= 0 && (Number.isInteger(fuel) || fuel === Number.POSITIVE_INFINITY))) {
    throw badOption('fuel', 'an integer of at least 0, or Infinity', fuel)
  }
  const { maxHeapBytes, maxStackEntries, engine } = options
  const vm = new Vm(program, { maxHeapBytes, maxStackEntries, engine })
  runBriefly(vm)
  try {
    fill('registers', vm.registers, registers, (value) => value === (value | 0))
    fill('floatRegisters', vm.floatRegisters, floatRegisters, () => true)
  } catch (error) {
    vm.close()
    throw error
  }
  return { vm, program, settle, since, fuel, chunk: MIN_CHUNK_INSTRUCTIONS }
}

function fill(
  name: string,
  target: Int32Array | Float64Array,
  values: ArrayLike<number>,
  isValid: (value: number) => boolean,
): void {
  if (typeof values !== 'object' || values === null || !(values.length <= target.length)) {
    throw badOption(name, `a list of at most ${target.length} numbers`, values)
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (typeof value !== 'number' || !isValid(value)) {
      throw badOption(`${name}[${i}]`, 'a number that the register can hold', value)
    }
    target[i] = value
  }
}

/** Checks that there are no options but those of `run`. @throws IridiumError ERR_IRIDIUM_BAD_OPTION */
export function readProgramOptions(options: unknown = {}): ProgramOptions {
  return readRecord('options', options, KNOWN) as ProgramOptions
}

const KNOWN = Object.keys({
  fuel: 0,
  registers: 0,
  floatRegisters: 0,
  maxHeapBytes: 0,
  maxStackEntries: 0,
  engine: 0,
  signal: 0,
} satisfies Record<keyof ProgramOptions, 0>)
