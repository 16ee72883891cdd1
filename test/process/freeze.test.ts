// Processes that freeze (SIGSTOP): noticed in time, and never held against the living.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { frozen } from './figures.js'
import { endAll, FAST, fourHosts, meshed, noFaults, sleep } from './harness.js'

test.after.each(endAll)

test('a frozen process is suspected in 2.5 s and has failed in 7 s, with the defaults', async () => {
  const [a, b, c, d] = await fourHosts({})
  const { suspectedMs, leftMs, firstLeftMs } = await frozen(d, [a, b, c])
  assert.ok(suspectedMs < 2500, `suspected after ${suspectedMs} ms`)
  assert.ok(leftMs < 7000, `failed after ${leftMs} ms`)
  assert.ok(firstLeftMs > 5000, `failed after ${firstLeftMs} ms already`)
  for (const host of [a, b, c]) assert.is(host.saw('memberLeft', 'd')[0]?.detail, 'failed')
  await meshed([a, b, c], 1000)
  noFaults([a, b, c])
})

test('with a timeout of a second in 2 s; awake again, it is a member everywhere, unaided, and has accused nobody', async () => {
  const [a, b, c, d] = await fourHosts(FAST)
  const { leftMs } = await frozen(d, [a, b, c])
  assert.ok(leftMs < 2000, `failed after ${leftMs} ms`)
  await sleep(1000)
  d.signal('SIGCONT')
  await meshed([a, b, c, d], 5000)
  await sleep(500)
  assert.equal(d.saw('memberLeft'), [])
  for (const host of [a, b, c]) assert.is(host.saw('memberLeft').length, 1)
  noFaults([a, b, c, d])
})

test('a freeze shorter than the timeout makes nobody leave', async () => {
  const [a, b, c, d] = await fourHosts(FAST)
  d.signal('SIGSTOP')
  await sleep(700)
  d.signal('SIGCONT')
  await sleep(1500)
  for (const host of [a, b, c, d]) assert.equal(host.saw('memberLeft'), [], host.alias)
  await meshed([a, b, c, d], 1000)
})

test.run()
