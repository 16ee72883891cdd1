// What anybody on the network may send to a node: it goes on serving, in the same memory.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, Host, meshed, noFaults, sleep } from './harness.js'
import { throng } from './malformed.js'

test.after.each(endAll)

test('a thousand malformed first frames: the node serves on, its members stay, its memory does not grow', async () => {
  const [a, b] = await Promise.all([Host.start('a'), Host.start('b')])
  await b.join(a)
  await throng(a.address.port, 200)
  const before = (await a.call('memory')) as number
  await throng(a.address.port, 1000, 200)
  const after = (await a.call('memory')) as number
  assert.ok(after - before < 30e6, `${Math.round((after - before) / 1e6)} MB more`)
  const c = await Host.start('c')
  await c.join(a)
  await meshed([a, b, c])
  assert.equal(a.saw('memberLeft', 'b'), [])
  assert.equal(a.saw('memberSuspected', 'b'), [])
  assert.ok(a.saw('error').length > 0, 'somebody is told')
  await sleep(300)
  assert.ok((await a.stats()).links.open <= 2 + 5)
  noFaults([a, b, c])
})

test.run()
