// Owns the decoded form of a program: one i32 per instruction, which the interpreter reads instead of the
// image. What can be known before an instruction runs is settled here: register operands are in range, the
// image does not end inside, a comparison followed by a jump is one step.
//
//    bits   0..7     8..12   13..17   18..22
//         +--------+-------+--------+--------+---+
//         |  code  |   a   |    b   |    c   |   |   a, b, c: registers; b also a shift's count
//         |  code  |   a   |   |        u16      |   u16: bits 16..31
//         |  code  |   a   |    b   |    slot    |   a comparison and its DJMPE: slot, bits 18..31, is where it leads
//
// An address mod 4 is its alignment. Code can be entered at any of the four, so there are four arrays, each
// over the whole image, header included: slot s of alignment p is the instruction at address 4 s + p. All
// start as UNDECODED, and are decoded in short runs as the interpreter gets there. That is 0, so that nobody has to
// fill the arrays, and the platform finds memory only for the pages that are reached.
import { DECODED_AT_ONCE } from '../core/limits.js'
import { Tier } from './compiler/tier.js'
import {
  BY_OPCODE,
  INSTRUCTION_BYTES,
  type Instruction,
  type OperandKind,
  REGISTER_COUNT,
} from './instructions.js'
import { DJMPE, EQ, EQF64, GT, HLT, LOAD, LTEF64 } from './opcodes.js'
import type { Program } from './program.js'

// Codes beyond the opcodes, packed tightly, so that a `switch` over all codes becomes one table.

/** Stops with code 1: no such opcode, or the end of the image. */
export const ILLEGAL = 48
export const BAD_REGISTER = 49
export const TRUNCATED = 50
/** A whole word, not looked at yet. LOAD has the opcode 0 too, but LOAD_MARK. */
export const UNDECODED = 0
/** A bit that no field of LOAD takes. */
const LOAD_MARK = 1 << 13
/** A comparison and the DJMPE after it: the code of the comparison and this. */
export const FUSED_INT = 51 - EQ
export const FUSED_FLOAT = 57 - EQF64

const ALIGNMENTS = INSTRUCTION_BYTES

/** The decoded form of `program`; one per program, as long as the program lives. */
export function decodedProgram(program: Program): DecodedProgram {
  let decoded = cache.get(program)
  if (decoded === undefined) {
    decoded = new DecodedProgram(program)
    cache.set(program, decoded)
  }
  return decoded
}

const cache = new WeakMap<Program, DecodedProgram>()

export class DecodedProgram {
  readonly program: Program
  /** Bytes of the image; an instruction is fetched from below it. */
  readonly length: number
  /** Offset of the last NUL in the read-only section, -1 without one: text can start anywhere up to it. */
  readonly lastNul: number
  /** How far the program has come on its way to compiled code. */
  readonly tier = new Tier()
  readonly #slots: (Int32Array | undefined)[] = new Array(ALIGNMENTS)

  constructor(program: Program) {
    this.program = program
    this.length = program.bytes.length
    this.lastNul = program.readOnly.lastIndexOf(0)
  }

  /** The slots of one alignment, ending with one ILLEGAL or TRUNCATED that nothing can fall through. */
  slots(alignment: number): Int32Array {
    const existing = this.#slots[alignment]
    if (existing !== undefined) return existing
    const count = Math.ceil(Math.max(this.length - alignment, 0) / INSTRUCTION_BYTES) + 1
    const slots = new Int32Array(count)
    slots[count - 1] = ILLEGAL
    this.#slots[alignment] = slots
    return slots
  }

  /** Decodes `slot` of that alignment, which is UNDECODED, and some that follow. */
  decodeFrom(slot: number, alignment: number): void {
    const slots = this.slots(alignment)
    const end = Math.min(slot + DECODED_AT_ONCE, slots.length - 1)
    for (let s = slot; s < end; s++) {
      slots[s] = this.#decode(s * INSTRUCTION_BYTES + alignment)
    }
  }

  #decode(address: number): number {
    const image = this.program.bytes
    const instruction = BY_OPCODE[image[address] as number]
    if (instruction === undefined || instruction.opcode >= ILLEGAL) return ILLEGAL
    const next = address + INSTRUCTION_BYTES
    if (next > image.length) return instruction.opcode === HLT ? HLT : TRUNCATED
    const word = pack(image, address, instruction)
    const fused = fusedCode(instruction.opcode)
    if (fused === 0 || word === BAD_REGISTER || image[next] !== DJMPE) return word
    const target = readU16(image, next + 1)
    const isNear = (target - address) % ALIGNMENTS === 0 && target < image.length
    if (!isNear || next + INSTRUCTION_BYTES > image.length) return word
    return (word & ~0xff) | fused | ((target >> 2) << 18)
  }
}

function pack(image: Uint8Array, address: number, instruction: Instruction): number {
  let word = instruction.opcode === LOAD ? LOAD | LOAD_MARK : instruction.opcode
  let byte = address + 1
  let field = 8
  for (const kind of instruction.operands) {
    if (isRegister(kind)) {
      const register = image[byte] as number
      if (register >= REGISTER_COUNT) return BAD_REGISTER
      word |= register << field
    } else if (kind === 'shift') {
      // No count stands for 16; others count modulo 32.
      word |= ((image[byte] || 16) & 31) << field
    } else {
      word |= readU16(image, byte) << 16
    }
    byte++
    field += 5
  }
  return word
}

function isRegister(kind: OperandKind): boolean {
  return kind === 'int' || kind === 'float'
}

/** 0 for what is no comparison. */
function fusedCode(opcode: number): number {
  if (opcode >= EQ && opcode <= GT) return opcode + FUSED_INT
  if (opcode >= EQF64 && opcode <= LTEF64) return opcode + FUSED_FLOAT
  return 0
}

function readU16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number)
}
