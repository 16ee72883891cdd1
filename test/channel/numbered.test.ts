// Beside a Map, which does the same.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_NUMBERED_PLACES, MAX_REQUEST_ID, MIN_NUMBERED_PLACES } from '../../src/core/limits.js'
import { Numbered } from '../../src/node/channel/numbered.js'
import { SeededRandom } from '../../src/testing/random.js'

const ORDERS: Readonly<Record<string, (i: number, below: (n: number) => number) => number>> = {
  'numbers that go up': (i) => i + 1,
  'numbers that begin again': (i) => ((MAX_REQUEST_ID - 500 + i) % MAX_REQUEST_ID) + 1,
  'numbers at random': (_, below) => below(MAX_REQUEST_ID),
  'numbers for the same place': (i) => (i * MAX_NUMBERED_PLACES * 2) % MAX_REQUEST_ID,
}

for (const [name, idOf] of Object.entries(ORDERS)) {
  for (const most of [1, 40, 3000]) {
    test(`${name}, up to ${most} at a time`, () => {
      const random = new SeededRandom(most, 1)
      const below = (n: number): number => Math.floor(random.fraction() * n)
      const numbered = new Numbered<object>()
      const map = new Map<number, object>()
      for (let i = 0; i < 10_000; i++) {
        const id = idOf(i, below)
        assert.is(numbered.get(id), map.get(id))
        if (!map.has(id)) {
          const item = {}
          numbered.add(id, item)
          map.set(id, item)
        }
        assert.is(numbered.get(id), map.get(id))
        assert.not.ok(numbered.delete(id, {}), 'another one with that number')
        while (map.size > below(most) && map.size > 0) {
          const [oldest, item] = map.entries().next().value as [number, object]
          assert.ok(numbered.delete(oldest, item))
          assert.not.ok(numbered.delete(oldest, item), 'twice')
          map.delete(oldest)
          assert.is(numbered.get(oldest), undefined)
        }
      }
      assert.equal(
        numbered.entries(),
        [...map].sort(([a], [b]) => a - b),
      )
    })
  }
}

test('the ring doubles when half as many as it has places have none, and has a bound', () => {
  const numbered = new Numbered<object>()
  assert.is(numbered.placeCount, 0)
  for (let id = 1, places = MIN_NUMBERED_PLACES; id <= 5 * MAX_NUMBERED_PLACES; id++) {
    if (id > 1.5 * places && places < MAX_NUMBERED_PLACES) places *= 2
    numbered.add(id, { id })
    assert.is(numbered.placeCount, places, `${id}`)
  }
  assert.is(numbered.placeCount, MAX_NUMBERED_PLACES)
  for (const [id, item] of numbered.entries()) assert.ok(numbered.delete(id, item))
  assert.equal(numbered.entries(), [])
})

test('with numbers that go up and few at a time it stays small', () => {
  const numbered = new Numbered<object>()
  for (let id = 1; id <= 10_000; id++) {
    const item = {}
    numbered.add(id, item)
    numbered.delete(id, item)
  }
  assert.is(numbered.placeCount, MIN_NUMBERED_PLACES)
})

test.run()
