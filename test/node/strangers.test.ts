// What strangers do to a node: how often its host is told (the first at once, the rest of each second as one), and
// that programs leave them turns.
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { assemble } from '../../src/assembler/assemble.js'
import type { Address } from '../../src/core/address.js'
import { IridiumNode } from '../../src/node/iridium-node.js'
import { createTestCluster } from '../../src/testing/index.js'

test('many that are refused within a second make two errors, and the last of them is told', async () => {
  const cluster = createTestCluster()
  const node = cluster.node({ alias: 'a' })
  const told: string[] = []
  node.on('error', ({ code, message }) => told.push(`${code} ${message}`))
  await node.start()
  const strangers = Array.from({ length: 5 }, (_, i) => {
    return cluster.node({ alias: `stranger${i}`, cluster: 'another' })
  })
  for (const stranger of strangers) stranger.join(node.address as Address).catch(() => {})
  await cluster.advance(10)
  assert.is(told.length, 1)
  assert.match(told[0] ?? '', /^ERR_IRIDIUM_REFUSED stranger\d .* was refused: [^(]*$/)
  for (const stranger of strangers) cluster.kill(stranger)
  await cluster.advance(1000)
  assert.is(told.length, 2)
  assert.match(told[1] ?? '', / was refused: .* \(one of 4 within the last second\)$/)
  await cluster.advance(5000)
  assert.is(told.length, 2, 'and nothing more, when nothing more happens')
  await cluster.close()
})

for (const security of [{}, { secret: Buffer.alloc(32, 1) }]) {
  const name = 'secret' in security ? 'with a secret' : 'plain'
  test(`a queue of strangers is let in while programs rest, ${name}`, async () => {
    const node = new IridiumNode({ alias: 'a', port: 0, ...security })
    node.on('error', () => {})
    await node.start()
    const forever = assemble('again: eq $0 $0  djmpe @again', { sections: 'optional' })
    node.run(forever, { engine: 'interpreter' }).catch(() => {})
    const { port } = node.address as Address
    const count = 60
    const strangers = Array.from({ length: count }, () =>
      connect(port, '127.0.0.1').on('error', () => {}),
    )
    let executed = 0
    let slices = 0
    for (let had = 0; had < count; await turn()) {
      const { instructions } = node.stats().machines
      if (had > 0 && instructions > executed) slices++
      executed = instructions
      had = node.stats().queues.strangers
    }
    assert.ok(slices < count / 2, `${slices} slices of programs`)
    for (const stranger of strangers) stranger.destroy()
    await node.close()
  })
}

test.run()
