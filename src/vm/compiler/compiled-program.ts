// Owns a program's compiled code once it is a module: its instances, one for each memory that machines of
// the program lie in, and the execution of a machine by them. Contract: Engine.run.
import { MAX_PATH_INSTRUCTIONS, UNKNOWN_STRETCH_INSTRUCTIONS } from '../../core/limits.js'
import { EXIT_DONE } from '../engine.js'
import { INSTRUCTION_BYTES } from '../instructions.js'
import { FUEL, PC } from '../layout.js'
import type { Machine } from '../machine.js'
import type { Block } from '../memory/block.js'
import type { CompiledCode } from './compile.js'
import { HALTED, LOW_FUEL, STEP } from './exits.js'
import { MEMORY_MODULE, MEMORY_NAME } from './module.js'

/** Executes the machine whose record is at `base` from `entry` on; returns the kind of its exit. */
type CompiledFunction = (base: number, entry: number) => number

/** What `run` returns beside Engine.run's values. */
export const REFUSED = -2

/**
 * For each function, its first call: V8 compiles a function then, in the caller's turn, and for all instances. It is
 * called for a machine without fuel, so it returns at its first checkpoint.
 */
export function firstCalls(code: CompiledCode, module: WebAssembly.Module): (() => void)[] {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 })
  return bind(code, module, memory).map((call) => () => void call(0, 1))
}

function bind(
  code: CompiledCode,
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): readonly CompiledFunction[] {
  const imports = { [MEMORY_MODULE]: { [MEMORY_NAME]: memory } }
  const { exports } = new WebAssembly.Instance(module, imports)
  return code.functionNames.map((name) => exports[name] as CompiledFunction)
}

/** Counts runs, to tell which program has not run for longest. */
let uses = 0

export class CompiledProgram {
  /** Instructions of the program. */
  readonly instructions: number
  #code: CompiledCode | undefined
  readonly #start: number
  #ordinary: WebAssembly.Module | undefined
  #shared: WebAssembly.Module | undefined
  #instances = new WeakMap<WebAssembly.Memory, readonly CompiledFunction[]>()
  #lastUse = 0

  /** `module`: the code's module for ordinary memories, if it is there already. */
  constructor(code: CompiledCode, module?: WebAssembly.Module) {
    this.instructions = code.entryAt.length
    this.#code = code
    this.#start = code.start
    this.#ordinary = module
  }

  /** Grows with every run of any program. */
  get lastUse(): number {
    return this.#lastUse
  }

  /** Whether the code has been given up. */
  get isDropped(): boolean {
    return this.#code === undefined
  }

  /** Gives the code up: `run` must not be called any more. */
  drop(): void {
    this.#code = undefined
    this.#ordinary = undefined
    this.#shared = undefined
    this.#instances = new WeakMap()
  }

  /** Engine.run for a machine of this program; REFUSED if the platform does not let it run in its memory. */
  run(machine: Machine): number {
    const { functionAt, entryAt, restToEntry } = this.#present()
    const { base } = machine
    this.#lastUse = ++uses
    let functions: readonly CompiledFunction[] | undefined
    for (;;) {
      const offset = machine.word(PC) - this.#start
      const index = offset >> 2
      const number = functionAt[index]
      if (number === undefined || offset % INSTRUCTION_BYTES !== 0)
        return UNKNOWN_STRETCH_INSTRUCTIONS
      if (number === 0) return restToEntry[index] as number
      functions ??= this.#functionsFor(machine.block)
      const call = functions?.[number - 1]
      if (call === undefined) return REFUSED
      const kind = call(base, entryAt[index] as number)
      if (kind === HALTED) return EXIT_DONE
      const fuel = machine.float(FUEL)
      if (fuel === 0) return EXIT_DONE
      if (kind === STEP) return 1
      // With more fuel than that, it was the end of Bounds.fuelPerCall only.
      if (kind === LOW_FUEL && fuel <= MAX_PATH_INSTRUCTIONS) return fuel
    }
  }

  #functionsFor(block: Block): readonly CompiledFunction[] | undefined {
    const { latestCode } = block
    if (latestCode?.of === this) return latestCode.functions
    const { memory } = block
    if (memory === undefined) return undefined
    let functions = this.#instances.get(memory)
    try {
      functions ??= this.#instantiate(memory, block.pool.isForThreads)
    } catch {
      return undefined
    }
    this.#instances.set(memory, functions)
    block.latestCode = { of: this, functions }
    return functions
  }

  #instantiate(memory: WebAssembly.Memory, isShared: boolean): readonly CompiledFunction[] {
    const module = isShared ? this.#moduleForShared() : this.#moduleForOrdinary()
    return bind(this.#present(), module, memory)
  }

  #present(): CompiledCode {
    if (this.#code === undefined) throw new Error('the code has been dropped')
    return this.#code
  }

  #moduleForOrdinary(): WebAssembly.Module {
    this.#ordinary ??= new WebAssembly.Module(this.#present().encode(false))
    return this.#ordinary
  }

  #moduleForShared(): WebAssembly.Module {
    this.#shared ??= new WebAssembly.Module(this.#present().encode(true))
    return this.#shared
  }
}
