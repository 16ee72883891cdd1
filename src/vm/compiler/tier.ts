// Owns what is known of a program's compilation: one for each program, beside its decoded form.
import type { CompiledProgram } from './compiled-program.js'

export class Tier {
  /** Instructions interpreted, in machines that choose their engine themselves. */
  interpreted = 0
  /** The compiled code; undefined if there is none, or none any more. */
  #code: CompiledProgram | undefined
  /** The platform, or the compiler, has refused the program: it would do so again. */
  isRefused = false
  /** Under way in steps. */
  preparation: Promise<void> | undefined

  get code(): CompiledProgram | undefined {
    if (this.#code?.isDropped) this.#code = undefined
    return this.#code
  }

  set code(code: CompiledProgram | undefined) {
    this.#code = code
  }
}
