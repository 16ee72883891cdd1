// Owns the commands that run a file: !load_file in the session's machine, !spawn in one of its own.

import { assemble } from '../assembler/assemble.js'
import { isImage, Program } from '../vm/program.js'
import type { Context } from './context.js'
import { execute, problemsOf } from './execute.js'
import { fileReason, readBounded } from './source-file.js'

const QUESTION = 'Please enter the path to the file you wish to load: '

type UseFile = (context: Context, path: string, bytes: Uint8Array) => void | Promise<void>

export const loadFile = withFile(async (context, path, bytes) => {
  if (isImage(bytes)) {
    context.print(
      `Unable to parse input: ${path} is an assembled program; the addresses in it fit no other program, so only !spawn can run it`,
    )
    return
  }
  await execute(context, new TextDecoder().decode(bytes), path)
})

export const spawnFile = withFile(({ bench, seat, spawns, print }, path, bytes) => {
  try {
    const program = isImage(bytes) ? Program.from(bytes) : assembled(bytes, print)
    print(`Running in the background as program ${spawns.start(seat.node, program, bench.vm)}.`)
  } catch (error) {
    for (const problem of problemsOf(error, path)) print(`Unable to parse input: ${problem}`)
  }
})

/** The source is shown before it is judged. */
function assembled(bytes: Uint8Array, print: (line: string) => void): Program {
  const source = new TextDecoder().decode(bytes)
  print(source.trimEnd())
  return assemble(source, { sections: 'optional' })
}

/** A command that takes a path, or asks for it, and does something with the file's content. */
function withFile(use: UseFile) {
  const open = async (context: Context, path: string): Promise<void> => {
    context.print('Attempting to load program from file...')
    let bytes: Uint8Array
    try {
      bytes = await readBounded(path)
    } catch (error) {
      context.print(`Could not read the file: ${fileReason(path, error)}.`)
      return
    }
    await use(context, path, bytes)
  }
  return async (context: Context, args: readonly string[]): Promise<void> => {
    if (args.length > 0) await open(context, args.join(' '))
    else context.ask(QUESTION, (answer, then) => open(then, answer.trim()))
  }
}
