// Who may stay among the unfinished handshakes, and how often strangers are reported: pure rules, a clock by hand.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Clock } from '../../src/core/clock.js'
import { IridiumError } from '../../src/core/errors.js'
import { Reports } from '../../src/core/reports.js'
import { Admission, type Place } from '../../src/transport/admission.js'

function handClock(): Clock & { advance(ms: number): void } {
  let now = 0
  const timers = new Set<{ at: number; callback: () => void }>()
  const timer = (delayMs: number, callback: () => void) => {
    const entry = { at: now + delayMs, callback }
    timers.add(entry)
    return () => {
      timers.delete(entry)
    }
  }
  return {
    now: () => now,
    date: () => now,
    timer,
    soon: (callback) => timer(0, callback),
    turn: (callback) => timer(0, callback),
    advance(ms) {
      now += ms
      for (const entry of [...timers].sort((a, b) => a.at - b.at)) {
        if (entry.at > now || !timers.delete(entry)) continue
        entry.callback()
      }
    },
  }
}

function hall() {
  const clock = handClock()
  const admission = new Admission(clock)
  const gone: string[] = []
  const enter = (name: string, address = '127.0.0.1', heard = false): Place =>
    admission.enter({
      address,
      local: address.startsWith('127.'),
      silent: () => !heard,
      evict: (reason) => gone.push(`${name} ${reason}`),
    })
  return { clock, admission, gone, enter }
}

test('a newcomer always gets a place: the 129th takes that of the oldest', () => {
  const { admission, gone, enter } = hall()
  for (let i = 1; i <= 128; i++) enter(`${i}`)
  assert.equal(gone, [])
  enter('129')
  enter('130')
  assert.equal(gone, ['1 crowded', '2 crowded'])
  assert.is(admission.size, 128)
})

test('silent ones go before those that were heard, and these before those that are vouched for', () => {
  const { gone, enter } = hall()
  enter('member').vouch()
  enter('heard', undefined, true)
  for (let i = 3; i <= 128; i++) enter(`${i}`)
  for (let i = 3; i <= 128; i++) enter(`${i}, later`, undefined, true)
  assert.is(gone.length, 126)
  assert.is(gone[0], '3 crowded')
  enter('next', undefined, true)
  assert.is(gone.at(-1), 'heard crowded')
})

test('when all are vouched for the oldest goes', () => {
  const { gone, enter } = hall()
  for (let i = 1; i <= 129; i++) enter(`${i}`).vouch()
  assert.equal(gone, ['1 crowded'])
})

test('beyond loopback one address has 16 places, and takes none of others', () => {
  const { admission, gone, enter } = hall()
  enter('other', '192.0.2.7')
  for (let i = 1; i <= 17; i++) enter(`${i}`, '192.0.2.1')
  assert.equal(gone, ['1 crowded'])
  for (let i = 1; i <= 128; i++) enter(`far ${i}`, '192.0.2.1')
  assert.is(admission.size, 17)
  assert.not.ok(gone.includes('other crowded'))
})

test('one /64 of IPv6 counts as one address, however it is written', () => {
  const { gone, enter } = hall()
  for (let i = 1; i <= 8; i++) enter(`a${i}`, `2001:db8::${i}`)
  for (let i = 1; i <= 8; i++) enter(`b${i}`, `2001:db8:0:0:${i}::1`)
  enter('elsewhere', '2001:db8:0:1::1')
  enter('elsewhere', '2001:db9::1')
  assert.equal(gone, [])
  enter('c', '2001:db8:0:0:ffff:1:2:3')
  assert.equal(gone, ['a1 crowded'])
})

test('after 5 s whoever has not become a member goes, vouched for or not', () => {
  const { clock, admission, gone, enter } = hall()
  enter('silent')
  enter('vouched').vouch()
  const member = enter('member')
  clock.advance(4999)
  member.leave()
  assert.equal(gone, [])
  clock.advance(1)
  assert.equal(gone, ['silent timeout', 'vouched timeout'])
  assert.is(admission.size, 0)
})

test('who has left is not evicted, and leaves no timer', () => {
  const { clock, admission, gone, enter } = hall()
  const place = enter('a')
  place.leave()
  place.leave()
  assert.is(admission.size, 0)
  for (let i = 0; i < 128; i++) enter('b')
  clock.advance(6000)
  assert.not.ok(gone.includes('a timeout') || gone.includes('a crowded'))
})

test('reports: the first at once, the rest of a second as one, each code for itself', () => {
  const clock = handClock()
  const told: string[] = []
  const reports = new Reports(clock, ({ code, message }) => told.push(`${code} ${message}`))
  const limit = (message: string) => reports.add(new IridiumError('ERR_IRIDIUM_LIMIT', message))
  limit('a')
  limit('b')
  limit('c')
  reports.add(new IridiumError('ERR_IRIDIUM_TIMEOUT', 'late'))
  assert.equal(told, ['ERR_IRIDIUM_LIMIT a', 'ERR_IRIDIUM_TIMEOUT late'])
  clock.advance(1000)
  assert.is(told[2], 'ERR_IRIDIUM_LIMIT c (one of 2 within the last second)')
  limit('d')
  clock.advance(999)
  assert.is(told.length, 3)
  clock.advance(1)
  assert.is(told[3], 'ERR_IRIDIUM_LIMIT d')
  clock.advance(1000)
  limit('e')
  assert.is(told[4], 'ERR_IRIDIUM_LIMIT e')
  limit('f')
  reports.close()
  clock.advance(5000)
  assert.is(told.length, 5)
})

test.run()
