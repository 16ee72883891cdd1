// Owns what can be wrong with a source: the closed table of codes, the shape of a diagnostic, and the
// collection that one assembly fills. It does not know what a message looks like on a screen.
import { MAX_DIAGNOSTICS } from '../core/limits.js'
import type { Lines } from './lines.js'

/** Each code and what it says; docs/assembly.md shows an example of each. */
export const DIAGNOSTIC_CODES = {
  NoSegmentDeclarationFound: 'A statement comes before the first section header.',
  StringConstantDeclaredWithoutLabel: 'An .asciiz or .integer has no label.',
  SymbolAlreadyDeclared: 'A label is declared twice.',
  UnknownDirectiveFound: 'There is no such directive, or a section header has operands.',
  NonOpcodeInOpcodeField: 'There is no such instruction.',
  InsufficientSections: 'The source lacks a .data or a .code section.',
  ParseError: 'The text is not a statement of the language, or goes over a bound.',
  UnknownSymbol: 'A label is used that is not declared.',
  OperandMismatch: 'An operand is missing, surplus, or of the wrong kind.',
  OperandOutOfRange: 'A number, a register or the value of a label does not fit.',
  WrongSection: 'An instruction stands in .data, or a constant in .code.',
} as const satisfies Record<string, string>

/** The closed list of diagnostics. */
export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES

/** One thing that is wrong with a source, and where. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly message: string
  /** From 1; a line ends with LF, CR or CRLF. */
  readonly line: number
  /** From 1, in UTF-16 code units: a tab is one. */
  readonly column: number
  /** UTF-16 code units from `column` on: at least 1, and never beyond the line except at its end. */
  readonly length: number
  /** What probably was meant, or what to do. */
  readonly hint?: string
}

/** A part of the source, as offsets in UTF-16 code units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A hint that names a line is made when lines are counted: not before the source has turned out wrong. */
export type Hint = string | ((lineOf: (offset: number) => number) => string | undefined)

/** A diagnostic and the offset that it points at. */
export interface Located {
  readonly diagnostic: Diagnostic
  readonly start: number
}

interface Draft extends Span {
  readonly code: DiagnosticCode
  readonly message: string
  readonly hint: Hint | undefined
}

/** Thrown by a report that fills the collection, and caught where the assembly was begun. */
export class TooManyDiagnostics extends Error {}

/** What has been found so far: at most MAX_DIAGNOSTICS, then the assembly ends. */
export class Diagnostics {
  readonly #drafts: Draft[] = []

  get count(): number {
    return this.#drafts.length
  }

  report(code: DiagnosticCode, { start, end }: Span, message: string, hint?: Hint): void {
    this.#drafts.push({ code, start, end, message, hint })
    if (this.count === MAX_DIAGNOSTICS) throw new TooManyDiagnostics()
  }

  /** In source order, with their places. */
  locate(lines: Lines): Located[] {
    const lineOf = (offset: number) => lines.at(offset).line
    const inOrder = this.#drafts.toSorted((a, b) => a.start - b.start)
    return inOrder.map(({ code, message, start, end, hint: given }) => {
      const { line, column } = lines.at(start)
      const length = Math.max(lines.lineEnd(start, end) - start, 1)
      const hint = typeof given === 'function' ? given(lineOf) : given
      const rest = hint === undefined ? {} : { hint }
      return { diagnostic: { code, message, line, column, length, ...rest }, start }
    })
  }
}
