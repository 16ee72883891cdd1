// The buddy allocator against a plain list of what is taken.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Buddy } from '../../../src/vm/memory/buddy.js'

const ORDERS = 7
const UNITS = 2 ** ORDERS

test('takes all, then none, then all again as one', () => {
  const buddy = new Buddy(ORDERS)
  assert.ok(buddy.isEmpty)
  const units = Array.from({ length: UNITS }, () => buddy.allocate(0))
  assert.equal(
    [...units].sort((a, b) => a - b),
    [...Array(UNITS).keys()],
  )
  assert.ok(buddy.isFull)
  assert.is(buddy.allocate(0), -1)
  for (const unit of units) buddy.release(unit)
  assert.ok(buddy.isEmpty)
  assert.is(buddy.allocate(ORDERS), 0)
  assert.ok(buddy.isFull)
})

test('a request larger than everything is refused', () => {
  assert.is(new Buddy(ORDERS).allocate(ORDERS + 1), -1)
})

test('prefers the tighter hole, so that large ones stay whole', () => {
  const buddy = new Buddy(3)
  const taken = [buddy.allocate(0), buddy.allocate(0), buddy.allocate(1)]
  assert.equal(taken, [0, 1, 2])
  buddy.release(0)
  // One free unit beside unit 1, and a free half of four: the unit comes first.
  assert.is(buddy.allocate(0), 0)
  assert.is(buddy.allocate(2), 4)
})

test('extents never overlap, are aligned, and come whenever a hole of their size is free', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ order: fc.integer({ min: 0, max: ORDERS }) }) },
    { weight: 2, arbitrary: fc.record({ release: fc.nat() }) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const buddy = new Buddy(ORDERS)
      const owner: (number | undefined)[] = new Array(UNITS).fill(undefined)
      const taken: number[] = []
      for (const action of steps) {
        if ('order' in action) {
          const size = 2 ** action.order
          const unit = buddy.allocate(action.order)
          assert.is(unit >= 0, hasHole(owner, size))
          if (unit < 0) continue
          assert.is(unit % size, 0)
          for (let i = unit; i < unit + size; i++) {
            assert.is(owner[i], undefined)
            owner[i] = unit
          }
          taken.push(unit)
        } else if (taken.length > 0) {
          const [unit] = taken.splice(action.release % taken.length, 1)
          buddy.release(unit as number)
          for (let i = 0; i < UNITS; i++) if (owner[i] === unit) owner[i] = undefined
        }
        assert.is(buddy.isEmpty, taken.length === 0)
        assert.is(buddy.isFull, !owner.includes(undefined))
      }
    }),
    { seed: 1, numRuns: 300 },
  )
})

/** Whether `size` aligned units are free together. */
function hasHole(owner: readonly (number | undefined)[], size: number): boolean {
  for (let start = 0; start < UNITS; start += size) {
    if (owner.slice(start, start + size).every((unit) => unit === undefined)) return true
  }
  return false
}

test.run()
