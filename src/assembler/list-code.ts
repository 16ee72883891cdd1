// Owns the code of a disassembly: an instruction for each 4 bytes that are exactly what the assembler would
// make of it, `.bytes` for all others, and a label wherever a jump or call in the code goes to.
import { BY_OPCODE, INSTRUCTION_BYTES, REGISTER_COUNT } from '../vm/instructions.js'
import { CALL, DJMPE, LOOP, PRTS } from '../vm/opcodes.js'
import type { Program } from '../vm/program.js'
import { hex } from './hex.js'
import type { LabelNames } from './label-names.js'
import type { Listing } from './listing.js'
import { LARGEST_COUNT } from './ranges.js'

export function listCode(program: Program, names: LabelNames, listing: Listing): void {
  const lister = new CodeLister(program, names)
  lister.nameTargets()
  for (let at = 0; at < program.code.length; at += INSTRUCTION_BYTES) {
    const address = program.codeStart + at
    const label = names.get(address)
    if (label !== undefined) listing.line(`${label}:`)
    const bytes = program.code.subarray(at, at + INSTRUCTION_BYTES)
    listing.statement(lister.statement(at) ?? `.bytes '${hex(bytes)}'`, address)
  }
}

class CodeLister {
  readonly #code: Uint8Array
  readonly #codeStart: number
  readonly #dataLength: number
  readonly #names: LabelNames

  constructor({ code, codeStart, readOnly }: Program, names: LabelNames) {
    this.#code = code
    this.#codeStart = codeStart
    this.#dataLength = readOnly.length
    this.#names = names
  }

  nameTargets(): void {
    for (let at = 0; at < this.#code.length; at += INSTRUCTION_BYTES) {
      if (!jumps(this.#code[at] as number) || this.statement(at) === undefined) continue
      const target = this.#u16(at + 1)
      if (this.#isListed(target)) this.#names.make('L', target)
    }
  }

  /** The instruction at an offset of the code; undefined if none is encoded exactly so. */
  statement(at: number): string | undefined {
    const instruction = BY_OPCODE[this.#code[at] as number]
    if (instruction === undefined || at + INSTRUCTION_BYTES > this.#code.length) return undefined
    let text = instruction.mnemonic
    let next = at + 1
    for (const kind of instruction.operands) {
      const byte = this.#code[next] as number
      switch (kind) {
        case 'int':
        case 'float':
          if (byte >= REGISTER_COUNT) return undefined
          text += ` $${byte}`
          next += 1
          break
        case 'shift':
          if (byte > LARGEST_COUNT) return undefined
          if (byte > 0) text += ` #${byte}`
          next += 1
          break
        case 'value':
        case 'number':
          text += ` ${this.#value(instruction.opcode, this.#u16(next))}`
          next += 2
          break
        default:
          return kind satisfies never
      }
    }
    for (; next < at + INSTRUCTION_BYTES; next++) if (this.#code[next] !== 0) return undefined
    return text
  }

  /** As a label where the instruction goes there, or prints what stands there; else as a number. */
  #value(opcode: number, value: number): string {
    const refers =
      (jumps(opcode) && this.#isListed(value)) || (opcode === PRTS && value < this.#dataLength)
    const name = refers ? this.#names.get(value) : undefined
    return name === undefined ? `#${value}` : `@${name}`
  }

  /** Whether a line of the listing begins at this address. */
  #isListed(address: number): boolean {
    const at = address - this.#codeStart
    return at >= 0 && at < this.#code.length && at % INSTRUCTION_BYTES === 0
  }

  #u16(at: number): number {
    return ((this.#code[at] as number) << 8) | (this.#code[at + 1] as number)
  }
}

function jumps(opcode: number): boolean {
  return opcode === DJMPE || opcode === LOOP || opcode === CALL
}
