// Owns the locals of a unit's function: which part of the machine's record each one holds, how they are
// loaded when the function is entered and written back when it is left. Only what the unit uses has a local,
// and only what it may change is written back.
import { REGISTER_COUNT } from '../instructions.js'
import * as record from '../layout.js'
import * as op from '../opcodes.js'
import type { FunctionWriter } from './function-writer.js'
import type { Graph } from './graph.js'
import { type Locals, writeLocals } from './module.js'
import { FLOAT_OPERANDS, INT_OPERANDS } from './operands.js'
import * as wasm from './wasm.js'

/** Parameters of every function: the record's address, and the number of the entry. */
export const PARAMETERS = 2
export const BASE = 0
/** The entry that is asked for; 0 once it has been reached. */
export const RESUME = 1
/** Fuel left, of which the way to the next checkpoint is paid already. */
export const FUEL = 2
/** Fuel left when the function was entered. */
export const START = 3
/** Fuel left, while FUEL says RESUMING_FUEL. */
export const SAVED = 17
/** Where a jump goes, or the program goes on after the function. */
export const PC = 4
/** Why the function is left. */
export const KIND = 5
/** What a dispatch decides by; 0 while resuming. */
export const LABEL = 6
/** 0 or 1. */
export const FLAG = 7
export const COUNTER = 8
export const REMAINDER = 9
/** Byte address of the stack's first entry. */
export const STACK = 10
/** Entries on the stack. */
export const TOP = 11
/** Entries on the stack right after the latest CALL; 0 outside any. */
export const FRAME = 12
/** Entries that are backed. */
export const STACK_END = 13
/** Byte address of the heap. */
export const HEAP = 14
/** Offsets below this one have 4 bytes of backed heap. */
export const HEAP_END = 15
/** For one instruction's own use. */
export const SCRATCH = 16
const FIRST_REGISTER = 18

/** Far below zero, yet no subtraction on the way to an entry makes it positive. */
export const RESUMING_FUEL = -(2 ** 30)

const USED = 1
const WRITTEN = 2

export class Frame {
  readonly #ints = new Uint8Array(REGISTER_COUNT)
  readonly #floats = new Uint8Array(REGISTER_COUNT)
  readonly #opcodes = new Uint8Array(256)
  readonly #intLocals = new Uint8Array(REGISTER_COUNT)
  readonly #floatLocals = new Uint8Array(REGISTER_COUNT)
  readonly #locals: Locals

  readonly #fuelPerCall: number

  /** The frame for the blocks among `nodes`. */
  constructor(graph: Graph, nodes: readonly number[], fuelPerCall: number) {
    this.#fuelPerCall = fuelPerCall
    for (const index of nodes) {
      const { kind, value } = graph.node(index)
      if (kind === 'block' || kind === 'steps') this.#use(graph, value)
    }
    let next = FIRST_REGISTER
    for (let r = 0; r < REGISTER_COUNT; r++) if (this.#ints[r] !== 0) this.#intLocals[r] = next++
    const i32 = next - PARAMETERS
    for (let r = 0; r < REGISTER_COUNT; r++)
      if (this.#floats[r] !== 0) this.#floatLocals[r] = next++
    this.#locals = { i32, f64: next - PARAMETERS - i32 }
  }

  /** The local of an integer register that the unit uses. */
  int(register: number): number {
    return this.#intLocals[register] as number
  }

  float(register: number): number {
    return this.#floatLocals[register] as number
  }

  /** The head of the function: declares the locals and loads all but RESUME. */
  writeEntry(writer: FunctionWriter): void {
    writeLocals(writer.code, this.#locals)
    const load = (local: number, offset: number): void => {
      writer.get(BASE)
      writer.loadI32(offset)
      writer.set(local)
    }
    for (let r = 0; r < REGISTER_COUNT; r++) {
      if (this.#ints[r] !== 0) load(this.int(r), record.REGISTERS + r * 4)
      if (this.#floats[r] === 0) continue
      writer.get(BASE)
      writer.loadF64(record.FLOAT_REGISTERS + r * 8)
      writer.set(this.float(r))
    }
    if (this.#usesFlag()) load(FLAG, record.EQUAL_FLAG)
    if (this.#usesCounter()) load(COUNTER, record.LOOP_COUNTER)
    if (this.#usesRemainder()) load(REMAINDER, record.REMAINDER)
    if (this.#usesStack()) {
      load(STACK, record.STACK_ADDRESS)
      load(TOP, record.STACK_DEPTH)
      load(FRAME, record.BASE_POINTER)
      load(STACK_END, record.STACK_CAPACITY)
    }
    if (this.#usesHeap()) this.#loadHeap(writer)
    this.#loadFuel(writer)
  }

  /** The end of the function: writes everything back. */
  writeExit(writer: FunctionWriter): void {
    const store = (local: number, offset: number): void => {
      writer.get(BASE)
      writer.get(local)
      writer.storeI32(offset)
    }
    for (let r = 0; r < REGISTER_COUNT; r++) {
      if (this.#ints[r] === WRITTEN) store(this.int(r), record.REGISTERS + r * 4)
      if (this.#floats[r] === WRITTEN) this.#storeFloat(writer, r)
    }
    store(PC, record.PC)
    if (this.#usesFlag()) store(FLAG, record.EQUAL_FLAG)
    if (this.#usesCounter()) store(COUNTER, record.LOOP_COUNTER)
    if (this.#usesRemainder()) store(REMAINDER, record.REMAINDER)
    if (this.#usesStack()) {
      store(TOP, record.STACK_DEPTH)
      store(FRAME, record.BASE_POINTER)
    }
    addConsumed(writer, wasm.F64_SUB, record.FUEL)
    addConsumed(writer, wasm.F64_ADD, record.INSTRUCTION_COUNT)
  }

  #use(graph: Graph, block: number): void {
    const { code } = graph
    for (let index = graph.firstOf(block); index <= graph.lastOf(block); index++) {
      const opcode = code.opcode(index)
      const ints = INT_OPERANDS[opcode] as number
      const floats = FLOAT_OPERANDS[opcode] as number
      const file = ints > 0 ? this.#ints : this.#floats
      this.#opcodes[opcode] = 1
      // Registers that do not exist fall outside of the array and are forgotten.
      for (let operand = 1; operand <= ints + floats; operand++) {
        const register = code.bytes[index * 4 + operand] as number
        file[register] = Math.max(file[register] ?? 0, USED)
      }
      const result = code.result(index)
      if (result >= 0) file[result] = WRITTEN
    }
  }

  #usesAny(...opcodes: number[]): boolean {
    return opcodes.some((opcode) => this.#opcodes[opcode] === 1)
  }

  #usesFlag(): boolean {
    for (let opcode = 0; opcode < 256; opcode++) {
      if (this.#opcodes[opcode] === 1 && isComparison(opcode)) return true
    }
    return this.#usesAny(op.DJMPE, op.JMPE)
  }

  #usesCounter(): boolean {
    return this.#usesAny(op.CLOOP, op.LOOP)
  }

  #usesRemainder(): boolean {
    return this.#usesAny(op.DIV)
  }

  #usesStack(): boolean {
    return this.#usesAny(op.PUSH, op.POP, op.CALL, op.RET)
  }

  #usesHeap(): boolean {
    return this.#usesAny(op.LOADM, op.SETM)
  }

  // 4 bytes fit at offsets below the capacity less 3; the smallest backed heap, and none at all, need the maximum.
  #loadHeap(writer: FunctionWriter): void {
    writer.get(BASE)
    writer.loadI32(record.HEAP_ADDRESS)
    writer.set(HEAP)
    writer.get(BASE)
    writer.loadI32(record.HEAP_CAPACITY)
    writer.i32(3)
    writer.op(wasm.I32_SUB)
    writer.tee(HEAP_END)
    writer.i32(0)
    writer.get(HEAP_END)
    writer.i32(0)
    writer.op(wasm.I32_GT_S)
    writer.op(wasm.SELECT)
    writer.set(HEAP_END)
  }

  // In small integers: the record's fuel may be Infinity. Whoever calls comes back for more.
  #loadFuel(writer: FunctionWriter): void {
    writer.get(BASE)
    writer.loadF64(record.FUEL)
    writer.f64(this.#fuelPerCall)
    writer.op(wasm.F64_MIN)
    writer.truncate()
    writer.tee(START)
    writer.set(SAVED)
    writer.i32(RESUMING_FUEL)
    writer.set(FUEL)
  }

  // Whatever NaN an operation of the processor has made, only one leaves.
  #storeFloat(writer: FunctionWriter, register: number): void {
    const local = this.float(register)
    writer.get(BASE)
    writer.get(local)
    writer.f64(Number.NaN)
    writer.get(local)
    writer.get(local)
    writer.op(wasm.F64_EQ)
    writer.op(wasm.SELECT)
    writer.storeF64(record.FLOAT_REGISTERS + register * 8)
  }
}

export function isComparison(opcode: number): boolean {
  return (opcode >= op.EQ && opcode <= op.GT) || (opcode >= op.EQF64 && opcode <= op.LTEF64)
}

function addConsumed(writer: FunctionWriter, opcode: number, offset: number): void {
  writer.get(BASE)
  writer.get(BASE)
  writer.loadF64(offset)
  writer.get(START)
  writer.get(FUEL)
  writer.op(wasm.I32_SUB)
  writer.op(wasm.F64_CONVERT_I32_S)
  writer.op(opcode)
  writer.storeF64(offset)
}
