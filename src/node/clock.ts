// Owns real time: the one place of the package that reads the system's clocks and sets its timers.
import type { Clock } from '../core/clock.js'
import { MAX_TIMER_MS } from '../core/limits.js'

/**
 * Taken while the package is loaded: a test of the host's that fakes the platform's timers (jest, vitest, node:test) would
 * stop a node in the middle of a handshake, while its sockets go on.
 */
const { setTimeout, clearTimeout, setImmediate, clearImmediate } = globalThis
const { nextTick } = process
const now = performance.now.bind(performance)

export const realClock: Clock = {
  now,
  date: () => Date.now(),

  timer(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.ceil(delayMs), MAX_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },

  next: (callback) => nextTick(callback),

  soon(callback) {
    const immediate = setImmediate(callback)
    return () => clearImmediate(immediate)
  },

  // The first immediate ends the turn that we are in, whose sockets may have been polled before they
  // became readable; by the second, one whole turn has polled them all.
  turn(callback) {
    let immediate = setImmediate(() => {
      immediate = setImmediate(callback)
    })
    return () => clearImmediate(immediate)
  },
}
