// Hosts that block their event loop: late timers prove nothing about others.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, FAST, fourHosts, meshed, sleep } from './harness.js'

test.after.each(endAll)

test('a host that blocks its event loop for 3 s, again and again, is a member all the time, and so are the others', async () => {
  const [a, b, c, d] = await fourHosts({})
  for (let i = 0; i < 2; i++) {
    await d.call('block', 3000)
    await sleep(300)
  }
  await meshed([a, b, c, d], 2000)
  for (const host of [a, b, c, d]) assert.equal(host.saw('memberLeft'), [], host.alias)
  assert.equal(d.saw('memberSuspected'), [], 'the blocked one blames nobody')
})

test('a host that blocks longer than the timeout: one memberLeft each, none of its own, and it is back at once', async () => {
  const [a, b, c, d] = await fourHosts(FAST)
  await d.call('block', 3500)
  await meshed([a, b, c, d], 5000)
  await sleep(300)
  assert.equal(d.saw('memberLeft'), [])
  for (const host of [a, b, c]) {
    assert.equal(
      host.saw('memberLeft').map(({ alias, detail }) => [alias, detail]),
      [['d', 'failed']],
      host.alias,
    )
  }
})

test.run()
