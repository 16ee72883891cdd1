// Owns which numbers fit into which operand; the assembler and the disassembler agree by it.

/** Of a number or label in an instruction: 16 bits, unsigned. */
export const LARGEST_U16 = 0xffff
/** Of a shift's count; the least is 1. */
export const LARGEST_COUNT = 31
/** Of LOAD and .integer: 32 bits, signed. */
export const SMALLEST_INTEGER = -(2 ** 31)
export const LARGEST_INTEGER = 2 ** 31 - 1
/** Bytes of an .integer. */
export const INTEGER_BYTES = 4
