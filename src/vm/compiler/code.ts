// Owns the compiler's view of a program's code: instructions by index, and how each one leaves. Only what
// begins at a multiple of 4 after the code's start is seen here; anything else is the interpreter's.
import { BY_OPCODE, INSTRUCTION_BYTES, REGISTER_COUNT } from '../instructions.js'
import * as op from '../opcodes.js'
import type { Program } from '../program.js'
import { FLOAT_OPERANDS, INT_OPERANDS, RESULT } from './operands.js'

// How an instruction leaves.

/** To the next instruction, or by a fault. */
export const NEXT = 0
/** DJMPE: to an address or on, by the flag. */
export const BRANCH = 1
/** LOOP: to an address or on, by the loop counter. */
export const COUNT = 2
/** JMP, JMPF, JMPB: to where a register says. */
export const JUMP = 3
/** JMPE: to where a register says or on, by the flag. */
export const BRANCH_JUMP = 4
export const CALL = 5
export const RETURN = 6
export const HALT = 7
/** To the interpreter, which goes on behind it: PRTS and ALOC, rare and long. */
export const LEAVE = 8
/** To the interpreter, which stops there: no such opcode, no such register. */
export const DEAD = 9

export class Code {
  readonly bytes: Uint8Array
  /** Address of the first instruction. */
  readonly start: number
  /** Whole instructions. */
  readonly count: number
  /** One of the constants above for each instruction. */
  readonly leaves: Uint8Array

  constructor(program: Program) {
    this.bytes = program.code
    this.start = program.codeStart
    this.count = Math.floor(program.code.length / INSTRUCTION_BYTES)
    this.leaves = new Uint8Array(this.count)
    for (let index = 0; index < this.count; index++) this.leaves[index] = this.#classify(index)
  }

  opcode(index: number): number {
    return this.bytes[index * 4] as number
  }

  /** The first operand byte; `b` and `c` are the others. */
  a(index: number): number {
    return this.bytes[index * 4 + 1] as number
  }

  b(index: number): number {
    return this.bytes[index * 4 + 2] as number
  }

  c(index: number): number {
    return this.bytes[index * 4 + 3] as number
  }

  /** The u16 in the first two operand bytes: of CALL and the like. */
  u16(index: number): number {
    return (this.a(index) << 8) | this.b(index)
  }

  /** The u16 behind a register: of LOAD and the like. */
  immediate(index: number): number {
    return (this.b(index) << 8) | this.c(index)
  }

  /** The register that the instruction writes, of the file that its operands are of; -1 if it writes none. */
  result(index: number): number {
    const operand = RESULT[this.opcode(index)] as number
    return operand === 0 ? -1 : (this.bytes[index * 4 + operand] as number)
  }

  addressOf(index: number): number {
    return this.start + index * INSTRUCTION_BYTES
  }

  /** The instruction that begins at `address`; -1 if none does. */
  indexOf(address: number): number {
    const index = (address - this.start) / INSTRUCTION_BYTES
    return Number.isInteger(index) && index >= 0 && index < this.count ? index : -1
  }

  #classify(index: number): number {
    const opcode = this.opcode(index)
    if (BY_OPCODE[opcode] === undefined || opcode === op.IGL) return DEAD
    const registers = (INT_OPERANDS[opcode] as number) + (FLOAT_OPERANDS[opcode] as number)
    if (registers > 0 && this.a(index) >= REGISTER_COUNT) return DEAD
    if (registers > 1 && this.b(index) >= REGISTER_COUNT) return DEAD
    if (registers > 2 && this.c(index) >= REGISTER_COUNT) return DEAD
    return LEAVES[opcode] as number
  }
}

const LEAVES = new Uint8Array(256).fill(NEXT)
LEAVES[op.DJMPE] = BRANCH
LEAVES[op.LOOP] = COUNT
LEAVES[op.JMP] = LEAVES[op.JMPF] = LEAVES[op.JMPB] = JUMP
LEAVES[op.JMPE] = BRANCH_JUMP
LEAVES[op.CALL] = CALL
LEAVES[op.RET] = RETURN
LEAVES[op.HLT] = HALT
LEAVES[op.PRTS] = LEAVES[op.ALOC] = LEAVE
