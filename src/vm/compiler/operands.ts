// Owns which registers each instruction reads and writes, for the compiler: from the instruction table, with
// the one thing that the table says in words only, which operand is the result.
import { BY_OPCODE } from '../instructions.js'
import * as op from '../opcodes.js'

/** By opcode, the operand byte (1, 2 or 3) that names the register written; 0 if none is. */
export const RESULT = new Uint8Array(256)
const FIRST = [op.LOAD, op.INC, op.DEC, op.SHL, op.SHR, op.LUI, op.POP, op.LOADF64]
const SECOND = [op.NOT, op.LOADM]
const THIRD = [
  ...[op.ADD, op.SUB, op.MUL, op.DIV, op.AND, op.OR, op.XOR],
  ...[op.ADDF64, op.SUBF64, op.MULF64, op.DIVF64],
]
for (const opcode of FIRST) RESULT[opcode] = 1
for (const opcode of SECOND) RESULT[opcode] = 2
for (const opcode of THIRD) RESULT[opcode] = 3

/** By opcode, how many operands, the first ones, are integer registers. */
export const INT_OPERANDS = countOperands('int')
/** By opcode, how many operands, the first ones, are float registers. */
export const FLOAT_OPERANDS = countOperands('float')

function countOperands(kind: 'int' | 'float'): Uint8Array {
  return Uint8Array.from(
    BY_OPCODE,
    (instruction) => instruction?.operands.filter((operand) => operand === kind).length ?? 0,
  )
}
