// Owns the writing of one function's body: instructions with their operands, and labels by name in the place
// of nesting depths.
import { ByteWriter } from './byte-writer.js'
import * as wasm from './wasm.js'

/** The nesting depth at which a block was opened; stays valid until it is closed. */
export type Label = number

const I32_ALIGNMENT = 2
const F64_ALIGNMENT = 3

export class FunctionWriter {
  readonly code = new ByteWriter()
  #depth = 0

  /** An instruction without operands. */
  op(opcode: number): void {
    this.code.byte(opcode)
  }

  get(local: number): void {
    this.code.pair(wasm.LOCAL_GET, local)
  }

  set(local: number): void {
    this.code.pair(wasm.LOCAL_SET, local)
  }

  tee(local: number): void {
    this.code.pair(wasm.LOCAL_TEE, local)
  }

  i32(value: number): void {
    this.code.byte(wasm.I32_CONST)
    this.code.s32(value)
  }

  f64(value: number): void {
    this.code.byte(wasm.F64_CONST)
    this.code.f64(value)
  }

  loadI32(offset: number, alignment = I32_ALIGNMENT): void {
    this.#memory(wasm.I32_LOAD, alignment, offset)
  }

  storeI32(offset: number, alignment = I32_ALIGNMENT): void {
    this.#memory(wasm.I32_STORE, alignment, offset)
  }

  loadF64(offset: number): void {
    this.#memory(wasm.F64_LOAD, F64_ALIGNMENT, offset)
  }

  storeF64(offset: number): void {
    this.#memory(wasm.F64_STORE, F64_ALIGNMENT, offset)
  }

  /** An f64 to the i32 nearest toward zero; what is too large becomes the largest. */
  truncate(): void {
    this.code.pair(wasm.PREFIX_FC, wasm.I32_TRUNC_SAT_F64_S)
  }

  /** Opens a block, loop or if: `opcode`. */
  open(opcode: number, type: number = wasm.VOID): Label {
    this.code.pair(opcode, type)
    return this.#depth++
  }

  else(): void {
    this.code.byte(wasm.ELSE)
  }

  close(): void {
    this.code.byte(wasm.END)
    this.#depth--
  }

  br(label: Label): void {
    this.code.byte(wasm.BR)
    this.code.u32(this.#distance(label))
  }

  brIf(label: Label): void {
    this.code.byte(wasm.BR_IF)
    this.code.u32(this.#distance(label))
  }

  brTable(labels: readonly Label[], otherwise: Label): void {
    this.code.byte(wasm.BR_TABLE)
    this.code.u32(labels.length)
    for (const label of labels) this.code.u32(this.#distance(label))
    this.code.u32(this.#distance(otherwise))
  }

  #distance(label: Label): number {
    return this.#depth - 1 - label
  }

  #memory(opcode: number, alignment: number, offset: number): void {
    this.code.pair(opcode, alignment)
    this.code.u32(offset)
  }
}
