// Owns how a command fails: the error that ends it with a message, and how any error reads on stderr.

import { AssemblyError } from '../assembler/assembly-error.js'
import { IridiumError } from '../core/errors.js'
import { printable } from '../repl/printable.js'
import { reasonOf } from '../repl/reason.js'
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
  if (error instanceof IridiumError) return tellIridium(error)
  return { text: `iridium: ${reasonOf(error)}\n`, exitCode: 1 }
}

function tellIridium({ code, message }: IridiumError): Told {
  const text = `iridium: ${printable(message)} (${code})\n`
  switch (code) {
    case 'ERR_IRIDIUM_BAD_OPTION':
      return { text, exitCode: 2 }
    case 'ERR_IRIDIUM_INSECURE':
      return {
        text: `${text}--secret-file FILE protects the traffic, --insecure goes without\n`,
        exitCode: 1,
      }
    default:
      return { text, exitCode: 1 }
  }
}
