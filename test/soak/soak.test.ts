// A short soak: some hundred joins and leaves leave nothing behind, and a soak that leaks is found.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll } from '../process/harness.js'
import { growth, inMemory, overSockets, type Soak, soak } from './joins.js'
import { scan } from './strangers.js'

setFlagsFromString('--expose-gc')
globalThis.gc = runInNewContext('gc')
const TOLERANCE = 0.05

test.after(endAll)

for (const [name, make, count] of [
  ['in memory', inMemory, 600],
  ['over sockets', overSockets, 300],
] as const) {
  test(`${count} joins and leaves ${name}: heap and handles stay as they were`, async () => {
    const footprints = await soak(await make(), count, { warmUp: count / 2, samples: 6 })
    const more = growth(footprints.map(({ heap }) => heap))
    assert.ok(more < TOLERANCE, `${(100 * more).toFixed(1)} % more: ${JSON.stringify(footprints)}`)
    const handles = footprints.map((each) => each.handles)
    assert.ok(Math.max(...handles) <= (handles[0] as number) + 2, `handles: ${handles}`)
  })
}

test('a leak of 20 KB a join is found', async () => {
  const kept: unknown[] = []
  const { cycle, close } = await inMemory()
  const leaking: Soak = {
    close,
    cycle: async () => {
      kept.push(Array.from({ length: 2500 }, (_, i) => i + 0.5))
      await cycle()
    },
  }
  const footprints = await soak(leaking, 200, { warmUp: 50, samples: 6 })
  assert.ok(growth(footprints.map(({ heap }) => heap)) > TOLERANCE)
  assert.is(kept.length, 200)
})

test('1,000 malformed connections, a program and newcomers at once: no alarm, and the memory stays', async () => {
  const { heaps, alarms, faults, joins } = await scan(1000)
  assert.is(alarms, 0)
  assert.is(faults, 0)
  assert.is(joins, 10)
  // The first samples are of a process that has hardly begun: what it has compiled and tabled since is no leak.
  assert.ok(growth(heaps) < 0.3, `heap ${heaps}`)
})

test.run()
