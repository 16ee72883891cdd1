// Owns the time-outs of many calls with a single timer: most calls end long before, and cost no timer then.
import { Chain, type Chained } from '../../core/chain.js'
import type { Clock } from '../../core/clock.js'
import { Deadline } from '../deadline.js'

interface Timeout extends Chained<Timeout> {
  readonly at: number
  readonly callback: () => void
}

export class Deadlines {
  readonly #clock: Clock
  readonly #timer: Deadline
  readonly #waiting = new Chain<Timeout>()
  #next = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
    this.#timer = new Deadline(clock, () => this.#due())
  }

  /** Calls back once after `delayMs`, unless the returned function is called before. */
  add(delayMs: number, callback: () => void): () => void {
    const at = this.#clock.now() + delayMs
    const timeout: Timeout = { at, callback, previous: undefined, next: undefined }
    this.#waiting.push(timeout)
    if (at < this.#next) this.#set(at)
    return () => {
      this.#waiting.remove(timeout)
    }
  }

  close(): void {
    for (const timeout of this.#waiting.toArray()) this.#waiting.remove(timeout)
    this.#timer.close()
  }

  #due(): void {
    const now = this.#clock.now()
    let next = Number.POSITIVE_INFINITY
    const due: Timeout[] = []
    for (const timeout of this.#waiting.toArray()) {
      if (timeout.at <= now) due.push(timeout)
      else next = Math.min(next, timeout.at)
    }
    this.#set(next)
    for (const timeout of due) if (this.#waiting.remove(timeout)) timeout.callback()
  }

  #set(at: number): void {
    this.#next = at
    this.#timer.set(Number.isFinite(at) ? at : null)
  }
}
