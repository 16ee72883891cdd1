// Owns the time-outs of many calls with a single timer: most calls end long before, and cost no timer then.
import { Chain, type Chained } from '../../core/chain.js'
import type { Clock } from '../../core/clock.js'
import { Deadline } from '../deadline.js'

interface Waiting extends Chained<Waiting> {
  readonly at: number
  readonly callback: () => void
  isOver: boolean
}

export class Deadlines {
  readonly #clock: Clock
  readonly #timer: Deadline
  readonly #waiting = new Chain<Waiting>()
  #next = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
    this.#timer = new Deadline(clock, () => this.#due())
  }

  /** Calls back once after `delayMs`, unless the returned function is called before. */
  add(delayMs: number, callback: () => void): () => void {
    const at = this.#clock.now() + delayMs
    const waiting: Waiting = { at, callback, isOver: false, previous: undefined, next: undefined }
    this.#waiting.push(waiting)
    if (at < this.#next) this.#set(at)
    return () => {
      this.#end(waiting)
    }
  }

  close(): void {
    for (const waiting of this.#waiting.toArray()) this.#end(waiting)
    this.#timer.close()
  }

  #due(): void {
    const now = this.#clock.now()
    let next = Number.POSITIVE_INFINITY
    const due: Waiting[] = []
    for (const waiting of this.#waiting.toArray()) {
      if (waiting.at <= now) due.push(waiting)
      else next = Math.min(next, waiting.at)
    }
    this.#set(next)
    for (const waiting of due) if (this.#end(waiting)) waiting.callback()
  }

  /** False if it was over already. */
  #end(waiting: Waiting): boolean {
    if (waiting.isOver) return false
    waiting.isOver = true
    this.#waiting.remove(waiting)
    return true
  }

  #set(at: number): void {
    this.#next = at
    this.#timer.set(Number.isFinite(at) ? at : null)
  }
}
