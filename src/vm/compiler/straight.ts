// Owns the code of the instructions that go on to the next one. What can fault is checked first, and leaves
// before it has changed anything: the interpreter executes that one instruction, and so makes the fault.
import * as op from '../opcodes.js'
import type { Code } from './code.js'
import { type Exits, STEP } from './exits.js'
import {
  COUNTER,
  FLAG,
  type Frame,
  HEAP,
  HEAP_END,
  isComparison,
  REMAINDER,
  SCRATCH,
} from './frame.js'
import type { FunctionWriter } from './function-writer.js'
import { FLOAT_OPERANDS } from './operands.js'
import { type LeaveIf, StackWriter } from './stack-writer.js'
import * as wasm from './wasm.js'

/** EQF64 takes two numbers as equal that differ by less. */
const EPSILON = 2 ** -52
/** SHL and SHR without a count. */
const DEFAULT_SHIFT = 16
/** LUI moves the lower half up. */
const HALF_BITS = 16
/** Addresses in heap and stack have no alignment, or that of an entry. */
const UNALIGNED = 0

const NONE = -1

/** Opcodes of instructions that are c = a op b. */
const BINARY: Readonly<Record<number, number>> = {
  [op.ADD]: wasm.I32_ADD,
  [op.SUB]: wasm.I32_SUB,
  [op.MUL]: wasm.I32_MUL,
  [op.AND]: wasm.I32_AND,
  [op.OR]: wasm.I32_OR,
  [op.XOR]: wasm.I32_XOR,
}
const FLOAT_BINARY: Readonly<Record<number, number>> = {
  [op.ADDF64]: wasm.F64_ADD,
  [op.SUBF64]: wasm.F64_SUB,
  [op.MULF64]: wasm.F64_MUL,
  [op.DIVF64]: wasm.F64_DIV,
}
const COMPARISON: Readonly<Record<number, number>> = {
  [op.EQ]: wasm.I32_EQ,
  [op.NEQ]: wasm.I32_NE,
  [op.GTE]: wasm.I32_GE_S,
  [op.LTE]: wasm.I32_LE_S,
  [op.LT]: wasm.I32_LT_S,
  [op.GT]: wasm.I32_GT_S,
  [op.GTF64]: wasm.F64_GT,
  [op.GTEF64]: wasm.F64_GE,
  [op.LTF64]: wasm.F64_LT,
  [op.LTEF64]: wasm.F64_LE,
}

export class StraightWriter {
  readonly #code: Code
  readonly #frame: Frame
  readonly #writer: FunctionWriter
  readonly #exits: Exits
  readonly stack: StackWriter
  /**
   * A comparison that has not been written yet: if a jump follows, the two become one. It is written as
   * soon as one of its operands changes, or FLAG may be seen.
   */
  #comparison = NONE

  constructor(code: Code, frame: Frame, writer: FunctionWriter, exits: Exits) {
    this.#code = code
    this.#frame = frame
    this.#writer = writer
    this.#exits = exits
    this.stack = new StackWriter(code, writer)
  }

  /** Writes the instruction; `refund`: what was paid for and is not executed if it leaves before it. */
  write(index: number, refund: number): void {
    const opcode = this.#code.opcode(index)
    if (isComparison(opcode)) {
      this.#comparison = index
      return
    }
    this.#settleBefore(index)
    const float = FLOAT_BINARY[opcode]
    const binary = BINARY[opcode]
    if (binary !== undefined) this.#binary(index, binary)
    else if (float !== undefined) this.#floatBinary(index, float)
    else this.#other(index, opcode, refund)
  }

  /** Leaves in front of the instruction, for the interpreter to execute it, if the condition holds. */
  leaveIf(index: number, refund: number, writeCondition: () => void): void {
    writeCondition()
    this.#writer.open(wasm.IF)
    this.stack.settleCold()
    this.#exits.leave(STEP, index, refund)
    this.#writer.close()
  }

  /** Makes FLAG what the program's flag is. */
  settleFlag(): void {
    if (this.#comparison === NONE) return
    this.#condition(this.#comparison)
    this.#writer.set(FLAG)
    this.#comparison = NONE
  }

  /** Puts the flag on the stack; true if FLAG has not been set, and holds nothing. */
  takeFlag(): boolean {
    if (this.#comparison === NONE) {
      this.#writer.get(FLAG)
      return false
    }
    this.#condition(this.#comparison)
    this.#comparison = NONE
    return true
  }

  /** Forgets the flag: nobody will see it. */
  dropFlag(): void {
    this.#comparison = NONE
  }

  #settleBefore(index: number): void {
    if (this.#comparison === NONE) return
    const isInt = (FLOAT_OPERANDS[this.#code.opcode(index)] as number) === 0
    const comparesInt = (FLOAT_OPERANDS[this.#code.opcode(this.#comparison)] as number) === 0
    const result = this.#code.result(index)
    const { a, b } = this.#operands(this.#comparison)
    const changes = isInt === comparesInt && (result === a || result === b)
    if (changes || MAY_LEAVE[this.#code.opcode(index)] === 1) this.settleFlag()
  }

  #condition(index: number): void {
    const writer = this.#writer
    const opcode = this.#code.opcode(index)
    const { a, b } = this.#operands(index)
    const isFloat = (FLOAT_OPERANDS[opcode] as number) > 0
    const [x, y] = isFloat
      ? [this.#frame.float(a), this.#frame.float(b)]
      : [this.#frame.int(a), this.#frame.int(b)]
    writer.get(x)
    writer.get(y)
    if (opcode !== op.EQF64 && opcode !== op.NEQF64) {
      writer.op(COMPARISON[opcode] as number)
      return
    }
    writer.op(wasm.F64_EQ)
    writer.get(x)
    writer.get(y)
    writer.op(wasm.F64_SUB)
    writer.op(wasm.F64_ABS)
    writer.f64(EPSILON)
    writer.op(wasm.F64_LT)
    writer.op(wasm.I32_OR)
    if (opcode === op.NEQF64) writer.op(wasm.I32_EQZ)
  }

  #operands(index: number): { a: number; b: number; c: number } {
    return { a: this.#code.a(index), b: this.#code.b(index), c: this.#code.c(index) }
  }

  #binary(index: number, opcode: number): void {
    const { a, b, c } = this.#operands(index)
    this.#writer.get(this.#frame.int(a))
    this.#writer.get(this.#frame.int(b))
    this.#writer.op(opcode)
    this.#writer.set(this.#frame.int(c))
  }

  #floatBinary(index: number, opcode: number): void {
    const { a, b, c } = this.#operands(index)
    this.#writer.get(this.#frame.float(a))
    this.#writer.get(this.#frame.float(b))
    this.#writer.op(opcode)
    this.#writer.set(this.#frame.float(c))
  }

  #other(index: number, opcode: number, refund: number): void {
    const code = this.#code
    const writer = this.#writer
    const a = this.#frame.int(code.a(index))
    switch (opcode) {
      case op.LOAD:
        writer.i32(code.immediate(index))
        writer.set(a)
        break
      case op.LOADF64:
        writer.f64(code.immediate(index))
        writer.set(this.#frame.float(code.a(index)))
        break
      case op.LUI:
        this.#withConstant(a, HALF_BITS, wasm.I32_SHL)
        this.#withConstant(a, code.immediate(index), wasm.I32_OR)
        break
      case op.INC:
        this.#withConstant(a, 1, wasm.I32_ADD)
        break
      case op.DEC:
        this.#withConstant(a, 1, wasm.I32_SUB)
        break
      case op.SHL:
        this.#withConstant(a, (code.b(index) || DEFAULT_SHIFT) & 31, wasm.I32_SHL)
        break
      case op.SHR:
        this.#withConstant(a, (code.b(index) || DEFAULT_SHIFT) & 31, wasm.I32_SHR_S)
        break
      case op.NOT:
        writer.get(a)
        writer.i32(-1)
        writer.op(wasm.I32_XOR)
        writer.set(this.#frame.int(code.b(index)))
        break
      case op.CLOOP:
        writer.i32(code.u16(index))
        writer.set(COUNTER)
        break
      case op.DIV:
        this.#divide(index, refund)
        break
      case op.LOADM:
        this.#heapAddress(a, index, refund)
        writer.loadI32(0, UNALIGNED)
        writer.set(this.#frame.int(code.b(index)))
        break
      case op.SETM:
        this.#heapAddress(a, index, refund)
        writer.get(this.#frame.int(code.b(index)))
        writer.storeI32(0, UNALIGNED)
        break
      case op.PUSH:
        this.stack.push(a, index, this.#leave(index, refund))
        break
      case op.POP:
        this.stack.pop(a, index, this.#leave(index, refund))
        break
      case op.NOP:
        break
      default:
        throw new Error(`opcode ${opcode} does not go on to the next instruction`)
    }
  }

  #leave(index: number, refund: number): LeaveIf {
    return (writeCondition) => this.leaveIf(index, refund, writeCondition)
  }

  #withConstant(local: number, value: number, opcode: number): void {
    this.#writer.get(local)
    this.#writer.i32(value)
    this.#writer.op(opcode)
    this.#writer.set(local)
  }

  // The processor faults at the least i32 / -1, and so does Wasm.
  #divide(index: number, refund: number): void {
    const writer = this.#writer
    const operands = this.#operands(index)
    const a = this.#frame.int(operands.a)
    const b = this.#frame.int(operands.b)
    this.leaveIf(index, refund, () => {
      writer.get(b)
      writer.op(wasm.I32_EQZ)
    })
    writer.get(b)
    writer.i32(-1)
    writer.op(wasm.I32_EQ)
    writer.open(wasm.IF, wasm.I32)
    writer.i32(0)
    writer.get(a)
    writer.op(wasm.I32_SUB)
    writer.else()
    writer.get(a)
    writer.get(b)
    writer.op(wasm.I32_DIV_S)
    writer.close()
    writer.set(SCRATCH)
    writer.get(a)
    writer.get(SCRATCH)
    writer.get(b)
    writer.op(wasm.I32_MUL)
    writer.op(wasm.I32_SUB)
    writer.set(REMAINDER)
    writer.get(SCRATCH)
    writer.set(this.#frame.int(operands.c))
  }

  // Negative offsets are large ones without a sign.
  #heapAddress(offset: number, index: number, refund: number): void {
    const writer = this.#writer
    this.leaveIf(index, refund, () => {
      writer.get(offset)
      writer.get(HEAP_END)
      writer.op(wasm.I32_GE_U)
    })
    writer.get(HEAP)
    writer.get(offset)
    writer.op(wasm.I32_ADD)
  }
}

/** By opcode, 1: the instruction may leave before it is executed, and FLAG is seen then. */
export const MAY_LEAVE = new Uint8Array(256)
for (const opcode of [op.DIV, op.LOADM, op.SETM, op.PUSH, op.POP]) MAY_LEAVE[opcode] = 1
for (const opcode of [op.CALL, op.RET, op.HLT, op.PRTS, op.ALOC]) MAY_LEAVE[opcode] = 1
