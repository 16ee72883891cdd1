// Owns the programs of a node that are compiled in the background: one after the other, each for as long as a turn of the
// event loop has time for it, in the turns that it is given. Must not know who runs them.
import type { Clock } from '../core/clock.js'
import { COMPILE_TURN_MS } from '../core/limits.js'
import { prepare } from '../vm/compiler/cache.js'
import type { Program } from '../vm/program.js'

export class Compilations {
  readonly #clock: Clock
  readonly #wantsTurn: () => void
  /** Those that are compiled, or wait for that. */
  readonly #programs = new Set<Program>()
  /** Resolves when all of them are done; never rejects. */
  #all = Promise.resolve()
  #until = 0
  #goOn: (() => void) | undefined

  /** `wantsTurn` is called when there is something to do: `turn` is to be called in a later turn. */
  constructor(clock: Clock, wantsTurn: () => void) {
    this.#clock = clock
    this.#wantsTurn = wantsTurn
  }

  /** Whether it waits for a turn. */
  get isWaiting(): boolean {
    return this.#goOn !== undefined
  }

  /** What cannot be compiled, the interpreter does. */
  add(program: Program): void {
    if (this.#programs.has(program)) return
    this.#programs.add(program)
    this.#all = this.#all
      .then(this.#pause)
      .then(() => (this.#programs.has(program) ? prepare(program, this.#pause) : undefined))
      .finally(() => this.#programs.delete(program))
  }

  /** Nobody waits for this one any more: it is not begun; what is under way goes on. */
  giveUp(program: Program): void {
    this.#programs.delete(program)
  }

  /** This turn is for them. */
  turn(): void {
    const goOn = this.#goOn
    this.#goOn = undefined
    this.#until = this.#clock.now() + COMPILE_TURN_MS
    goOn?.()
  }

  /** Goes on for as long as a turn may spend on compiling; what one turn leaves, the next one does. */
  readonly #pause = (): Promise<void> | undefined => {
    if (this.#clock.now() < this.#until) return undefined
    return new Promise((resolve) => {
      this.#goOn = resolve
      this.#wantsTurn()
    })
  }
}
