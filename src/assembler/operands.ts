// Owns the check of operands against what an instruction takes, by the kinds of the instruction table, and
// the words for what does not fit.
import { type Instruction, type OperandKind, REGISTER_COUNT } from '../vm/instructions.js'
import { LOAD } from '../vm/opcodes.js'
import type { Diagnostics } from './diagnostics.js'
import type { Operand, OperandShape, Statement } from './parser.js'
import { LARGEST_COUNT, LARGEST_INTEGER, LARGEST_U16, SMALLEST_INTEGER } from './ranges.js'
import { quote } from './visible.js'

const SHAPES: Record<OperandKind, readonly OperandShape[]> = {
  int: ['register'],
  float: ['register'],
  value: ['integer', 'label'],
  number: ['integer'],
  shift: ['integer'],
}

const EXPECTED: Record<OperandKind, string> = {
  int: 'a register',
  float: 'a register',
  value: 'a number or a label',
  number: 'a number',
  shift: 'a count',
}

/** How an instruction is written, as in `LOAD $a #n|@label`. */
function signature({ mnemonic, operands }: Instruction): string {
  const parts = operands.map((kind, index) => {
    switch (kind) {
      case 'int':
      case 'float':
        return `$${'abc'[index]}`
      case 'value':
        return '#n|@label'
      case 'number':
        return '#n'
      case 'shift':
        return '[#n]'
      default:
        return kind satisfies never
    }
  })
  return [mnemonic, ...parts].join(' ')
}

/** Reports registers and integers that do not exist, wherever they stand. */
export function checkLiterals(operands: readonly Operand[], diagnostics: Diagnostics): void {
  for (const operand of operands) {
    if (exists(operand)) continue
    const message =
      operand.shape === 'register'
        ? `there is no such register: they are $0 to $${REGISTER_COUNT - 1}`
        : `the number is outside ${SMALLEST_INTEGER} to ${LARGEST_INTEGER}`
    diagnostics.report('OperandOutOfRange', operand, message)
  }
}

function exists({ shape, value }: Operand): boolean {
  if (shape === 'register') return value < REGISTER_COUNT
  return value >= SMALLEST_INTEGER && value <= LARGEST_INTEGER
}

/** Whether the operands are what the instruction takes; reports what they are not. */
export function checkOperands(
  instruction: Instruction,
  statement: Statement,
  diagnostics: Diagnostics,
): boolean {
  const { operands: kinds } = instruction
  const { operands, operandCount } = statement
  const needed = optional(kinds) ? kinds.length - 1 : kinds.length
  if (operandCount < needed || operandCount > kinds.length) {
    reportCount(instruction, statement, diagnostics)
    return false
  }
  const before = diagnostics.count
  operands.forEach((operand, index) => {
    checkOperand(instruction, kinds[index] as OperandKind, operand, diagnostics)
  })
  return diagnostics.count === before
}

function reportCount(
  instruction: Instruction,
  statement: Statement,
  diagnostics: Diagnostics,
): void {
  const { operands: kinds, mnemonic } = instruction
  const { operands, operandCount, start, end, operandsEnd } = statement
  const surplus = operands[kinds.length]
  const place = surplus === undefined ? { start, end } : { start: surplus.start, end: operandsEnd }
  const message =
    kinds.length === 0
      ? `${mnemonic} takes no operands`
      : `${mnemonic} takes ${optional(kinds) ? '1 or ' : ''}${plural(kinds.length)}, not ${operandCount}`
  const hint = kinds.length === 0 ? undefined : `it is written ${signature(instruction)}`
  diagnostics.report('OperandMismatch', place, message, hint)
}

/** Whether the last operand may be left out. */
function optional(kinds: readonly OperandKind[]): boolean {
  return kinds.at(-1) === 'shift'
}

function plural(count: number): string {
  return `${count} ${count === 1 ? 'operand' : 'operands'}`
}

function checkOperand(
  instruction: Instruction,
  kind: OperandKind,
  operand: Operand,
  diagnostics: Diagnostics,
): void {
  const { mnemonic } = instruction
  if (!SHAPES[kind].includes(operand.shape)) {
    // The original wrote JMPE for what has an opcode of its own, DJMPE.
    if (mnemonic === 'JMPE' && operand.shape === 'label') return
    diagnostics.report(
      'OperandMismatch',
      operand,
      `${mnemonic} takes ${EXPECTED[kind]} here, not ${describe(operand)}`,
      hint(instruction, kind, operand) ?? `it is written ${signature(instruction)}`,
    )
  } else if (operand.shape === 'integer' && exists(operand)) {
    const [least, most] = range(instruction, kind)
    if (operand.value >= least && operand.value <= most) return
    diagnostics.report(
      'OperandOutOfRange',
      operand,
      `${mnemonic} takes ${kind === 'shift' ? 'a count' : 'a number'} from ${least} to ${most}, not ${operand.value}`,
      kind === 'shift' ? `${mnemonic} without a count shifts by 16` : undefined,
    )
  }
}

/** LOAD alone takes any integer: it becomes two instructions where it must. */
function range(instruction: Instruction, kind: OperandKind): [least: number, most: number] {
  if (kind === 'shift') return [1, LARGEST_COUNT]
  return instruction.opcode === LOAD ? [SMALLEST_INTEGER, LARGEST_INTEGER] : [0, LARGEST_U16]
}

function describe({ shape, text, value }: Operand): string {
  switch (shape) {
    case 'register':
      return `the register $${value}`
    case 'integer':
      return `the number ${value}`
    case 'fraction':
      return 'a fraction'
    case 'label':
      return `the label ${quote(text)}`
    case 'string':
      return 'a string'
    default:
      return shape satisfies never
  }
}

function hint(instruction: Instruction, kind: OperandKind, operand: Operand): string | undefined {
  const { mnemonic } = instruction
  const label = operand.shape === 'label' ? `@${operand.text.slice(0, 32)}` : '@label'
  switch (operand.shape) {
    case 'fraction':
      return 'no instruction holds a fraction: load two whole numbers and divide them with DIVF64'
    case 'string':
      return "a text is declared in .data as name: .asciiz 'text', and its place is @name"
    case 'register':
      return kind === 'shift'
        ? `the count is written into the code, as in ${mnemonic} $0 #3`
        : undefined
    case 'label':
      if (mnemonic === 'JMP')
        return `it jumps to where a register says: LOAD $0 ${label}, then JMP $0`
      return kind === 'int' ? `LOAD $0 ${label} puts its value into a register` : undefined
    case 'integer':
      if (mnemonic === 'JMPE') return `DJMPE #${operand.value} jumps to an address`
      if (kind === 'int') return `LOAD $0 #${operand.value} puts it into a register`
      return kind === 'float' ? `LOADF64 $0 #${operand.value} puts it into a register` : undefined
    default:
      return operand.shape satisfies never
  }
}
