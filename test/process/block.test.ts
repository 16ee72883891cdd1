// Hosts that block their event loop: late timers prove nothing about others.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { NodeOptions } from '../../src/index.js'
import { atOnce, FAST, fourHosts, meshed, sleep } from './harness.js'

/** One memberLeft about d at each of the others, none by d, and d is back. */
async function outlivesItsBlock(ms: number, options: NodeOptions): Promise<void> {
  const [a, b, c, d] = await fourHosts(options)
  await d.call('block', ms)
  await meshed([a, b, c, d])
  await sleep(300)
  assert.equal(d.saw('memberLeft'), [])
  for (const host of [a, b, c]) {
    assert.equal(
      host.saw('memberLeft').map(({ alias, detail }) => [alias, detail]),
      [['d', 'failed']],
      host.alias,
    )
  }
}

atOnce({
  async 'a host that blocks its event loop for 3 s, again and again, is a member all the time, and so are the others'() {
    const [a, b, c, d] = await fourHosts({})
    for (let i = 0; i < 2; i++) {
      await d.call('block', 3000)
      await sleep(300)
    }
    await meshed([a, b, c, d])
    for (const host of [a, b, c, d]) assert.equal(host.saw('memberLeft'), [], host.alias)
    assert.equal(d.saw('memberSuspected'), [], 'the blocked one blames nobody')
  },

  'one that blocks for 10 s, with the defaults: one memberLeft each, none of its own, and it is back at once'() {
    return outlivesItsBlock(10_000, {})
  },

  'one that blocks for 3.5 s with a timeout of one: the same'() {
    return outlivesItsBlock(3500, FAST)
  },
})

test.run()
