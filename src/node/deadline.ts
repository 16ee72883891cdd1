// Owns one timer that is moved often: the machine sets a new deadline at almost every step.
import type { Cancel, Clock } from '../core/clock.js'

export class Deadline {
  readonly #clock: Clock
  readonly #callback: () => void
  #at: number | null = null
  #timerAt = Number.POSITIVE_INFINITY
  #cancel: Cancel | undefined

  constructor(clock: Clock, callback: () => void) {
    this.#clock = clock
    this.#callback = callback
  }

  /** Calls back at `at` (of Clock.now) or as soon after it as can be; replaces what was set before. */
  set(at: number | null): void {
    this.#at = at
    // A timer that comes too early is cheaper than one that is moved: it finds out and waits on.
    if (at !== null && at < this.#timerAt) this.#arm(at)
  }

  close(): void {
    this.#at = null
    this.#cancel?.()
  }

  #arm(at: number): void {
    this.#cancel?.()
    this.#timerAt = at
    this.#cancel = this.#clock.timer(Math.max(0, at - this.#clock.now()), () => this.#fire())
  }

  #fire(): void {
    this.#timerAt = Number.POSITIVE_INFINITY
    const at = this.#at
    if (at === null) return
    if (this.#clock.now() < at) {
      this.#arm(at)
      return
    }
    this.#at = null
    this.#callback()
  }
}
