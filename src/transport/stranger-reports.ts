// Owns how often the failures of strangers are told: a scan of the port must not become a flood of errors.
import type { Cancel, Clock } from '../core/clock.js'
import { IridiumError } from '../core/errors.js'
import { STRANGER_REPORT_INTERVAL_MS } from '../core/limits.js'

/** The first of each code is told at once; those of the next second are told as one, with their number. */
export class StrangerReports {
  readonly #clock: Clock
  readonly #tell: (error: IridiumError) => void
  readonly #held = new Map<string, { stopTimer: Cancel; count: number; last: IridiumError }>()

  constructor(clock: Clock, tell: (error: IridiumError) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  add(error: IridiumError): void {
    const held = this.#held.get(error.code)
    if (held) {
      held.count++
      held.last = error
      return
    }
    this.#hold(error)
    this.#tell(error)
  }

  close(): void {
    for (const { stopTimer } of this.#held.values()) stopTimer()
    this.#held.clear()
  }

  #hold(error: IridiumError): void {
    const stopTimer = this.#clock.timer(STRANGER_REPORT_INTERVAL_MS, () =>
      this.#release(error.code),
    )
    this.#held.set(error.code, { stopTimer, count: 0, last: error })
  }

  #release(code: string): void {
    const held = this.#held.get(code)
    this.#held.delete(code)
    if (!held || held.count === 0) return
    const { last, count } = held
    this.#hold(last)
    this.#tell(
      count === 1
        ? last
        : new IridiumError(last.code, `${last.message} (one of ${count} within the last second)`, {
            cause: last,
          }),
    )
  }
}
