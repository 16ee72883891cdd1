// Thirty processes that join at the same moment: each is told of each of the others, once.
import { randomBytes } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, Host, meshed, noFaults, now, sleep } from './harness.js'

test.after.each(endAll)

const HOSTS = 30

for (const [name, security] of [
  ['plain', {}],
  ['with a secret', { secret: randomBytes(32).toString('base64url') }],
] as const) {
  test(`${HOSTS} processes that join at once, ${name}: a full mesh, and each event once`, async () => {
    const names = Array.from({ length: HOSTS }, (_, i) => `h${i}`)
    const options = { heartbeat: { timeoutMs: 30_000 }, ...security }
    const hosts = await Promise.all(names.map((alias) => Host.start(alias, options)))
    const [seed, ...others] = hosts as [Host, ...Host[]]
    const begun = now()
    await Promise.all(others.map((host) => host.join(seed)))
    // Reports come by themselves; to ask thirty processes again and again would be most of the work.
    const isWhole = (): boolean =>
      hosts.every((host) => host.saw('memberJoined').length >= HOSTS - 1)
    for (const end = now() + 60_000; now() < end && !isWhole(); await sleep(50));
    await meshed(hosts)
    const joins = hosts.flatMap((host) => host.saw('memberJoined').map(({ at }) => at))
    console.log(
      `${HOSTS} processes, ${name}: full mesh ${Math.round(Math.max(...joins) - begun)} ms after the first began to join`,
    )
    await sleep(500)
    for (const host of hosts) {
      const expected = names.filter((other) => other !== host.alias).sort()
      const joined = host.saw('memberJoined').map(({ alias }) => alias)
      assert.equal(joined.sort(), expected, `${host.alias} has each once`)
      assert.equal(host.saw('memberLeft'), [], host.alias)
      assert.is((await host.stats()).links.members, HOSTS - 1)
    }
    noFaults(hosts)
  })
}

test.run()
