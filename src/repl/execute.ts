// Owns what becomes of assembly in a session: appended, run, and told how it ended.

import { AssemblyError } from '../assembler/assembly-error.js'
import type { Context } from './context.js'
import { diagnosticText, reasonOf } from './reason.js'
import { endingText } from './stops.js'

/** `path` where the source is a file's. */
export async function execute(context: Context, source: string, path?: string): Promise<void> {
  const { bench, print, signal } = context
  try {
    const moved = bench.append(source, path)
    if (moved > 0) print(`Earlier code has moved by ${moved} bytes, to make room for the data.`)
  } catch (error) {
    for (const problem of problemsOf(error, path)) print(`Unable to parse input: ${problem}`)
    return
  }
  const text = endingText(await bench.run(signal))
  if (text !== null) print(text)
}

/** Everything that is wrong with a source, one problem a line. */
export function problemsOf(error: unknown, path?: string): string[] {
  return error instanceof AssemblyError
    ? error.diagnostics.map((diagnostic) => diagnosticText(diagnostic, path))
    : [reasonOf(error)]
}
