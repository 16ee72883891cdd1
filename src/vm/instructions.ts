// Owns the instruction set: one table, from which decoding, the assembler, the disassembler and
// docs/isa.md come. It does not know how anything is executed.
//
// Every instruction is exactly 4 bytes: the opcode, then three operand bytes, unused ones zero.
//
//    byte 0   byte 1   byte 2   byte 3
//   +--------+--------+--------+--------+
//   | opcode |   -    |   -    |   -    |   none
//   | opcode |   a    |   -    |   -    |   a             a, b, c: a register, 0 to 31
//   | opcode |   a    |   b    |   -    |   a b
//   | opcode |   a    |   b    |   c    |   a b c
//   | opcode |   a    |   n    |   -    |   a shift       n: a count
//   | opcode |   a    |  high  |  low   |   a u16         u16: unsigned, high byte first
//   | opcode |  high  |  low   |   -    |   u16

export const INSTRUCTION_BYTES = 4
export const REGISTER_COUNT = 32

/**
 * What an operand may be:
 * `int`, `float`: a register of that file; `value`: a number 0 to 65535 or a label;
 * `number`: a number 0 to 65535; `shift`: a count 1 to 31, or nothing, which stands for 16.
 */
export type OperandKind = 'int' | 'float' | 'value' | 'number' | 'shift'

export interface Instruction {
  readonly opcode: number
  readonly mnemonic: string
  readonly operands: readonly OperandKind[]
  /** The effect, in the notation of docs/isa.md: a, b, c are operands, A is the instruction's own address. */
  readonly effect: string
  readonly faults: readonly FaultReason[]
}

/** What a program can do wrong; each stops it with code 1, and the faulting instruction changes nothing. */
export const FAULTS = {
  divisionByZero: 'DIV by a register that holds 0',
  heapOutOfRange: 'LOADM or SETM where not all 4 bytes lie in the heap',
  heapLimit: 'ALOC beyond the ceiling of the heap',
  negativeAllocation: 'ALOC of a negative number of bytes',
  stackOverflow: 'PUSH or CALL beyond the ceiling of the stack',
  stackUnderflow: 'POP where the frame holds nothing to pop',
  returnWithoutCall: 'RET outside any call',
  badRegister: 'a register operand above 31',
  truncatedInstruction: 'the image ends inside the instruction',
  badString: 'PRTS of an offset outside the read-only section, or of text without its NUL',
} as const

export type FaultReason = keyof typeof FAULTS

const REGISTERS: readonly FaultReason[] = ['badRegister']

function define(
  opcode: number,
  mnemonic: string,
  operands: string,
  effect: string,
  ...faults: FaultReason[]
): Instruction {
  const kinds = operands === '' ? [] : (operands.split(' ') as OperandKind[])
  const registers = kinds.some((kind) => kind === 'int' || kind === 'float')
  return {
    opcode,
    mnemonic,
    operands: kinds,
    effect,
    faults: registers ? [...REGISTERS, ...faults] : faults,
  }
}

export const INSTRUCTIONS: readonly Instruction[] = [
  define(0, 'LOAD', 'int value', 'a = u16, zero-extended'),
  define(1, 'ADD', 'int int int', 'c = a + b, wrapping'),
  define(2, 'SUB', 'int int int', 'c = a - b, wrapping'),
  define(3, 'MUL', 'int int int', 'c = a * b, wrapping'),
  define(
    4,
    'DIV',
    'int int int',
    'c = a / b toward zero; remainder = what is left, with the sign of a; the least i32 / -1 gives itself, remainder 0',
    'divisionByZero',
  ),
  define(5, 'HLT', '', 'stop with code 0; one byte at the end of the image is enough'),
  define(6, 'JMP', 'int', 'pc = a'),
  define(7, 'JMPF', 'int', 'pc = A + 2 + a'),
  define(8, 'JMPB', 'int', 'pc = A + 2 - a'),
  define(9, 'EQ', 'int int', 'flag = a == b'),
  define(10, 'NEQ', 'int int', 'flag = a != b'),
  define(11, 'GTE', 'int int', 'flag = a >= b'),
  define(12, 'LTE', 'int int', 'flag = a <= b'),
  define(13, 'LT', 'int int', 'flag = a < b'),
  define(14, 'GT', 'int int', 'flag = a > b'),
  define(15, 'JMPE', 'int', 'if flag: pc = a'),
  define(16, 'NOP', '', 'nothing'),
  define(17, 'ALOC', 'int', 'the heap grows by a zero bytes', 'negativeAllocation', 'heapLimit'),
  define(18, 'INC', 'int', 'a = a + 1, wrapping'),
  define(19, 'DEC', 'int', 'a = a - 1, wrapping'),
  define(20, 'DJMPE', 'value', 'if flag: pc = u16'),
  define(
    21,
    'PRTS',
    'value',
    'print the NUL-terminated UTF-8 text at offset u16 of the read-only section',
    'badString',
  ),
  define(22, 'LOADF64', 'float number', 'a = u16 as a float'),
  define(23, 'ADDF64', 'float float float', 'c = a + b'),
  define(24, 'SUBF64', 'float float float', 'c = a - b'),
  define(25, 'MULF64', 'float float float', 'c = a * b'),
  define(26, 'DIVF64', 'float float float', 'c = a / b, by IEEE 754; the remainder stays'),
  define(27, 'EQF64', 'float float', 'flag = a and b are identical, or |a - b| < 2^-52'),
  define(28, 'NEQF64', 'float float', 'flag = not EQF64'),
  define(29, 'GTF64', 'float float', 'flag = a > b'),
  define(30, 'GTEF64', 'float float', 'flag = a >= b'),
  define(31, 'LTF64', 'float float', 'flag = a < b'),
  define(32, 'LTEF64', 'float float', 'flag = a <= b'),
  define(33, 'SHL', 'int shift', 'a = a << n; n = 0 means 16, n is taken modulo 32'),
  define(
    34,
    'SHR',
    'int shift',
    'a = a >> n, keeping the sign; n = 0 means 16, n is taken modulo 32',
  ),
  define(35, 'AND', 'int int int', 'c = a & b'),
  define(36, 'OR', 'int int int', 'c = a | b'),
  define(37, 'XOR', 'int int int', 'c = a ^ b'),
  define(38, 'NOT', 'int int', 'b = ~a'),
  define(39, 'LUI', 'int value', 'a = (a << 16) | u16'),
  define(40, 'CLOOP', 'number', 'loop counter = u16'),
  define(41, 'LOOP', 'value', 'if loop counter is not 0: loop counter - 1, pc = u16'),
  define(42, 'LOADM', 'int int', 'b = the little-endian i32 at heap[a .. a + 3]', 'heapOutOfRange'),
  define(43, 'SETM', 'int int', 'heap[a .. a + 3] = b, little-endian', 'heapOutOfRange'),
  define(44, 'PUSH', 'int', 'push a', 'stackOverflow'),
  define(45, 'POP', 'int', 'a = what was pushed last', 'stackUnderflow'),
  define(
    46,
    'CALL',
    'value',
    'push A + 4 and the base pointer (two entries); base pointer = stack depth; pc = u16',
    'stackOverflow',
  ),
  define(
    47,
    'RET',
    '',
    'drop what the callee left; pop the base pointer and pc',
    'returnWithoutCall',
  ),
  define(100, 'IGL', '', 'stop with code 1, like every opcode that is not in this table'),
]

/** By opcode; undefined for an opcode that is not in the table, which acts as IGL. */
export const BY_OPCODE: readonly (Instruction | undefined)[] = Array.from(
  { length: 256 },
  (_, opcode) => INSTRUCTIONS.find((instruction) => instruction.opcode === opcode),
)

/** By mnemonic, in upper case. */
export const BY_MNEMONIC: ReadonlyMap<string, Instruction> = new Map(
  INSTRUCTIONS.map((instruction) => [instruction.mnemonic, instruction]),
)
