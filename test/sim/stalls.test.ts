// Hosts that stand still for up to a minute, in a mesh of 128.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { stallingMesh } from './figures.js'

const { name, value, bound, violations } = stallingMesh(1)

test(name, () => {
  assert.equal(violations, [])
  assert.ok(value <= bound, `${value}`)
})

test.run()
