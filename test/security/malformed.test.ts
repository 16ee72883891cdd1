// Connections that say nonsense, by the thousands: each of them ends, and nothing else does.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumNode } from '../../src/node/iridium-node.js'
import { until } from '../transport/conformance.js'
import { malformedStrangers } from './children.js'
import { addressOf, make } from './nodes.js'

for (const [name, security] of [
  ['with a secret', { secret: Buffer.alloc(32, 1) }],
  ['plain', {}],
] as const) {
  test(`2,200 connections that say nonsense, ${name}: all of them end, and nothing else does`, async () => {
    const nodes: IridiumNode[] = []
    const a = make(nodes, { alias: 'a', ...security })
    const b = make(nodes, { alias: 'b', ...security })
    await a.node.start()
    await b.node.join(addressOf(a.node))
    const start = performance.now()
    const strangers = malformedStrangers(addressOf(a.node).port, 2200, 7)
    try {
      const late = make(nodes, { alias: 'late', ...security })
      await late.node.join(addressOf(a.node))
      assert.is(await strangers.done, 2200)
      await until(() => a.node.stats().links.open === 2)
      const seconds = (performance.now() - start) / 1000
      assert.ok(a.errors.length > 0)
      assert.ok(a.errors.length <= 5 * (seconds + 2), `${a.errors.length} errors in ${seconds} s`)
      assert.equal(
        [a, b].map(({ node }) => node.members.size),
        [2, 2],
      )
      for (const { events } of [a, b]) {
        assert.equal(
          events.filter((event) => !event.startsWith('joined')),
          [],
        )
      }
    } finally {
      await strangers.end()
      await Promise.all(nodes.map((node) => node.close()))
    }
  })
}

test.run()
