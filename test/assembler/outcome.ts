// What the assembler makes of a source, as one line of text, so that tests can be tables.
import { type AssembleOptions, AssemblyError, assemble } from '../../src/vm-entry.js'

/** The sections in hex, as `data | code`, 4 bytes of code at a time; or each diagnostic as `line:column code`. */
export function outcome(source: string, options?: AssembleOptions): string {
  try {
    const { readOnly, code } = assemble(source, options)
    return `${hex(readOnly)} | ${hex(code).replace(/.{8}(?=.)/g, '$& ')}`.trim()
  } catch (error) {
    return diagnosticsOf(error)
      .map(({ line, column, code }) => `${line}:${column} ${code}`)
      .join(', ')
  }
}

/** What is thrown for a source that does not assemble. */
export function failure(source: string, options?: AssembleOptions): AssemblyError {
  try {
    assemble(source, options)
  } catch (error) {
    if (error instanceof AssemblyError) return error
    throw error
  }
  throw new Error(`it assembles: ${source}`)
}

function diagnosticsOf(error: unknown) {
  if (error instanceof AssemblyError) return error.diagnostics
  throw error
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
