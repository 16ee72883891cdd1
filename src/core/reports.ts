// Owns how often the failures of others are told: neither a scan of the port nor a member that has gone wrong must
// become a flood of errors.
import type { Cancel, Clock } from './clock.js'
import { IridiumError } from './errors.js'
import { STRANGER_REPORT_INTERVAL_MS } from './limits.js'

/** The first of each kind is told at once; those of the next second are told as one, with their number. */
export class Reports {
  readonly #clock: Clock
  readonly #tell: (error: IridiumError) => void
  readonly #held = new Map<string, { stopTimer: Cancel; count: number; last: IridiumError }>()

  constructor(clock: Clock, tell: (error: IridiumError) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  /** `kind`: which errors count as one; their codes, unless it says otherwise. */
  add(error: IridiumError, kind: string = error.code): void {
    const held = this.#held.get(kind)
    if (held) {
      held.count++
      held.last = error
      return
    }
    this.#hold(kind, error)
    this.#tell(error)
  }

  close(): void {
    for (const { stopTimer } of this.#held.values()) stopTimer()
    this.#held.clear()
  }

  #hold(kind: string, error: IridiumError): void {
    const stopTimer = this.#clock.timer(STRANGER_REPORT_INTERVAL_MS, () => this.#release(kind))
    this.#held.set(kind, { stopTimer, count: 0, last: error })
  }

  #release(kind: string): void {
    const held = this.#held.get(kind)
    this.#held.delete(kind)
    if (!held || held.count === 0) return
    const { last, count } = held
    this.#hold(kind, last)
    this.#tell(
      count === 1
        ? last
        : new IridiumError(last.code, `${last.message} (one of ${count} within the last second)`, {
            cause: last,
          }),
    )
  }
}
