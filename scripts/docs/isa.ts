// The instruction set as tables, from the one table of src/vm/instructions.ts.
import { FAULTS, INSTRUCTIONS, type OperandKind } from '../../src/vm/instructions.js'
import { markdownTable } from './table.js'

/** How an operand takes up bytes 1 to 3. */
const BYTES: Record<OperandKind, readonly string[]> = {
  int: ['register'],
  float: ['float register'],
  value: ['high', 'low'],
  number: ['high', 'low'],
  shift: ['n'],
}

/** Faults that every instruction shares stand in the prose. */
const SHARED = ['badRegister']

export function instructions(): string {
  return markdownTable(
    ['opcode', 'mnemonic', 'bytes 1, 2, 3', 'effect', 'faults'],
    INSTRUCTIONS.map(({ opcode, mnemonic, operands, effect, faults }) => [
      String(opcode),
      `\`${mnemonic}\``,
      layout(operands),
      effect,
      faults.filter((fault) => !SHARED.includes(fault)).join(', '),
    ]),
  )
}

export function faults(): string {
  return markdownTable(
    ['reason', 'meaning'],
    Object.entries(FAULTS).map(([reason, meaning]) => [`\`${reason}\``, meaning]),
  )
}

/** Registers are named a, b, c in their order, as in the effects. */
function layout(operands: readonly OperandKind[]): string {
  const names = ['a', 'b', 'c']
  const cells = operands.flatMap((kind, index) => {
    const [first = '', ...rest] = BYTES[kind]
    return first.endsWith('register') ? [`${names[index]}`] : [first, ...rest]
  })
  while (cells.length < 3) cells.push('-')
  return cells.join(' ')
}
