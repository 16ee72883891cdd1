// Owns the bytes of one instruction: its opcode and operands in the layout of the instruction table.
import type { ByteWriter } from '../core/bytes.js'
import { BY_OPCODE, INSTRUCTION_BYTES, type Instruction } from '../vm/instructions.js'
import { DJMPE, JMPE, LOAD, LUI } from '../vm/opcodes.js'
import type { Operand } from './parser.js'
import { LARGEST_U16 } from './ranges.js'
import type { Symbols } from './symbols.js'

/** Appends an instruction whose operands have been checked; the values of its labels follow at the end. */
export function emit(
  instruction: Instruction,
  operands: readonly Operand[],
  code: ByteWriter,
  symbols: Symbols,
): void {
  const [first, second] = operands
  if (instruction.opcode === JMPE && first?.shape === 'label') {
    emit(BY_OPCODE[DJMPE] as Instruction, operands, code, symbols)
  } else if (instruction.opcode === LOAD && first && isWide(second)) {
    put(code, [LOAD, first.value, (second.value >> 24) & 0xff, (second.value >> 16) & 0xff])
    put(code, [LUI, first.value, (second.value >> 8) & 0xff, second.value & 0xff])
  } else {
    put(code, encode(instruction, operands, code.length, symbols))
  }
}

/** Stands for an instruction that could not be made, so that the labels behind it keep their values. */
export function emitNothing(code: ByteWriter): void {
  put(code, [])
}

function isWide(operand: Operand | undefined): operand is Operand {
  return operand?.shape === 'integer' && (operand.value < 0 || operand.value > LARGEST_U16)
}

function encode(
  { opcode, operands: kinds }: Instruction,
  operands: readonly Operand[],
  address: number,
  symbols: Symbols,
): number[] {
  const bytes = [opcode]
  operands.forEach((operand, index) => {
    const kind = kinds[index]
    if (kind !== 'value' && kind !== 'number') {
      bytes.push(operand.value)
    } else {
      if (operand.shape === 'label') symbols.use(operand.text, operand, address + bytes.length)
      bytes.push(operand.value >> 8, operand.value & 0xff)
    }
  })
  return bytes
}

function put(code: ByteWriter, bytes: readonly number[]): void {
  for (let at = 0; at < INSTRUCTION_BYTES; at++) code.byte(bytes[at] ?? 0)
}
