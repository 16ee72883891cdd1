// Owns how errors read in a session: one line, for a person.
import type { Diagnostic } from '../assembler/diagnostics.js'

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A diagnostic on one line; `path` where the source was a file. */
export function diagnosticText({ line, column, message, hint }: Diagnostic, path?: string): string {
  const where = path === undefined ? `column ${column}` : `${path}:${line}:${column}`
  return `${where}: ${message}${hint === undefined ? '' : ` (${hint})`}`
}
