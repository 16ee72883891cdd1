// Real processes over real sockets: they meet, one dies, one leaves, one comes back, a twin is refused.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { cluster, killed } from './figures.js'
import { endAll, Host, meshed, noFaults, sleep } from './harness.js'

test.after.each(endAll)

/** A mesh of processes named a, b, c, ... */
function mesh(count: number): Promise<Host[]> {
  return cluster(Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i)))
}

test('six processes join through different members at the same time: one mesh, one link for each pair', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const hosts = await Promise.all(names.map((name) => Host.start(name)))
  const [a, b, c, d, e, f] = hosts as [Host, Host, Host, Host, Host, Host]
  // A chain, all at once: nobody's seed is in the cluster yet.
  await Promise.all([b.join(a), c.join(b), d.join(c), e.join(d), f.join(a)])
  await meshed(hosts)
  await sleep(200)
  for (const host of hosts) {
    const { links } = await host.stats()
    assert.is(links.members, 5, `${host.alias} has ${links.members} links with members`)
    assert.is(links.open, 5, `${host.alias} has ${links.open} open connections`)
    for (const name of names.filter((other) => other !== host.alias)) {
      assert.is(host.saw('memberJoined', name).length, 1, `${host.alias} about ${name}`)
    }
    assert.equal(host.saw('memberLeft'), [])
    const members = await host.members()
    for (const other of hosts) {
      const seen = members.find(({ alias }) => alias === other.alias)
      if (other !== host) assert.is(seen?.port, other.address.port, 'the listening port')
    }
  }
  noFaults(hosts)
})

test('a killed process has failed: everywhere, once, long before its silence tells', async () => {
  const hosts = await mesh(6)
  const victim = hosts[2] as Host
  const others = hosts.filter((host) => host !== victim)
  const worstMs = await killed(victim, others)
  assert.ok(worstMs < 3000, `after ${worstMs} ms`)
  await sleep(1500)
  for (const host of others) {
    assert.equal(
      host.saw('memberLeft').map(({ alias, detail }) => [alias, detail]),
      [['c', 'failed']],
    )
  }
  await meshed(others)
  noFaults(others)
})

test('a process that leaves has left: everywhere, once; it can come back, and so can one that closes', async () => {
  const hosts = await mesh(4)
  const [a, b, c, d] = hosts as [Host, Host, Host, Host]
  await b.call('leave')
  for (const host of [a, c, d]) {
    assert.is((await host.see('memberLeft', 'b', 1000)).detail, 'left')
  }
  assert.equal(await b.members(), [])
  await sleep(1500)
  await meshed([a, c, d])
  await b.join(d)
  await meshed(hosts)
  await c.call('close')
  for (const host of [a, b, d]) {
    assert.is((await host.see('memberLeft', 'c', 1000)).detail, 'left')
  }
  for (const host of [a, b, c, d]) {
    for (const name of ['a', 'b', 'c', 'd']) assert.ok(host.saw('memberLeft', name).length <= 1)
  }
  noFaults(hosts)
})

test('a process that restarts under its alias and port rejoins, with a higher incarnation', async () => {
  const hosts = await mesh(3)
  const [a, b, c] = hosts as [Host, Host, Host]
  const before = (await a.members()).find(({ alias }) => alias === 'b')
  await b.kill()
  const again = await Host.start('b', { port: b.address.port })
  await again.join(c)
  await meshed([a, again, c])
  const after = (await a.members()).find(({ alias }) => alias === 'b')
  assert.is.not(after?.id, before?.id)
  assert.ok((after?.incarnation ?? 0) > (before?.incarnation ?? 0))
  for (const host of [a, c]) {
    assert.is(host.saw('memberLeft', 'b').length, 1)
    assert.is(host.saw('memberJoined', 'b').length, 2)
  }
  noFaults([a, c, again])
})

test('a twin is refused, and nothing changes for the others', async () => {
  const hosts = await mesh(3)
  const [a, b, c] = hosts as [Host, Host, Host]
  const twin = await Host.start('b')
  for (const seed of [a, b, c]) {
    const error = await twin.join(seed).catch((error: unknown) => error)
    assert.is((error as { code?: string }).code, 'ERR_IRIDIUM_JOIN_FAILED')
  }
  assert.equal(await twin.members(), [])
  await meshed(hosts)
  for (const host of hosts) assert.equal(host.saw('memberLeft'), [])
  noFaults([...hosts, twin])
})

test.run()
