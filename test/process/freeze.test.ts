// Processes that freeze (SIGSTOP) or block their event loop: noticed in time, and never held against the living.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, Host, meshed, noFaults, sleep } from './harness.js'

test.after.each(endAll)

const FAST = { heartbeat: { intervalMs: 100, timeoutMs: 1000 } }

async function mesh(options: object): Promise<[Host, Host, Host, Host]> {
  const hosts = await Promise.all(['a', 'b', 'c', 'd'].map((name) => Host.start(name, options)))
  const [first, ...others] = hosts as [Host, Host, Host, Host]
  await Promise.all(others.map((host) => host.join(first)))
  await meshed(hosts, 5000)
  return [first, ...others] as [Host, Host, Host, Host]
}

test('a frozen process is suspected in 2.5 s and has failed in 7 s, with the defaults', async () => {
  const [a, b, c, d] = await mesh({})
  const frozenAt = d.signal('SIGSTOP')
  for (const host of [a, b, c]) {
    const suspected = await host.see('memberSuspected', 'd', 4000)
    assert.ok(suspected.at - frozenAt < 2500, `suspected after ${suspected.at - frozenAt} ms`)
  }
  for (const host of [a, b, c]) {
    const left = await host.see('memberLeft', 'd', 8000)
    assert.is(left.detail, 'failed')
    assert.ok(left.at - frozenAt < 7000, `failed after ${left.at - frozenAt} ms`)
    assert.ok(left.at - frozenAt > 5000, `failed after ${left.at - frozenAt} ms already`)
  }
  await meshed([a, b, c], 1000)
  noFaults([a, b, c])
})

test('with a timeout of a second in 2 s; awake again, it is a member everywhere, unaided, and has accused nobody', async () => {
  const [a, b, c, d] = await mesh(FAST)
  const frozenAt = d.signal('SIGSTOP')
  for (const host of [a, b, c]) {
    const left = await host.see('memberLeft', 'd', 4000)
    assert.ok(left.at - frozenAt < 2000, `failed after ${left.at - frozenAt} ms`)
  }
  await sleep(1000)
  d.signal('SIGCONT')
  await meshed([a, b, c, d], 5000)
  await sleep(500)
  assert.equal(d.saw('memberLeft'), [])
  for (const host of [a, b, c]) assert.is(host.saw('memberLeft').length, 1)
  noFaults([a, b, c, d])
})

test('a freeze shorter than the timeout makes nobody leave', async () => {
  const [a, b, c, d] = await mesh(FAST)
  d.signal('SIGSTOP')
  await sleep(700)
  d.signal('SIGCONT')
  await sleep(1500)
  for (const host of [a, b, c, d]) assert.equal(host.saw('memberLeft'), [], host.alias)
  await meshed([a, b, c, d], 1000)
})

test('a host that blocks its event loop for 3 s, again and again, is a member all the time, and so are the others', async () => {
  const [a, b, c, d] = await mesh({})
  for (let i = 0; i < 2; i++) {
    await d.call('block', 3000)
    await sleep(300)
  }
  await meshed([a, b, c, d], 2000)
  for (const host of [a, b, c, d]) assert.equal(host.saw('memberLeft'), [], host.alias)
  assert.equal(d.saw('memberSuspected'), [], 'the blocked one blames nobody')
})

test('a host that blocks longer than the timeout: one memberLeft each, none of its own, and it is back at once', async () => {
  const [a, b, c, d] = await mesh(FAST)
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
