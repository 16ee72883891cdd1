// Owns the contract of time. Below node/ nobody calls Date.now or setTimeout: time comes in.
// Implementations: node/ has the real clock, testing/ a simulated one.

/** Stops what it was returned for; calling it twice, or late, does nothing. */
export type Cancel = () => void

export interface Clock {
  /** Milliseconds from an arbitrary start, never going backwards. */
  now(): number
  /** Milliseconds since the epoch, for dates that people read; never used to measure. */
  date(): number
  /** Calls back once after `delayMs`. Timers never keep the host's process alive. */
  timer(delayMs: number, callback: () => void): Cancel
  /**
   * Calls back when what runs now has come to its end, promises included: before anything else happens. A clock
   * without it has `soon` used instead.
   */
  next?(callback: () => void): void
  /** Calls back at the end of the current turn of the event loop: after what is already due, before the loop waits. */
  soon(callback: () => void): Cancel
  /** Calls back after one full turn of the event loop: what waited in the sockets has been read by then. */
  turn(callback: () => void): Cancel
}
