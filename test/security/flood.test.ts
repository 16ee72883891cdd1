// Connections that say nothing, by the thousands: they cost little, and keep nobody out.
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumNode } from '../../src/node/iridium-node.js'
import { until } from '../transport/conformance.js'
import { silentStrangers } from './children.js'
import { addressOf, make } from './nodes.js'

for (const [name, count, security] of [
  ['with a secret', 10_000, { secret: Buffer.alloc(32, 1) }],
  ['plain', 3000, {}],
] as const) {
  test(`${count} connections that say nothing, ${name}: members join, and all goes on`, async () => {
    const nodes: IridiumNode[] = []
    const a = make(nodes, { alias: 'a', ...security })
    const b = make(nodes, { alias: 'b', ...security })
    await a.node.start()
    await b.node.join(addressOf(a.node))
    const strangers = silentStrangers(addressOf(a.node).port, count)
    let flooding = true
    const opened = strangers.done.finally(() => {
      flooding = false
    })
    opened.catch(() => {}) // told below, if the test comes that far
    try {
      const start = performance.now()
      let joins = 0
      const took: number[] = []
      while (flooding) {
        // Four times as patient as usual: a join of 15 s is what a starved machine may take too.
        const heartbeat = { timeoutMs: 20_000 }
        const newcomer = make(nodes, { alias: `n${joins++}`, heartbeat, ...security })
        const begun = performance.now()
        await newcomer.node.join(addressOf(a.node))
        took.push(performance.now() - begun)
        assert.is(newcomer.node.members.size, 2)
        await newcomer.node.close()
        await sleep(20)
      }
      assert.ok((await opened) >= 1000, `${await opened} strangers`)
      const seconds = (performance.now() - start) / 1000
      assert.ok(joins >= 1, 'nobody joined meanwhile')
      // A dial may meet a full queue of the system, which costs it a second; a busy machine takes more.
      const median = took.sort((x, y) => x - y)[took.length >> 1] as number
      assert.ok(median < 3000, `half of the joins took ${median} ms or more`)
      assert.ok(a.node.stats().links.open <= 130, `${a.node.stats().links.open} links`)
      const told = a.errors.map(({ code }) => code)
      assert.ok(told.includes('ERR_IRIDIUM_LIMIT'))
      assert.ok(told.length <= 3 * (seconds + 2), `${told.length} errors in ${seconds} s`)
      const late = make(nodes, { alias: 'late', ...security })
      await late.node.join(addressOf(a.node))
      await until(() => b.node.members.has('late'))
      for (const { events } of [a, b]) {
        const bad = events.filter((event) => /^(suspected|failed|replaced)/.test(event))
        assert.equal(bad, [])
      }
    } finally {
      await strangers.end()
      await Promise.all(nodes.map((node) => node.close()))
    }
  })
}

test.run()
