// Owns getting a program from a file that may hold either assembly or an EPIE image.
import { assemble } from '../assembler/assemble.js'
import { fileReason, readBounded } from '../repl/source-file.js'
import { isImage, Program } from '../vm/program.js'
import { Failure } from './failure.js'
import type { Shell } from './shell.js'

/** Rejects with Failure, AssemblyError, or ERR_IRIDIUM_BAD_PROGRAM. */
export async function readProgram(shell: Shell, path: string): Promise<Program> {
  const bytes = await readFileOf(shell, path)
  return isImage(bytes) ? Program.from(bytes) : assembleBytes(bytes, path)
}

/** `path` is for the error's text. */
export function assembleBytes(bytes: Uint8Array, path: string): Program {
  return assemble(new TextDecoder().decode(bytes), { file: path })
}

/** The content of a file, or of standard input for `-`. Rejects with Failure. */
export async function readFileOf(shell: Shell, path: string): Promise<Uint8Array> {
  try {
    return await readBounded(path === '-' ? shell.stdin : path)
  } catch (error) {
    throw new Failure(fileReason(path, error))
  }
}
