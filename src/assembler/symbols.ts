// Owns the labels of one assembly: where each is declared, and which places of the code wait for its value.
// A code label's value depends on the length of the whole read-only section, so values exist only at the end.
import { MAX_LABELS, MAX_SUGGESTIONS } from '../core/limits.js'
import type { Diagnostics, Span } from './diagnostics.js'
import type { SectionName } from './directives.js'
import type { Name } from './parser.js'
import { LARGEST_U16 } from './ranges.js'
import { nearest } from './suggest.js'
import { quote } from './visible.js'

interface Declaration {
  readonly section: SectionName
  /** Bytes from the start of its section. */
  readonly offset: number
  /** Where in the source. */
  readonly at: number
}

interface Use extends Span {
  readonly name: string
  /** Where in the code its value goes, high byte first. */
  readonly target: number
}

export class Symbols {
  readonly #declarations = new Map<string, Declaration>()
  readonly #uses: Use[] = []
  readonly #diagnostics: Diagnostics

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics
  }

  /** False if there are too many. */
  declare(label: Name, section: SectionName, offset: number): boolean {
    const earlier = this.#declarations.get(label.text)
    if (earlier === undefined) {
      this.#declarations.set(label.text, { section, offset, at: label.start })
      return this.#declarations.size <= MAX_LABELS
    }
    this.#diagnostics.report(
      'SymbolAlreadyDeclared',
      label,
      `the label ${quote(label.text)} is already declared`,
      (lineOf) => `it was declared in line ${lineOf(earlier.at)}`,
    )
    return true
  }

  use(name: string, { start, end }: Span, target: number): void {
    this.#uses.push({ name, start, end, target })
  }

  /** The value of each label, in the order of declaration, given the values of the two sections' starts. */
  values(starts: Readonly<Record<SectionName, number>>): Map<string, number> {
    const values = new Map<string, number>()
    for (const [name, { section, offset }] of this.#declarations) {
      values.set(name, starts[section] + offset)
    }
    return values
  }

  /**
   * Writes the values into `code`, and reports the labels that are unknown or too far away; `others` are
   * labels from elsewhere.
   */
  resolve(
    values: ReadonlyMap<string, number>,
    others: ReadonlyMap<string, number>,
    code: Uint8Array,
  ): void {
    let suggestions = 0
    for (const use of this.#uses) {
      const value = values.get(use.name) ?? others.get(use.name)
      if (value === undefined) {
        const mayHint = suggestions++ < MAX_SUGGESTIONS
        const similar = mayHint
          ? (nearest(use.name, values.keys()) ?? nearest(use.name, others.keys()))
          : undefined
        this.#reportUnknown(use, similar)
      } else if (value > LARGEST_U16) {
        this.#diagnostics.report(
          'OperandOutOfRange',
          use,
          `the label ${quote(use.name)} has the value ${value}, operands end at ${LARGEST_U16}`,
        )
      } else {
        code[use.target] = value >> 8
        code[use.target + 1] = value & 0xff
      }
    }
  }

  #reportUnknown(use: Use, similar: string | undefined): void {
    const hint = similar === undefined ? undefined : `did you mean @${similar}?`
    this.#diagnostics.report('UnknownSymbol', use, `no label ${quote(use.name)} is declared`, hint)
  }
}
