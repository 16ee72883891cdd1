// Owns the grammar: which tokens make a statement. It reports text that is none as ParseError and goes on
// with the next statement, so that one mistake is reported once. It does not know what a statement means.
//
//   statement   [label:] mnemonic operand*      operand   $1  #-5  #1.5  @label  'text'
//               [label:] .directive operand*
//
// Line ends only separate: a statement ends where the next one, or the source, does.
import { BY_MNEMONIC } from '../vm/instructions.js'
import type { Diagnostics, Span } from './diagnostics.js'
import { isDigit, Lexer } from './lexer.js'
import { explain } from './malformed.js'
import { quote } from './visible.js'

export interface Name extends Span {
  readonly text: string
}

export type OperandShape = 'register' | 'integer' | 'fraction' | 'label' | 'string'

export interface Operand extends Span {
  readonly shape: OperandShape
  /** Of a register or an integer; a number with too many digits is far out of any range. */
  readonly value: number
  /** Of a label its name, of a string what stands between the quotes, else empty. */
  readonly text: string
}

/** `nothing`: a label at the end of the source; it has been reported and is kept so that its name is known. */
export interface Statement extends Span {
  readonly kind: 'instruction' | 'directive' | 'nothing'
  /** The mnemonic or directive, as written. */
  readonly name: string
  /** At most one in a source without errors. */
  readonly labels: readonly Name[]
  /** The first ones: one more than any statement has is enough to see that there are too many. */
  readonly operands: readonly Operand[]
  readonly operandCount: number
  /** Where the last operand ends. */
  readonly operandsEnd: number
  /** False if part of it did not parse: what is missing then is no mistake of its own. */
  readonly whole: boolean
}

const OPERANDS_KEPT = 4
/** Numbers stop growing here: beyond every range, and still exact. */
const LARGEST_NUMBER = 2 ** 40

export class Parser {
  readonly #lexer: Lexer
  readonly #diagnostics: Diagnostics
  /** Where the last token ended that was part of the source's text. */
  end = 0

  constructor(source: string, diagnostics: Diagnostics) {
    this.#lexer = new Lexer(source)
    this.#diagnostics = diagnostics
  }

  /** The next statement; undefined at the end. */
  next(): Statement | undefined {
    const labels: Name[] = []
    for (;;) {
      const { kind, start, end } = this.#lexer
      switch (kind) {
        case 'label':
          this.#label(labels)
          break
        case 'directive':
          return this.#statement('directive', labels)
        case 'word':
          if (!this.#isStrayNumber()) return this.#statement('instruction', labels)
          this.#reportNumber()
          this.#advance()
          break
        case 'end':
          return this.#trailing(labels, { start, end })
        default:
          this.#stray()
      }
    }
  }

  #label(labels: Name[]): void {
    const { start, end, text } = this.#lexer
    if (labels.length > 0) {
      this.#diagnostics.report(
        'ParseError',
        { start, end },
        `${quote(text)} is a second label for one statement`,
        'a statement has at most one label: a NOP can carry the other',
      )
    }
    labels.push({ text, start, end })
    this.#advance()
  }

  #trailing(labels: readonly Name[], { start, end }: Span): Statement | undefined {
    const last = labels.at(-1)
    if (last === undefined) return undefined
    this.#diagnostics.report(
      'ParseError',
      last,
      `the label ${quote(last.text)} stands before no statement`,
      'a label belongs to an instruction or a constant: put a HLT or NOP behind it',
    )
    const none = { operands: [], operandCount: 0, operandsEnd: end, whole: false }
    return { kind: 'nothing', name: '', labels, start, end, ...none }
  }

  /** What stands where a statement should begin, and all that might be its operands. */
  #stray(): void {
    const { kind, start, end, text } = this.#lexer
    if (kind === 'malformed') this.#reportMalformed()
    else {
      this.#diagnostics.report(
        'ParseError',
        { start, end },
        `${quote(text)} where a statement should begin`,
        'a statement begins with a label, an instruction or a directive',
      )
    }
    this.#advance()
    this.#operands()
  }

  #statement(kind: 'instruction' | 'directive', labels: readonly Name[]): Statement {
    const { start, end, text } = this.#lexer
    this.#advance()
    return { kind, name: text, labels, start, end, ...this.#operands() }
  }

  #operands(): Pick<Statement, 'operands' | 'operandCount' | 'operandsEnd' | 'whole'> {
    const lexer = this.#lexer
    const operands: Operand[] = []
    let operandCount = 0
    let whole = true
    for (; ; this.#advance()) {
      switch (lexer.kind) {
        case 'register':
        case 'integer':
        case 'fraction':
        case 'use':
        case 'string':
          if (++operandCount <= OPERANDS_KEPT) operands.push(operand(lexer))
          break
        case 'malformed':
          this.#reportMalformed()
          // Without these the statement is what its author meant.
          if (lexer.problem !== 'comma' && lexer.problem !== 'blank') whole = false
          break
        case 'word':
          if (!this.#isStrayNumber() && !this.#runsOn()) {
            return { operands, operandCount, operandsEnd: this.end, whole }
          }
          this.#reportNumber()
          whole = false
          break
        case 'label':
        case 'directive':
        case 'end':
          return { operands, operandCount, operandsEnd: this.end, whole }
        default:
          return lexer.kind satisfies never
      }
    }
  }

  #advance(): void {
    this.end = this.#lexer.end
    this.#lexer.advance()
  }

  /** A word of digits, which no mnemonic begins with: its # is missing. */
  #isStrayNumber(): boolean {
    return isDigit(this.#lexer.source.charCodeAt(this.#lexer.start))
  }

  /** Letters right behind a number, as in #0xFF; but `INC $0INC $1` is two instructions. */
  #runsOn(): boolean {
    const { source, start, text } = this.#lexer
    return isDigit(source.charCodeAt(start - 1)) && !BY_MNEMONIC.has(text.toUpperCase())
  }

  #reportNumber(): void {
    const { start, end, text } = this.#lexer
    this.#diagnostics.report(
      'ParseError',
      { start, end },
      `${quote(text)} is no operand`,
      'a number is # and decimal digits, as in #10',
    )
  }

  #reportMalformed(): void {
    const { problem, text, start, end, longString } = this.#lexer
    const { message, hint } = explain(problem, text)
    if (problem !== 'unterminated' || longString < 0) {
      this.#diagnostics.report('ParseError', { start, end }, message, hint)
      return
    }
    this.#diagnostics.report('ParseError', { start, end }, message, (lineOf) => {
      return `the string of line ${lineOf(longString)} spans lines: perhaps its own quote is missing`
    })
  }
}

function operand({ kind, start, end, source }: Lexer): Operand {
  switch (kind) {
    case 'register':
      return { shape: 'register', value: decimal(source, start + 1, end), text: '', start, end }
    case 'integer': {
      const negative = source[start + 1] === '-'
      const magnitude = decimal(source, start + (negative ? 2 : 1), end)
      return { shape: 'integer', value: negative ? 0 - magnitude : magnitude, text: '', start, end }
    }
    case 'use':
      return { shape: 'label', value: 0, text: source.slice(start + 1, end), start, end }
    case 'string':
      return { shape: 'string', value: 0, text: source.slice(start + 1, end - 1), start, end }
    default:
      return { shape: 'fraction', value: 0, text: '', start, end }
  }
}

function decimal(source: string, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at++) {
    value = Math.min(value * 10 + source.charCodeAt(at) - 48, LARGEST_NUMBER)
  }
  return value
}
