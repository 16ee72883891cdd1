// Owns how long incoming frames and dials may hold a turn of the event loop: when they have had their share, no link is
// read further until the next turn, in which timers and everybody else go first.
import type { Clock } from '../core/clock.js'
import { MAX_READ_MS } from '../core/limits.js'

/** What has more to do than one turn has time for. */
export interface Waiting {
  /** Goes on, until all is done or the share is spent again. */
  goOn(): void
}

/**
 * The platform hands on whatever has arrived, up to 2 MiB of each socket, before it looks at a timer: small frames of
 * one peer that floods us would be seconds of work. What is not read stays in the network, and holds up its sender.
 */
export class Share {
  readonly #clock: Clock
  readonly #waiting = new Set<Waiting>()
  /** When the first of it was done in this turn. */
  #began: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isSpent(): boolean {
    return this.usedMs > MAX_READ_MS
  }

  /** Milliseconds since the first of it was done in this turn. */
  get usedMs(): number {
    return this.#began === undefined ? 0 : this.#clock.now() - this.#began
  }

  /** Something of it is about to be done, or was begun `at`. */
  use(at?: number): void {
    if (this.#began !== undefined) return
    this.#began = at ?? this.#clock.now()
    this.#clock.soon(() => this.#nextTurn())
  }

  /** `who` is told to go on in a later turn, after those that wait already. */
  wait(who: Waiting): void {
    this.use()
    this.#waiting.add(who)
  }

  forget(who: Waiting): void {
    this.#waiting.delete(who)
  }

  #nextTurn(): void {
    this.#began = undefined
    for (const who of [...this.#waiting]) {
      if (this.isSpent) break
      this.#waiting.delete(who)
      who.goOn()
    }
    if (this.#waiting.size > 0) this.use()
  }
}
