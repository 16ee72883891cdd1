// Owns real time: the one place of the package that reads the system's clocks and sets its timers.
import * as timers from 'node:timers'
import type { Clock } from '../core/clock.js'
import { MAX_TIMER_MS } from '../core/limits.js'

/**
 * Taken while the package is loaded: a test of the host's that fakes the platform's timers (jest, vitest, node:test) would
 * stop a node in the middle of a handshake, while its sockets go on. From the module, not from the globals: those may be
 * fakes by then, and real ones later (jest's `enableGlobally`, an import behind `useFakeTimers`).
 */
const { setTimeout, clearTimeout, setImmediate, clearImmediate } = timers
const { nextTick } = process
const now = performance.now.bind(performance)
/** jest fakes these two as well; if they are fakes already, what is there at the moment counts: it may be real later. */
const areFakes = 'clock' in nextTick

export const realClock: Clock = {
  now: areFakes ? () => performance.now() : now,
  date: () => Date.now(),

  timer(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.ceil(delayMs), MAX_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },

  next: areFakes ? (callback) => process.nextTick(callback) : (callback) => nextTick(callback),

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
