// Owns the code of what uses the machine's stack: PUSH, POP, CALL, RET. Within a block the height of the stack
// is known relative to its beginning, so one check, before the first push, serves all that the block pushes,
// and another all that it pops of what was there before; entries are addressed by constant offsets.
//
// TOP is what it was when it was last set, and the stack is `pending` entries higher. Who leaves in the middle of
// a block says so (settleCold), who goes on elsewhere makes TOP right (settle).
import * as op from '../opcodes.js'
import type { Code } from './code.js'
import { FRAME, PC, STACK, STACK_END, TOP } from './frame.js'
import type { FunctionWriter } from './function-writer.js'
import * as wasm from './wasm.js'

/** What CALL pushes: the return address, then the old base pointer. */
const CALL_ENTRIES = 2
const ENTRY_BYTES = 4
const ENTRY_SHIFT = 2

/** Leaves to the interpreter, in front of the present instruction, if the condition holds. */
export type LeaveIf = (writeCondition: () => void) => void

export class StackWriter {
  readonly #code: Code
  readonly #writer: FunctionWriter
  /** Behind the last instruction whose needs a check may include. */
  #end = 0
  /** The stack's height above TOP. */
  #pending = 0
  /** Entries above TOP that are known to be backed. */
  #backed = 0

  constructor(code: Code, writer: FunctionWriter) {
    this.#code = code
    this.#writer = writer
  }

  /** Begins with a stack of which nothing is known; what follows goes straight on up to `end`. */
  begin(end: number): void {
    this.#end = end
    this.#pending = 0
    this.#backed = 0
  }

  /** Makes TOP the stack's height. */
  settle(): void {
    const pending = this.#pending
    this.settleCold()
    this.#pending = 0
    this.#backed -= pending
  }

  /** The same on a way that leaves, while the others go on as they were. */
  settleCold(): void {
    if (this.#pending === 0) return
    this.#writer.get(TOP)
    this.#writer.i32(this.#pending)
    this.#writer.op(wasm.I32_ADD)
    this.#writer.set(TOP)
  }

  push(local: number, index: number, leaveIf: LeaveIf): void {
    this.#back(index, 1, leaveIf)
    this.#address()
    this.#writer.get(local)
    this.#writer.storeI32(this.#pending * ENTRY_BYTES)
    this.#pending++
  }

  pop(local: number, index: number, leaveIf: LeaveIf): void {
    if (this.#pending === 0) this.#lower(index, leaveIf)
    this.#pending--
    this.#address()
    this.#writer.loadI32(this.#pending * ENTRY_BYTES)
    this.#writer.set(local)
  }

  /** Sets TOP and FRAME. */
  call(returnAddress: number, index: number, leaveIf: LeaveIf): void {
    const writer = this.#writer
    this.#back(index, CALL_ENTRIES, leaveIf)
    this.#address()
    writer.i32(returnAddress)
    writer.storeI32(this.#pending * ENTRY_BYTES)
    this.#address()
    writer.get(FRAME)
    writer.storeI32((this.#pending + 1) * ENTRY_BYTES)
    this.#pending += CALL_ENTRIES
    this.settle()
    writer.get(TOP)
    writer.set(FRAME)
  }

  /** Takes the latest CALL's frame off the stack: sets TOP, FRAME and PC. */
  return(leaveIf: LeaveIf): void {
    const writer = this.#writer
    leaveIf(() => {
      writer.get(FRAME)
      writer.op(wasm.I32_EQZ)
    })
    this.#pending = 0
    writer.get(FRAME)
    writer.i32(CALL_ENTRIES)
    writer.op(wasm.I32_SUB)
    writer.set(TOP)
    this.#address()
    writer.loadI32(0)
    writer.set(PC)
    this.#address()
    writer.loadI32(ENTRY_BYTES)
    writer.set(FRAME)
  }

  /** Puts the byte address of the entry at TOP on the stack of Wasm. */
  #address(): void {
    const writer = this.#writer
    writer.get(STACK)
    writer.get(TOP)
    writer.i32(ENTRY_SHIFT)
    writer.op(wasm.I32_SHL)
    writer.op(wasm.I32_ADD)
  }

  /** Checks that there is room for `count` entries at `index`, and all that the block pushes after it. */
  #back(index: number, count: number, leaveIf: LeaveIf): void {
    if (this.#pending + count <= this.#backed) return
    const backed = this.#pending + this.#extreme(index, Math.max)
    const writer = this.#writer
    leaveIf(() => {
      writer.get(TOP)
      writer.i32(backed)
      writer.op(wasm.I32_ADD)
      writer.get(STACK_END)
      writer.op(wasm.I32_GT_S)
    })
    this.#backed = backed
  }

  /** Checks that what the block pops from here on, beyond what it pushes, is the frame's, and lowers TOP by that. */
  #lower(index: number, leaveIf: LeaveIf): void {
    const count = -this.#extreme(index, Math.min)
    const writer = this.#writer
    leaveIf(() => {
      writer.get(TOP)
      writer.get(FRAME)
      if (count > 1) {
        writer.i32(count - 1)
        writer.op(wasm.I32_ADD)
      }
      writer.op(wasm.I32_LE_S)
    })
    writer.get(TOP)
    writer.i32(count)
    writer.op(wasm.I32_SUB)
    writer.set(TOP)
    this.#pending = count
    this.#backed += count
  }

  /** The highest or lowest that the stack gets, from its present height. */
  #extreme(from: number, choose: (x: number, y: number) => number): number {
    let height = 0
    let found = 0
    for (let index = from; index < this.#end; index++) {
      const opcode = this.#code.opcode(index)
      if (opcode === op.PUSH) height++
      else if (opcode === op.POP) height--
      else if (opcode === op.CALL) height += CALL_ENTRIES
      found = choose(found, height)
    }
    return found
  }
}
