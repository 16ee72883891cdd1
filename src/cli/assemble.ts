// Owns `iridium asm` and `iridium disasm`.
import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { disassemble } from '../assembler/disassemble.js'
import { fileReason } from '../repl/source-file.js'
import { Program } from '../vm/program.js'
import { Failure } from './failure.js'
import { type Invocation, UsageError } from './parse.js'
import { assembleBytes, readFileOf } from './program-file.js'
import { text } from './settings.js'
import type { Shell } from './shell.js'

export async function asm(shell: Shell, { operands, flags }: Invocation): Promise<number> {
  const [path = ''] = operands
  const output = text(flags, 'output')
  if (!output) {
    throw new UsageError(
      'iridium asm needs -o OUT, the file for the image',
      'usage: iridium asm FILE -o OUT',
    )
  }
  const { bytes } = assembleBytes(await readFileOf(shell, path), path)
  if (output === '-') shell.stdout.write(bytes)
  else {
    await writeFile(output, bytes).catch((error) => {
      throw new Failure(writeReason(output, error))
    })
  }
  return 0
}

export async function disasm(shell: Shell, { operands }: Invocation): Promise<number> {
  const [path = ''] = operands
  const source = disassemble(Program.from(await readFileOf(shell, path)))
  shell.stdout.write(source.endsWith('\n') ? source : `${source}\n`)
  return 0
}

/** Why a file could not be written, in the same words as why one could not be read. */
function writeReason(path: string, error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') return fileReason(path, error)
  return `${path} cannot be written: ${dirname(path)} is no directory, or takes no files`
}
