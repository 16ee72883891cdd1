// Owns the time-outs of many calls with a single timer: most calls end long before, and cost no timer then.
import type { Clock } from '../../core/clock.js'
import { Deadline } from '../deadline.js'

export class Deadlines {
  readonly #clock: Clock
  readonly #timer: Deadline
  readonly #waiting = new Map<() => void, number>()
  #next = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
    this.#timer = new Deadline(clock, () => this.#due())
  }

  /** Calls back once after `delayMs`, unless the returned function is called before. */
  add(delayMs: number, callback: () => void): () => void {
    const at = this.#clock.now() + delayMs
    this.#waiting.set(callback, at)
    if (at < this.#next) this.#set(at)
    return () => {
      this.#waiting.delete(callback)
    }
  }

  close(): void {
    this.#waiting.clear()
    this.#timer.close()
  }

  #due(): void {
    const now = this.#clock.now()
    let next = Number.POSITIVE_INFINITY
    const due: (() => void)[] = []
    for (const [callback, at] of this.#waiting) {
      if (at <= now) due.push(callback)
      else next = Math.min(next, at)
    }
    this.#set(next)
    for (const callback of due) if (this.#waiting.delete(callback)) callback()
  }

  #set(at: number): void {
    this.#next = at
    this.#timer.set(Number.isFinite(at) ? at : null)
  }
}
