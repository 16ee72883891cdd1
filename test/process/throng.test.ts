// Fifty nodes that start and join at the same moment, as after a power cut: a full mesh, one link for each pair.
import { randomBytes } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { NodeOptions } from '../../src/index.js'
import { endAll, Host, noFaults, now, sleep } from './harness.js'

test.after.each(endAll)

const PROCESSES = 5
const NODES = 10 * PROCESSES
const PAIRS = (NODES * (NODES - 1)) / 2

for (const [name, security] of [
  ['plain', {}],
  ['with a secret', { secret: randomBytes(32).toString('base64url') }],
] as const) {
  test(`${NODES} nodes at once, ${name}: ${PAIRS} links, one for each pair`, async () => {
    // Ten nodes to a process keep a busy machine from its event loops for seconds: that is no death.
    const heartbeat = { timeoutMs: 30_000 }
    const options = { count: NODES / PROCESSES, heartbeat, ...security } as NodeOptions
    const hosts = await Promise.all(
      Array.from({ length: PROCESSES }, (_, i) =>
        Host.start(`${'abcde'[i]}`, options, { script: 'many' }),
      ),
    )
    const seed = hosts[0]?.address
    const listening = now() // all of them do
    const ends = await Promise.all(hosts.map((host) => host.call('mesh', seed, NODES - 1)))
    console.log(
      `${NODES} nodes, ${name}: full mesh ${Math.round(Math.max(...(ends as number[])) - listening)} ms after the last listened`,
    )
    // Handshakes that lost to a simultaneous one are still closing.
    const links = { members: 0, open: 0 }
    for (const end = now() + 10_000; now() < end; await sleep(100)) {
      const counts = await Promise.all(hosts.map((host) => host.call('links')))
      links.members = sum(counts.map((each) => (each as typeof links).members))
      links.open = sum(counts.map((each) => (each as typeof links).open))
      if (links.open === 2 * PAIRS && links.members === 2 * PAIRS) break
    }
    assert.equal(links, { members: 2 * PAIRS, open: 2 * PAIRS }, 'each link has two ends')
    for (const host of hosts) assert.equal(host.saw('memberLeft'), [], host.alias)
    noFaults(hosts)
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

test.run()
