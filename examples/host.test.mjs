// A host's own test: how does my code react when a member dies? No sockets, no waiting.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestCluster } from 'iridium-node/testing'

/** The host's code under test: keeps a list of who must be called about a failure. */
function watch(node) {
  const alarms = []
  node.on('memberLeft', ({ member, reason }) => {
    if (reason === 'failed') alarms.push(member.alias)
  })
  return alarms
}

test('a dead member raises one alarm, one that leaves raises none', async () => {
  const cluster = createTestCluster({ seed: 1 })
  const a = cluster.node({ alias: 'a' })
  const b = cluster.node({ alias: 'b' })
  const c = cluster.node({ alias: 'c' })
  const alarms = watch(a)

  await a.start()
  const joins = Promise.all([b.join(a.address), c.join(a.address)])
  await cluster.advance(1000)
  await joins
  assert.deepEqual([...a.members.keys()].sort(), ['b', 'c'])

  cluster.kill('b')
  const leaving = c.leave()
  await cluster.advance(10_000)
  await leaving
  assert.deepEqual(alarms, ['b'])

  await cluster.close()
})
