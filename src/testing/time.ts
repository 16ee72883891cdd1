// Owns simulated time: what happens when, in which order, and who moves it. Must not know what a node is.
import type { Cancel } from '../core/clock.js'
import { SIMULATED_CALL_LIMIT_MS } from '../core/limits.js'
import { realClock } from '../node/clock.js'

/** The order of what is due at the same moment, as in an event loop: timers, then sockets, then what waits for the end of the turn. */
export const TIMERS = 0
export const SOCKETS = 1
export const TURNS = 2
type Phase = typeof TIMERS | typeof SOCKETS | typeof TURNS

/** Whoever's event loop something happens in; while it stands still, it happens to nobody. */
export interface Loop {
  readonly blockedUntil: number
}

interface Entry {
  /** When it happens: `due`, or later if its loop was blocked then. */
  at: number
  readonly due: number
  readonly phase: Phase
  readonly number: number
  readonly loop: Loop | null
  callback: (() => void) | null
}

export class SimulatedTime {
  #now = 0
  #lastNumber = 0
  /** In reverse order: the next one is the last. */
  readonly #entries: Entry[] = []
  #advances: Promise<void> = Promise.resolve()
  #isAdvancing = false
  #calls = 0
  #callsEnd = 0
  #isServing = false

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now
  }

  /** Calls back after `delayMs`; in a blocked loop, as soon as it no longer is. */
  schedule(delayMs: number, phase: Phase, loop: Loop | null, callback: () => void): Cancel {
    const due = this.#now + Math.max(0, delayMs)
    const entry: Entry = { at: due, due, phase, number: ++this.#lastNumber, loop, callback }
    this.#insert(entry)
    if (this.#calls > 0) this.#serve()
    return () => {
      entry.callback = null
    }
  }

  /** `loop` may be free earlier than it was to be: what it has put off is due again. */
  reconsider(loop: Loop): void {
    const late = this.#entries.filter((entry) => entry.loop === loop && entry.at > entry.due)
    for (const entry of late) {
      this.#entries.splice(this.#entries.indexOf(entry), 1)
      entry.at = Math.max(entry.due, this.#now)
      this.#insert(entry)
    }
  }

  /** Moves time on by `ms`. After each thing that happens, promises that it settled are followed. */
  advance(ms: number): Promise<void> {
    const advance = this.#advances.then(() => this.#advance(ms))
    this.#advances = advance.catch(() => {})
    return advance
  }

  /**
   * Lets time go by until `call` has settled, while nobody advances it; for SIMULATED_CALL_LIMIT_MS at most,
   * so that a call that never settles stays pending and does not spin.
   */
  async during<T>(call: Promise<T>): Promise<T> {
    this.#calls++
    this.#callsEnd = this.#now + SIMULATED_CALL_LIMIT_MS
    this.#serve()
    try {
      return await call
    } finally {
      this.#calls--
    }
  }

  async #advance(ms: number): Promise<void> {
    const end = this.#now + ms
    this.#isAdvancing = true
    try {
      await settle()
      while (this.#happen(end)) await settle()
      this.#now = end
    } finally {
      this.#isAdvancing = false
    }
  }

  #serve(): void {
    if (this.#isServing) return
    this.#isServing = true
    const step = (): void => {
      const goesOn = this.#calls > 0 && (this.#isAdvancing || this.#happen(this.#callsEnd))
      if (goesOn) realClock.soon(step)
      else this.#isServing = false // what is scheduled later begins anew
    }
    realClock.soon(step)
  }

  /** The next thing happens, if it is due by `end`. */
  #happen(end: number): boolean {
    for (;;) {
      const entry = this.#entries.at(-1)
      if (!entry || entry.at > end) return false
      this.#entries.pop()
      const { callback, loop } = entry
      if (!callback) continue
      this.#now = entry.at
      if (loop && loop.blockedUntil > entry.at) {
        entry.at = loop.blockedUntil
        this.#insert(entry)
      } else {
        callback()
        return true
      }
    }
  }

  #insert(entry: Entry): void {
    let [low, high] = [0, this.#entries.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (isLater(this.#entries[middle] as Entry, entry)) low = middle + 1
      else high = middle
    }
    this.#entries.splice(low, 0, entry)
  }
}

function isLater(a: Entry, b: Entry): boolean {
  return (a.at - b.at || a.phase - b.phase || a.due - b.due || a.number - b.number) > 0
}

/** Lets everything run that waits for no time: promises and immediates. Not the platform's own: a test may fake those. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    realClock.soon(resolve)
  })
}
