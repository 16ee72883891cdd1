// Owns the names of labels in a disassembly: those of the program's symbols where they can be written, else
// names made from what they stand for, as D6 and L68.
import { LARGEST_U16 } from './ranges.js'

const NAME = /^[A-Za-z0-9_]{1,64}$/

export class LabelNames {
  readonly #names = new Map<number, string>()
  readonly #taken = new Set<string>()

  // Data labels have values below the length of the read-only section, code labels lie 68 and more above it:
  // one table serves both.
  constructor(symbols: ReadonlyMap<string, number>) {
    for (const [name, value] of symbols) {
      const usable = Number.isInteger(value) && value >= 0 && value <= LARGEST_U16
      if (!usable || !NAME.test(name) || this.#names.has(value)) continue
      this.#names.set(value, name)
      this.#taken.add(name)
    }
  }

  /** All values that have a name, in ascending order. */
  values(): number[] {
    return [...this.#names.keys()].sort((a, b) => a - b)
  }

  get(value: number): string | undefined {
    return this.#names.get(value)
  }

  /** The name of a value, made if need be; undefined where no operand reaches it, or the name is another's. */
  make(prefix: 'D' | 'L', value: number): string | undefined {
    const known = this.#names.get(value)
    if (known !== undefined || value > LARGEST_U16) return known
    const name = `${prefix}${value}`
    if (this.#taken.has(name)) return undefined
    this.#names.set(value, name)
    return name
  }
}
