// Owns the machines that the fuzzer compares: one with an engine of src/, or the reference, in one form.
import { type Bounds, compileInSteps } from '../../../src/vm/compiler/compile.js'
import { CompiledProgram, REFUSED } from '../../../src/vm/compiler/compiled-program.js'
import { type Engine, EXIT_PRINT } from '../../../src/vm/engine.js'
import { FAULT_REASONS } from '../../../src/vm/faults.js'
import { interpret } from '../../../src/vm/interpreter.js'
import * as record from '../../../src/vm/layout.js'
import { Machine } from '../../../src/vm/machine.js'
import type { Pool } from '../../../src/vm/memory/pool.js'
import { textAt } from '../../../src/vm/output.js'
import type { Program } from '../../../src/vm-entry.js'
import type { Trial } from './random-program.js'
import { ReferenceMachine } from './reference.js'

export interface Scalars {
  readonly instructionCount: number
  readonly pc: number
  /** 'yielded', 'halted 0', 'halted 1' or the reason of a fault. */
  readonly stop: string
  readonly equalFlag: boolean
  readonly remainder: number
  readonly loopCounter: number
  readonly basePointer: number
  readonly heapLength: number
  readonly output: string
}

/** Everything there is to compare. */
export interface State {
  readonly scalars: Scalars
  readonly registers: Int32Array
  /** As bits. */
  readonly floats: BigUint64Array
  readonly stack: Int32Array
  /** What lies beyond the end is zero. */
  readonly heap: Uint8Array
}

export interface Subject {
  readonly name: string
  run(fuel: number): void
  setRegister(register: number, value: number): void
  state(): State
  release(): void
}

/** A machine that an engine executes, as Vm drives it. */
export class EngineSubject implements Subject {
  readonly name: string
  readonly #machine: Machine
  readonly #engine: Engine
  #output = ''

  /** `pool`: where the machine lies, if not where all do. */
  constructor(name: string, program: Program, trial: Trial, engine: Engine, pool?: Pool) {
    this.name = name
    this.#machine = new Machine(program, trial, pool)
    this.#engine = engine
    for (const [r, value] of trial.registers.entries()) this.setRegister(r, value)
    for (const [r, text] of trial.floats.entries()) {
      this.#machine.setFloat(record.FLOAT_REGISTERS + 8 * r, fromBits(text))
    }
  }

  run(fuel: number): void {
    const machine = this.#machine
    machine.setFloat(record.FUEL, fuel)
    while (machine.word(record.STOP) === record.STOP_NONE && machine.float(record.FUEL) > 0) {
      const request = this.#engine.run(machine)
      const exit = request > 0 ? interpret(machine, request) : request
      if (exit === EXIT_PRINT) {
        this.#output += textAt(machine.program.readOnly, machine.word(record.TEXT))
      }
    }
  }

  setRegister(register: number, value: number): void {
    this.#machine.setWord(record.REGISTERS + 4 * register, value)
  }

  state(): State {
    const machine = this.#machine
    const { block, base } = machine
    const { buffer } = block.words
    const heap = machine.word(record.HEAP_ADDRESS)
    return {
      scalars: {
        instructionCount: machine.float(record.INSTRUCTION_COUNT),
        pc: machine.word(record.PC),
        stop: stopOf(machine),
        equalFlag: machine.word(record.EQUAL_FLAG) === 1,
        remainder: machine.word(record.REMAINDER),
        loopCounter: machine.word(record.LOOP_COUNTER),
        basePointer: machine.word(record.BASE_POINTER),
        heapLength: machine.word(record.HEAP_LENGTH),
        output: this.#output,
      },
      registers: new Int32Array(buffer, base + record.REGISTERS, 32),
      floats: new BigUint64Array(buffer, base + record.FLOAT_REGISTERS, 32),
      stack: new Int32Array(
        buffer,
        machine.word(record.STACK_ADDRESS),
        machine.word(record.STACK_DEPTH),
      ),
      heap: block.bytes.subarray(heap, heap + machine.word(record.HEAP_CAPACITY)),
    }
  }

  release(): void {
    this.#machine.release()
  }
}

export class ReferenceSubject implements Subject {
  readonly name = 'reference'
  readonly #machine: ReferenceMachine

  constructor(trial: Trial) {
    this.#machine = new ReferenceMachine(Buffer.from(trial.image, 'hex'), trial)
    for (const [r, value] of trial.registers.entries()) this.setRegister(r, value)
    for (const [r, text] of trial.floats.entries()) this.#machine.floats[r] = fromBits(text)
  }

  run(fuel: number): void {
    this.#machine.run(fuel)
  }

  setRegister(register: number, value: number): void {
    this.#machine.registers[register] = value
  }

  state(): State {
    const machine = this.#machine
    return {
      scalars: {
        instructionCount: machine.instructionCount,
        pc: machine.pc,
        stop: machine.stop ?? 'yielded',
        equalFlag: machine.equalFlag,
        remainder: machine.remainder,
        loopCounter: machine.loopCounter,
        basePointer: machine.basePointer,
        heapLength: machine.heap.length,
        output: machine.output,
      },
      registers: Int32Array.from(machine.registers),
      floats: new BigUint64Array(Float64Array.from(machine.floats).buffer),
      stack: Int32Array.from(machine.stack),
      heap: machine.heap,
    }
  }

  release(): void {}
}

/** The engine of compiled code, with the code divided by `bounds`. Throws what the compiler throws. */
export function compiledEngine(program: Program, bounds: Bounds | null): Engine {
  const steps = compileInSteps(program, bounds ?? undefined)
  let step = steps.next()
  while (!step.done) step = steps.next()
  if (step.value === undefined) return { run: (machine) => machine.float(record.FUEL) }
  const compiled = new CompiledProgram(step.value)
  return {
    run: (machine) => {
      const exit = compiled.run(machine)
      if (exit === REFUSED) throw new Error('the platform refuses the module')
      return exit
    },
  }
}

function fromBits(text: string): number {
  return Buffer.from(text, 'hex').readDoubleBE()
}

function stopOf(machine: Machine): string {
  switch (machine.word(record.STOP)) {
    case record.STOP_NONE:
      return 'yielded'
    case record.STOP_HALTED:
      return 'halted 0'
    case record.STOP_ILLEGAL:
      return 'halted 1'
    default:
      return FAULT_REASONS[machine.word(record.FAULT)] ?? 'unknown'
  }
}
