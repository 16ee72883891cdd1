// Owns how a function is left: with the locals PC and FUEL set and a kind. In the middle of the code that
// must be short, so there most exits are one number, which is taken apart once, at the end:
//
//    bits  0..11   the instruction where the program goes on, counted from the unit's first
//          12..23  instructions that were paid for and not executed
//          24..    kind
import { INSTRUCTION_BYTES } from '../instructions.js'
import { STOP, STOP_HALTED } from '../layout.js'
import { BASE, FUEL, KIND, PC, SCRATCH } from './frame.js'
import type { FunctionWriter, Label } from './function-writer.js'
import * as wasm from './wasm.js'

// Why a function was left.

/** The program goes on elsewhere, at any address. */
export const GOTO = 0
/** At a checkpoint, where less fuel is left than the longest way to the next. */
export const LOW_FUEL = 1
/** At an instruction that the interpreter has to execute: it prints, allocates, faults or stops. */
export const STEP = 2
/** HLT has been executed. */
export const HALTED = 3

const REFUND_SHIFT = 12
const KIND_SHIFT = 24
const FIELD_MASK = 0xfff

export class Exits {
  readonly #writer: FunctionWriter
  /** Index of the unit's first instruction, and its address. */
  readonly #firstIndex: number
  readonly #firstAddress: number
  #plain: Label = 0
  #numbered: Label = 0

  constructor(writer: FunctionWriter, firstIndex: number, firstAddress: number) {
    this.#writer = writer
    this.#firstIndex = firstIndex
    this.#firstAddress = firstAddress
  }

  /** Opens the blocks whose ends the exits break to. */
  open(): void {
    this.#plain = this.#writer.open(wasm.BLOCK)
    this.#numbered = this.#writer.open(wasm.BLOCK, wasm.I32)
  }

  /** Closes them: behind it, PC, FUEL and KIND are set, and STOP is written. */
  close(): void {
    const writer = this.#writer
    writer.op(wasm.UNREACHABLE)
    writer.close()
    writer.tee(SCRATCH)
    writer.i32(FIELD_MASK)
    writer.op(wasm.I32_AND)
    writer.i32(INSTRUCTION_BYTES)
    writer.op(wasm.I32_MUL)
    writer.i32(this.#firstAddress)
    writer.op(wasm.I32_ADD)
    writer.set(PC)
    writer.get(SCRATCH)
    writer.i32(REFUND_SHIFT)
    writer.op(wasm.I32_SHR_U)
    writer.i32(FIELD_MASK)
    writer.op(wasm.I32_AND)
    writer.get(FUEL)
    writer.op(wasm.I32_ADD)
    writer.set(FUEL)
    writer.get(SCRATCH)
    writer.i32(KIND_SHIFT)
    writer.op(wasm.I32_SHR_U)
    writer.set(KIND)
    writer.get(BASE)
    writer.get(KIND)
    writer.i32(HALTED)
    writer.op(wasm.I32_EQ)
    writer.i32(STOP_HALTED)
    writer.op(wasm.I32_MUL)
    writer.storeI32(STOP)
    writer.close()
  }

  /** Leaves, to go on at instruction `index`, with `refund` instructions to give back. */
  leave(kind: number, index: number, refund: number): void {
    this.#number(kind, index, refund)
    this.#writer.br(this.#numbered)
  }

  /** Leaves if the condition that `writeCondition` puts on the stack holds. */
  leaveIf(kind: number, index: number, refund: number, writeCondition: () => void): void {
    writeCondition()
    this.#writer.open(wasm.IF)
    this.leave(kind, index, refund)
    this.#writer.close()
  }

  /** Leaves, to go on at the address in PC. */
  leaveToPc(refund: number): void {
    refundFuel(this.#writer, refund)
    this.#writer.br(this.#plain)
  }

  #number(kind: number, index: number, refund: number): void {
    const offset = index - this.#firstIndex
    this.#writer.i32((kind << KIND_SHIFT) | (refund << REFUND_SHIFT) | offset)
  }
}

/** Gives back `count` instructions that were paid for in advance. */
export function refundFuel(writer: FunctionWriter, count: number): void {
  if (count === 0) return
  writer.get(FUEL)
  writer.i32(count)
  writer.op(wasm.I32_ADD)
  writer.set(FUEL)
}
