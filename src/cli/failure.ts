// Owns how a command fails: the error that ends it with a message, and how any error reads on stderr.

import { AssemblyError } from '../assembler/assembly-error.js'
import { IridiumError } from '../core/errors.js'
import { printable } from '../repl/printable.js'
import { UsageError } from './parse.js'

/** Ends a command with code 1; the message is for a person. */
export class Failure extends Error {}

export interface Told {
  readonly text: string
  readonly exitCode: number
}

/** What to write to stderr about an error, and the exit code that it means. Never a stack. */
export function tell(error: unknown): Told {
  if (error instanceof UsageError) {
    return { text: `iridium: ${error.message}\n${error.hint}\n`, exitCode: 2 }
  }
  if (error instanceof AssemblyError) return { text: `${error}\n`, exitCode: 1 }
  if (error instanceof Failure) return { text: `iridium: ${error.message}\n`, exitCode: 1 }
  const message = error instanceof Error ? error.message : String(error)
  const text = `iridium: ${printable(message)}${error instanceof IridiumError ? ` (${error.code})` : ''}\n`
  return { text, exitCode: 1 }
}
