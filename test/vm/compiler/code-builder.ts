// Builds code for the fuzzer: instructions as bytes, labels that are settled when the code's start is known.
import { BY_MNEMONIC } from '../../../src/vm/instructions.js'

/** Which label, and which byte of the instruction its address goes to. */
interface Fix {
  readonly index: number
  readonly byte: number
  readonly label: number
}

export class CodeBuilder {
  readonly #bytes: number[] = []
  readonly #fixes: Fix[] = []
  /** By label, the instruction; -1 as long as it is not placed. */
  readonly #labels: number[] = []

  get count(): number {
    return this.#bytes.length / 4
  }

  /** Operand bytes as they are. */
  emit(mnemonic: string, a = 0, b = 0, c = 0): void {
    this.#bytes.push(BY_MNEMONIC.get(mnemonic)?.opcode as number, a, b, c)
  }

  /** A register and a number. */
  wide(mnemonic: string, a: number, value: number): void {
    this.emit(mnemonic, a, (value >> 8) & 255, value & 255)
  }

  /** A number alone. */
  number(mnemonic: string, value: number): void {
    this.emit(mnemonic, (value >> 8) & 255, value & 255)
  }

  /** DJMPE, LOOP, CALL to a label. */
  to(mnemonic: string, label: number): void {
    this.#fixes.push({ index: this.count, byte: 1, label })
    this.emit(mnemonic)
  }

  loadLabel(register: number, label: number): void {
    this.#fixes.push({ index: this.count, byte: 2, label })
    this.emit('LOAD', register)
  }

  /** Any four bytes. */
  raw(bytes: readonly number[]): void {
    this.#bytes.push(...bytes)
  }

  newLabel(): number {
    return this.#labels.push(-1) - 1
  }

  place(label: number): void {
    this.#labels[label] = this.count
  }

  /** A label at the next instruction. */
  here(): number {
    const label = this.newLabel()
    this.place(label)
    return label
  }

  /** The code, to stand at `start`; labels that were never placed stand at its end. */
  build(start: number): Uint8Array {
    for (const { index, byte, label } of this.#fixes) {
      const at = this.#labels[label] as number
      const address = start + 4 * (at < 0 ? this.count : at)
      this.#bytes[index * 4 + byte] = (address >> 8) & 255
      this.#bytes[index * 4 + byte + 1] = address & 255
    }
    return Uint8Array.from(this.#bytes)
  }
}
