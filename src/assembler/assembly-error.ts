// Owns the error that a source which does not assemble is refused with.
import { IridiumError, isBranded } from '../core/errors.js'
import type { Diagnostic } from './diagnostics.js'

const brand = Symbol.for('iridium.AssemblyError')

/**
 * ERR_IRIDIUM_ASSEMBLY: the source does not assemble. `message`, and so `String(error)`, shows the first
 * diagnostics with file, line, column, source line and caret. `instanceof` works across the ESM and CJS builds.
 */
export class AssemblyError extends IridiumError {
  static override [Symbol.hasInstance](value: unknown): value is AssemblyError {
    return isBranded(value, brand)
  }

  override readonly name = 'AssemblyError'
  /** All of them, in source order; the assembler gives up at 1,000. */
  readonly diagnostics: readonly Diagnostic[]

  constructor(message: string, diagnostics: readonly Diagnostic[]) {
    super('ERR_IRIDIUM_ASSEMBLY', message)
    this.diagnostics = diagnostics
  }

  get [brand](): true {
    return true
  }
}
