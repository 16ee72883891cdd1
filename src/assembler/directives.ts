// Owns the directives: one table, from which the assembler's checks and its hints come, and the check of
// the one operand that some of them take.
import type { Diagnostics } from './diagnostics.js'
import type { Operand, Statement } from './parser.js'

export type SectionName = 'data' | 'code'

export interface HeaderDirective {
  readonly kind: 'header'
  readonly section: SectionName
}

/** A constant of the read-only section, found by its label. */
export interface ConstantDirective {
  readonly kind: 'constant'
  readonly operand: 'string' | 'integer'
  readonly usage: string
}

/** What no instruction and no constant gives, in either section. */
export interface BytesDirective {
  readonly kind: 'bytes'
  readonly operand: 'string'
  readonly usage: string
}

export type DirectiveWithOperand = ConstantDirective | BytesDirective
export type Directive = HeaderDirective | DirectiveWithOperand

/** By name, in lower case as it must be written. */
export const DIRECTIVES: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ['.data', { kind: 'header', section: 'data' }],
  ['.code', { kind: 'header', section: 'code' }],
  ['.asciiz', { kind: 'constant', operand: 'string', usage: "name: .asciiz 'text'" }],
  ['.integer', { kind: 'constant', operand: 'integer', usage: 'name: .integer #n' }],
  ['.bytes', { kind: 'bytes', operand: 'string', usage: ".bytes 'hex digits'" }],
])

/** The one operand that a directive takes; undefined, and reported, if there is none, another, or more. */
export function directiveOperand(
  statement: Statement,
  { operand: wanted, usage }: DirectiveWithOperand,
  diagnostics: Diagnostics,
): Operand | undefined {
  const { name, start, end, operands, operandCount, operandsEnd, whole } = statement
  if (!whole) return undefined
  const [first, second] = operands
  const hint = `it is written ${usage}`
  if (first === undefined || first.shape !== wanted) {
    const message = `${name} takes ${wanted === 'string' ? 'a string' : 'a whole number'}`
    diagnostics.report('OperandMismatch', first ?? { start, end }, message, hint)
    return undefined
  }
  if (second === undefined) return first
  diagnostics.report(
    'OperandMismatch',
    { start: second.start, end: operandsEnd },
    `${name} takes 1 operand, not ${operandCount}`,
    hint,
  )
  return undefined
}
