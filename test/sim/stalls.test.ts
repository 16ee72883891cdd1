// The largest mesh of the tests, and hosts that stand still for up to a minute.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { stallingMesh } from './figures.js'

const { name, value, bound, violations } = stallingMesh(1)

test(name, () => {
  assert.equal(violations, [])
  assert.ok(value <= bound, `${value}`)
})

test.run()
