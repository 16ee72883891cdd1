// Owns how errors read in a session: one line, for a person.
import type { Diagnostic } from '../assembler/diagnostics.js'
import { printable } from './printable.js'

export function reasonOf(error: unknown): string {
  // A message may quote what another node has said.
  return printable(error instanceof Error ? error.message : String(error))
}

/** A diagnostic on one line; `path` where the source was a file. */
export function diagnosticText({ line, column, message, hint }: Diagnostic, path?: string): string {
  const where = path === undefined ? `column ${column}` : `${path}:${line}:${column}`
  return `${where}: ${message}${hint === undefined ? '' : ` (${hint})`}`
}
