// The figures that the documentation states, at the length of a test; npm run sim -- --figures prints them.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { joinInEveryOrder, lightFigures } from './figures.js'

for (const { name, value, bound, unit, violations } of lightFigures(1)) {
  test(`${name}: ${value} ${unit}`, () => {
    assert.equal(violations, [])
    assert.ok(value <= bound, `${value} is more than ${bound} ${unit}`)
  })
}

test('every order in which four nodes join each other ends in a full mesh', () => {
  const { orders, violations } = joinInEveryOrder(4)
  assert.equal(violations, [])
  assert.is(orders, 24 * 6)
})

test.run()
