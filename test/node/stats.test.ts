// stats(): everything that can wait in a node has a number there, and the numbers are right.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Address } from '../../src/core/address.js'
import { MAX_CHANNELS } from '../../src/core/limits.js'
import { IridiumNode } from '../../src/node/iridium-node.js'
import { createTestCluster } from '../../src/testing/index.js'
import { until } from '../transport/conformance.js'

test('what waits is counted, and is gone when it no longer waits', async () => {
  const node = new IridiumNode({ alias: 'a', port: 0 })
  await node.start()
  const idle = { outboxBytes: 0, strangers: 0, dials: 0, sought: 0, seeds: 0, calls: 0 }
  assert.equal(node.stats().queues, idle)
  const stranger = connect((node.address as Address).port, '127.0.0.1')
  await once(stranger, 'connect')
  await until(() => node.stats().queues.strangers === 1)
  const controller = new AbortController()
  const waiting = node.waitFor('memberJoined', { signal: controller.signal }).catch(() => {})
  assert.is(node.stats().queues.calls, 1)
  controller.abort()
  stranger.destroy()
  await waiting
  await until(() => node.stats().queues.strangers === 0)
  assert.equal(node.stats().queues, idle)
  await node.close()
})

for (const security of [{}, { secret: Buffer.alloc(32, 1) }]) {
  const name = 'secret' in security ? 'with a secret' : 'plain'
  test(`129 strangers that say nothing, ${name}: the one that has to go reaches a bound`, async () => {
    const node = new IridiumNode({ alias: 'a', port: 0, ...security })
    node.on('error', () => {})
    await node.start()
    const { port } = node.address as Address
    const sockets: Socket[] = []
    for (let i = 0; i < 129; i++) {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      sockets.push(socket)
      await once(socket, 'connect')
    }
    // On a slow machine some of them are out of time, too, and count as well.
    await until(() => node.stats().boundsHit > 0)
    await until(() => node.stats().queues.strangers + node.stats().boundsHit === 129)
    await until(() => {
      const { accepted, rejected } = node.stats().links
      return 'secret' in security ? accepted === 0 && rejected >= 1 : accepted === 129
    })
    for (const socket of sockets) socket.destroy()
    await until(() => node.stats().queues.strangers === 0)
    const { boundsHit, links } = node.stats()
    assert.equal(
      [links.accepted, links.rejected],
      'secret' in security ? [0, 129] : [129, 0],
      'each counts as one of the two',
    )
    await node.close()
    assert.equal(
      [node.stats().boundsHit, node.stats().links],
      [boundsHit, { ...links, open: 0 }],
      'what was counted outlives the listener',
    )
  })
}

test('a transport that does not bound strangers: the machine counts those that it ends', async () => {
  const cluster = createTestCluster()
  const [a, b] = [cluster.node({ alias: 'a' }), cluster.node({ alias: 'b' })]
  a.on('error', () => {})
  await a.start()
  const joining = b.join(a.address as Address).catch((error) => error.code)
  cluster.stall('b', 7000)
  await cluster.advance(6000)
  assert.is(a.stats().links.accepted, 1)
  assert.is(a.stats().boundsHit, 1)
  await cluster.advance(20_000)
  await joining
  await cluster.close()
})

test('a channel too many reaches a bound', async () => {
  const node = new IridiumNode({ alias: 'a', port: 0 })
  for (let i = 0; i < MAX_CHANNELS; i++) node.channel(`${i}`, 'string')
  assert.is(node.stats().boundsHit, 0)
  assert.throws(() => node.channel('x', 'string'), /channels are open/)
  assert.is(node.stats().boundsHit, 1)
  await node.close()
})

test('members, dials and those that are sought', async () => {
  const cluster = createTestCluster()
  const [a, b, c] = ['a', 'b', 'c'].map((alias) => cluster.node({ alias })) as [
    IridiumNode,
    IridiumNode,
    IridiumNode,
  ]
  await a.start()
  await b.join(a.address as Address)
  await c.join(a.address as Address)
  assert.equal(a.stats().members, { alive: 2, suspect: 0 })
  cluster.partition(['a'], ['b'])
  await cluster.advance(3000)
  assert.equal(a.stats().members, { alive: 1, suspect: 1 })
  await cluster.advance(4000)
  // c vouches for b: the link is made anew, which cannot succeed.
  assert.equal(a.stats().links.members, 1)
  assert.equal([a.stats().queues.sought, a.stats().queues.dials], [1, 1])
  const joining = a.join('127.0.0.1:1').catch((error) => error.code)
  assert.equal([a.stats().queues.calls, a.stats().queues.seeds], [1, 1])
  await cluster.advance(60_000)
  assert.is(await joining, 'ERR_IRIDIUM_JOIN_FAILED')
  assert.is(a.stats().queues.calls, 0)
  await cluster.close()
})

test('bytes for a peer that does not read', async () => {
  const cluster = createTestCluster()
  const [a, b] = [cluster.node({ alias: 'a' }), cluster.node({ alias: 'b' })]
  await a.start()
  await b.join(a.address as Address)
  const channel = a.channel<string>('x', 'string')
  cluster.stall('b', 4000)
  await cluster.advance(10)
  const text = 'x'.repeat(1000)
  for (let i = 0; i < 100; i++) channel.write('b', text)
  const { queues, channels } = a.stats()
  assert.ok(queues.outboxBytes >= 16_000, `${queues.outboxBytes} bytes`)
  assert.ok(queues.outboxBytes + channels.waitingBytes >= 100_000)
  await cluster.advance(10_000)
  assert.is(a.stats().queues.outboxBytes, 0)
  await cluster.close()
})

test.run()
