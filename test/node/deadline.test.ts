// A deadline that is moved about fires once, when it is due.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Clock } from '../../src/core/clock.js'
import { Deadline } from '../../src/node/deadline.js'

/** A clock whose timers are counted, and fire when the test says what time it is. */
function manual() {
  let now = 0
  let made = 0
  let pending: { at: number; callback: () => void } | undefined
  const clock = {
    now: () => now,
    timer(delayMs: number, callback: () => void) {
      made++
      const timer = { at: now + delayMs, callback }
      pending = timer
      return () => {
        if (pending === timer) pending = undefined
      }
    },
  } as Clock
  return {
    clock,
    made: () => made,
    waiting: () => pending !== undefined,
    at(time: number) {
      now = time
      const due = pending && pending.at <= time ? pending : undefined
      if (due) pending = undefined
      due?.callback()
    },
  }
}

test('fires once at its time', () => {
  const { clock, at, waiting } = manual()
  let fired = 0
  new Deadline(clock, () => fired++).set(10)
  at(9)
  assert.is(fired, 0)
  at(10)
  at(20)
  assert.is(fired, 1)
  assert.not.ok(waiting())
})

test('moved later, a thousand times: two timers in all', () => {
  const { clock, at, made } = manual()
  let fired = 0
  const deadline = new Deadline(clock, () => fired++)
  for (let time = 10; time <= 1010; time++) deadline.set(time)
  at(10)
  assert.is(fired, 0)
  at(1010)
  assert.is(fired, 1)
  assert.is(made(), 2)
})

test('moved earlier, it fires earlier', () => {
  const { clock, at } = manual()
  let fired = 0
  const deadline = new Deadline(clock, () => fired++)
  deadline.set(100)
  deadline.set(5)
  at(5)
  assert.is(fired, 1)
})

test('a deadline in the past fires as soon as it can, not at once', () => {
  const { clock, at } = manual()
  let fired = 0
  at(50)
  new Deadline(clock, () => fired++).set(5)
  assert.is(fired, 0)
  at(50)
  assert.is(fired, 1)
})

test('null and close take it back', () => {
  const { clock, at, waiting } = manual()
  let fired = 0
  const deadline = new Deadline(clock, () => fired++)
  deadline.set(5)
  deadline.set(null)
  at(5)
  deadline.set(10)
  deadline.close()
  assert.not.ok(waiting())
  at(10)
  assert.is(fired, 0)
})

test('the callback may set the next one', () => {
  const { clock, at } = manual()
  const fired: number[] = []
  const deadline = new Deadline(clock, () => {
    fired.push(clock.now())
    deadline.set(clock.now() + 10)
  })
  deadline.set(10)
  at(10)
  at(20)
  at(25)
  assert.equal(fired, [10, 20])
})

test.run()
