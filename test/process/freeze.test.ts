// Processes that freeze (SIGSTOP): noticed in time, and never held against the living.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { frozen } from './figures.js'
import { endAll, FAST, fourHosts, meshed, noFaults, sleep } from './harness.js'

test.after.each(endAll)

test('a frozen process is suspected and has failed, with the defaults not before 5 s', async () => {
  const [a, b, c, d] = await fourHosts({})
  const { suspectedMs, leftMs, firstLeftMs } = await frozen(d, [a, b, c])
  // A busy machine takes longer than the 1.5 and 6 s that the bench shows.
  assert.ok(suspectedMs < 5000, `suspected after ${suspectedMs} ms`)
  assert.ok(leftMs < 15_000, `failed after ${leftMs} ms`)
  assert.ok(firstLeftMs > 5000, `failed after ${firstLeftMs} ms already`)
  for (const host of [a, b, c]) assert.is(host.saw('memberLeft', 'd')[0]?.detail, 'failed')
  await meshed([a, b, c])
  noFaults([a, b, c])
})

test('with a timeout of a second sooner; awake again, it is a member everywhere, unaided, and has accused nobody', async () => {
  const [a, b, c, d] = await fourHosts(FAST)
  const { leftMs } = await frozen(d, [a, b, c])
  assert.ok(leftMs < 5000, `failed after ${leftMs} ms`)
  await sleep(1000)
  d.signal('SIGCONT')
  await meshed([a, b, c, d])
  await sleep(500)
  assert.equal(d.saw('memberLeft'), [])
  for (const host of [a, b, c]) assert.is(host.saw('memberLeft').length, 1)
  noFaults([a, b, c, d])
})

test('a freeze shorter than the timeout makes nobody leave', async () => {
  const [a, b, c, d] = await fourHosts(FAST)
  d.signal('SIGSTOP')
  await sleep(500)
  d.signal('SIGCONT')
  await sleep(1500)
  for (const host of [a, b, c, d]) assert.equal(host.saw('memberLeft'), [], host.alias)
  await meshed([a, b, c, d])
})

test.run()
