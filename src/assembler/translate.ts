// Owns what statements mean: sections, labels, constants and instructions, each by its rule, with a fresh
// state for each assembly. One pass: code goes out as it is read, and waits for nothing but label values.
import { ByteWriter } from '../core/bytes.js'
import { MAX_LABELS, MAX_OPERAND_LENGTH, MAX_PROGRAM_BYTES } from '../core/limits.js'
import { BY_MNEMONIC } from '../vm/instructions.js'
import { HEADER_BYTES } from '../vm/program.js'
import { hexBytes, integerBytes, textBytes } from './constants.js'
import type { Diagnostics } from './diagnostics.js'
import {
  type BytesDirective,
  type ConstantDirective,
  DIRECTIVES,
  type Directive,
  type DirectiveWithOperand,
  directiveOperand,
  type SectionName,
} from './directives.js'
import { emit, emitNothing } from './emit.js'
import { checkLiterals, checkOperands } from './operands.js'
import { type Operand, Parser, type Statement } from './parser.js'
import { nearest } from './suggest.js'
import { Symbols } from './symbols.js'
import { quote } from './visible.js'

/** What a source gives. */
export interface Part {
  readonly readOnly: Uint8Array
  readonly code: Uint8Array
  /** The labels that it declares, and their values. */
  readonly symbols: ReadonlyMap<string, number>
}

/** What stands before a part in its program. */
export interface Before {
  /** Bytes of read-only data, and of code. */
  readonly readOnly: number
  readonly code: number
  /** Labels that the part may use; its own ones of the same name hide them. */
  readonly symbols: ReadonlyMap<string, number>
}

/** What a source gives; of no use if anything was reported. */
export function translate(
  source: string,
  sections: 'required' | 'optional',
  before: Before,
  diagnostics: Diagnostics,
): Part {
  const parser = new Parser(source, diagnostics)
  const translator = new Translator(sections, before, diagnostics)
  let statement = parser.next()
  if (statement === undefined && diagnostics.count === 0) {
    diagnostics.report('ParseError', { start: 0, end: 0 }, 'the source holds no statement')
  }
  for (; statement !== undefined; statement = parser.next()) {
    if (!translator.take(statement)) return translator.result()
  }
  return translator.finish(parser.end)
}

class Translator {
  readonly #before: Before
  readonly #diagnostics: Diagnostics
  readonly #symbols: Symbols
  readonly #data = new ByteWriter()
  readonly #code = new ByteWriter()
  /** Sections that the source must still show. */
  readonly #missing: Set<SectionName>
  /** Undefined before the first header, where one is required. */
  #section: SectionName | undefined
  #headerless = false
  #full = false

  constructor(sections: 'required' | 'optional', before: Before, diagnostics: Diagnostics) {
    this.#before = before
    this.#diagnostics = diagnostics
    this.#symbols = new Symbols(diagnostics)
    this.#missing = new Set<SectionName>(sections === 'required' ? ['data', 'code'] : [])
    this.#section = sections === 'required' ? undefined : 'code'
  }

  /** False, and reported, if the program has become larger than any may be: the rest is not looked at. */
  take(statement: Statement): boolean {
    const directive = this.#directive(statement)
    if (directive?.kind === 'header') this.#header(statement, directive.section)
    else {
      this.#requireHeader(statement)
      this.#declare(statement, directive?.kind === 'constant' ? 'data' : 'code')
      checkLiterals(statement.operands, this.#diagnostics)
      if (statement.kind === 'instruction') this.#instruction(statement)
      if (directive?.kind === 'constant') this.#constant(statement, directive)
      if (directive?.kind === 'bytes') this.#bytes(statement, directive)
    }
    if (this.#codeStart() + this.#code.length > MAX_PROGRAM_BYTES) this.#full = true
    if (this.#full) {
      const bounds = `${MAX_PROGRAM_BYTES} bytes or ${MAX_LABELS} labels`
      this.#diagnostics.report('ParseError', statement, `the program goes over ${bounds} here`)
    }
    return !this.#full
  }

  /** After the last statement; `end` is where the source's text ends. */
  finish(end: number): Part {
    const result = this.result()
    this.#symbols.resolve(result.symbols, this.#before.symbols, result.code)
    if (this.#missing.size > 0) {
      const names = [...this.#missing].map((name) => `.${name}`)
      this.#diagnostics.report(
        'InsufficientSections',
        { start: end, end },
        `the source has no ${names.join(' and no ')} section`,
        'a program has both, in any order; an empty one is its header alone',
      )
    }
    return result
  }

  result(): Part {
    const starts = { data: this.#before.readOnly, code: this.#codeStart() }
    const symbols = this.#symbols.values(starts)
    return { readOnly: this.#data.view(), code: this.#code.view(), symbols }
  }

  /** Where this part's code begins, given the data so far. */
  #codeStart(): number {
    return HEADER_BYTES + this.#before.readOnly + this.#data.length + this.#before.code
  }

  /** What a directive is; of an unknown one that was surely meant as a header: that header. */
  #directive({ kind, name, start, end, operandCount }: Statement): Directive | undefined {
    if (kind !== 'directive') return undefined
    const known = DIRECTIVES.get(name)
    if (known !== undefined) return known
    const similar = nearest(name, DIRECTIVES.keys())
    this.#diagnostics.report(
      'UnknownDirectiveFound',
      { start, end },
      `there is no directive ${quote(name)}`,
      similar === undefined
        ? `the directives are ${[...DIRECTIVES.keys()].join(', ')}`
        : `did you mean ${similar}?`,
    )
    const meant = DIRECTIVES.get(similar ?? '')
    return meant?.kind === 'header' && operandCount === 0 ? meant : undefined
  }

  #header(statement: Statement, section: SectionName): void {
    const { name, labels, start, operandCount, operandsEnd, whole } = statement
    if (labels[0] !== undefined && !this.#requireHeader(statement)) {
      this.#diagnostics.report(
        'ParseError',
        labels[0],
        `the label ${quote(labels[0].text)} stands before a section header`,
        `put it behind ${name}, before what it names`,
      )
    }
    if (whole && operandCount > 0) {
      this.#diagnostics.report(
        'UnknownDirectiveFound',
        { start, end: operandsEnd },
        `${name} with operands is no directive`,
        `the section header is ${name} alone`,
      )
    }
    this.#section = section
    this.#missing.delete(section)
    this.#declare(statement, section)
  }

  /** Whether a statement has come too early. Only the first is reported: the others would repeat it. */
  #requireHeader({ labels, start, end }: Statement): boolean {
    if (this.#section !== undefined) return false
    if (!this.#headerless) {
      this.#diagnostics.report(
        'NoSegmentDeclarationFound',
        labels[0] ?? { start, end },
        'no section has begun here',
        'constants stand behind .data, instructions behind .code',
      )
    }
    this.#headerless = true
    return true
  }

  #declare({ labels }: Statement, section: SectionName): void {
    const where = this.#section ?? section
    const { length } = where === 'data' ? this.#data : this.#code
    for (const label of labels) {
      if (!this.#symbols.declare(label, where, length)) this.#full = true
    }
  }

  #instruction(statement: Statement): void {
    const { name, start, end, operands, whole } = statement
    const instruction = BY_MNEMONIC.get(name.toUpperCase())
    if (instruction !== undefined && this.#section === 'data') {
      this.#diagnostics.report(
        'WrongSection',
        { start, end },
        `${quote(name)} stands in .data, where only constants do`,
        'instructions stand behind .code',
      )
    }
    if (instruction === undefined) {
      this.#diagnostics.report(
        'NonOpcodeInOpcodeField',
        { start, end },
        `there is no instruction ${quote(name)}`,
        mnemonicHint(name),
      )
    }
    if (instruction && whole && checkOperands(instruction, statement, this.#diagnostics)) {
      emit(instruction, operands, this.#code, this.#symbols)
    } else emitNothing(this.#code)
  }

  #constant(statement: Statement, directive: ConstantDirective): void {
    const { name, start, end, labels } = statement
    if (this.#section === 'code') {
      this.#diagnostics.report(
        'WrongSection',
        { start, end },
        `${name} stands in .code, where only instructions do`,
        'constants stand behind .data',
      )
    }
    if (labels.length === 0) {
      this.#diagnostics.report(
        'StringConstantDeclaredWithoutLabel',
        { start, end },
        `${name} has no label, so nothing can refer to it`,
        `it is written ${directive.usage}`,
      )
    }
    const operand = this.#operand(statement, directive)
    if (operand === undefined) return
    if (directive.operand === 'integer') this.#data.put(integerBytes(operand))
    else this.#data.put(textBytes(operand, this.#diagnostics))
  }

  #bytes(statement: Statement, directive: BytesDirective): void {
    const operand = this.#operand(statement, directive)
    const bytes = operand && hexBytes(operand, this.#diagnostics)
    if (bytes !== undefined) (this.#section === 'data' ? this.#data : this.#code).put(bytes)
  }

  /** A text that cannot fit is not even encoded. */
  #operand(statement: Statement, directive: DirectiveWithOperand): Operand | undefined {
    const operand = directiveOperand(statement, directive, this.#diagnostics)
    if (operand === undefined || operand.text.length <= MAX_OPERAND_LENGTH) return operand
    this.#full = true
    return undefined
  }
}

function mnemonicHint(name: string): string {
  const register = /^r(\d+)$/i.exec(name)
  if (register) return `a register is written $${register[1]?.slice(0, 32)}`
  if (DIRECTIVES.has(`.${name.toLowerCase()}`)) return `did you mean .${name.toLowerCase()}?`
  const similar = nearest(name, BY_MNEMONIC.keys())
  if (similar !== undefined) return `did you mean ${similar}?`
  return 'a label is declared as name: and used as @name'
}
