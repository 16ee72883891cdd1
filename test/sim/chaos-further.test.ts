// More seeds of the hostile world.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FAULTS_PER_FILE, runFile } from './seeds.js'

test('another quarter of a million faults', () => {
  const faults = runFile(1)
  assert.ok(faults >= FAULTS_PER_FILE, `${faults}`)
})

test.run()
