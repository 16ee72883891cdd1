// Builds programs for the machine's tests from lines like 'ADD 0 1 2', by the instruction table alone.

import { BY_MNEMONIC } from '../../src/vm/instructions.js'
import { buildImage } from '../../src/vm/program.js'
import { Program } from '../../src/vm-entry.js'

/** What precedes the code: text (as UTF-8) or bytes of the read-only section. */
interface Data {
  readonly data: string | readonly number[]
}

/** A line is an instruction with its operands as numbers; numbers are raw bytes. Nothing is checked. */
export function image(...parts: readonly (Data | string | readonly number[])[]): Program {
  const data = parts.flatMap((part) => (isData(part) ? bytesOf(part.data) : []))
  const code = parts.flatMap((part) => {
    if (typeof part === 'string') return encode(part)
    return isData(part) ? [] : part
  })
  return Program.from(buildImage(Uint8Array.from(data), Uint8Array.from(code)))
}

function isData(part: Data | string | readonly number[]): part is Data {
  return typeof part === 'object' && 'data' in part
}

function bytesOf(data: string | readonly number[]): readonly number[] {
  return typeof data === 'string' ? [...new TextEncoder().encode(data)] : data
}

function encode(line: string): number[] {
  const [mnemonic = '', ...operands] = line.split(' ')
  const instruction = BY_MNEMONIC.get(mnemonic)
  if (instruction === undefined) throw new Error(`no such mnemonic: ${line}`)
  const bytes = [instruction.opcode]
  instruction.operands.forEach((kind, index) => {
    const value = Number(operands[index] ?? 0)
    if (kind === 'value' || kind === 'number') bytes.push(value >> 8, value & 255)
    else bytes.push(value)
  })
  while (bytes.length < 4) bytes.push(0)
  return bytes
}
