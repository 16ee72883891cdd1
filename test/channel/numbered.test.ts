// Beside a Map, which does the same.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_NUMBERED_PLACES, MAX_REQUEST_ID } from '../../src/core/limits.js'
import { Numbered } from '../../src/node/channel/numbered.js'
import { SeededRandom } from '../../src/testing/random.js'

interface Item {
  readonly id: number
}

const ids = (items: Iterable<Item>): number[] =>
  [...items].map(({ id }) => id).sort((a, b) => a - b)

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
      const numbered = new Numbered<Item>()
      const map = new Map<number, Item>()
      for (let i = 0; i < 10_000; i++) {
        const id = idOf(i, below)
        assert.is(numbered.get(id), map.get(id))
        if (!map.has(id)) {
          const item = { id }
          numbered.add(item)
          map.set(id, item)
        }
        assert.is(numbered.get(id), map.get(id))
        assert.not.ok(numbered.delete({ id }), 'another one with that number')
        while (map.size > below(most) && map.size > 0) {
          const oldest = map.values().next().value as Item
          assert.ok(numbered.delete(oldest))
          assert.not.ok(numbered.delete(oldest), 'twice')
          map.delete(oldest.id)
          assert.is(numbered.get(oldest.id), undefined)
        }
      }
      assert.equal(ids(numbered.toArray()), ids(map.values()))
    })
  }
}

test.run()
