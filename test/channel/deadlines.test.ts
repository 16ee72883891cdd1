import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Clock } from '../../src/core/clock.js'
import { Deadlines } from '../../src/node/channel/deadlines.js'

/** Time that goes on when the test says so. */
function setUp() {
  let now = 0
  let timer: { readonly at: number; readonly callback: () => void } | undefined
  const clock = {
    now: () => now,
    timer(delayMs: number, callback: () => void) {
      const mine = { at: now + delayMs, callback }
      timer = mine
      return () => {
        if (timer === mine) timer = undefined
      }
    },
  } as unknown as Clock
  const advance = (toMs: number): void => {
    while (timer && timer.at <= toMs) {
      const { at, callback } = timer
      timer = undefined
      now = Math.max(now, at)
      callback()
    }
    now = toMs
  }
  return { deadlines: new Deadlines(clock), advance, hasTimer: () => timer !== undefined }
}

test('each is called once, when its time has come, whatever came before it', () => {
  const { deadlines, advance } = setUp()
  const called: string[] = []
  for (const [name, delay] of [
    ['a', 10],
    ['b', 1000],
    ['c', 20],
    ['d', 500],
    ['e', 20],
  ] as const) {
    deadlines.add(delay, () => called.push(name))
  }
  for (const [to, expected] of [
    [9, ''],
    [10, 'a'],
    [19, 'a'],
    [20, 'ace'],
    [499, 'ace'],
    [500, 'aced'],
    [5000, 'acedb'],
  ] as const) {
    advance(to)
    assert.is(called.join(''), expected, `at ${to}`)
  }
})

test('who was stopped is not called, also by another that is due at the same time', () => {
  const { deadlines, advance } = setUp()
  const called: string[] = []
  const stops: (() => void)[] = []
  stops.push(
    deadlines.add(10, () => {
      called.push('a')
      for (const stop of stops) stop()
      deadlines.add(5, () => called.push('later'))
    }),
  )
  for (const name of ['b', 'c']) stops.push(deadlines.add(10, () => called.push(name)))
  stops.push(deadlines.add(20, () => called.push('d')))
  advance(14)
  assert.equal(called, ['a'])
  advance(100)
  assert.equal(called, ['a', 'later'])
})

test('after its end nobody is called, and no timer is left', () => {
  const { deadlines, advance, hasTimer } = setUp()
  const called: string[] = []
  const stop = deadlines.add(10, () => called.push('a'))
  assert.ok(hasTimer())
  deadlines.close()
  assert.not.ok(hasTimer())
  stop()
  advance(100)
  assert.equal(called, [])
})

test.run()
