// How often a host is told what strangers do: the first at once, the rest of each second as one.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Address } from '../../src/core/address.js'
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

test.run()
