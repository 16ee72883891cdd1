// Fifty nodes that start and join at the same moment, as after a power cut: a full mesh, one link for each pair.
import { randomBytes } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { linkEnds, startedAtOnce, THRONG } from './figures.js'
import { endAll, noFaults } from './harness.js'

test.after.each(endAll)

for (const [name, security] of [
  ['plain', {}],
  ['with a secret', { secret: randomBytes(32).toString('base64url') }],
] as const) {
  test(`${THRONG.nodes} nodes at once, ${name}: ${THRONG.pairs} links, one for each pair`, async () => {
    // Ten nodes to a process keep a busy machine from its event loops for seconds: that is no death.
    const { hosts } = await startedAtOnce({ heartbeat: { timeoutMs: 30_000 }, ...security })
    const ends = 2 * THRONG.pairs
    assert.equal(await linkEnds(hosts), { members: ends, open: ends }, 'each link has two ends')
    for (const host of hosts) assert.equal(host.saw('memberLeft'), [], host.alias)
    noFaults(hosts)
  })
}

test.run()
