// The test kit: what a host's own tests can rely on.
import { mock } from 'node:test'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumError } from '../../src/core/errors.js'
import { IridiumNode } from '../../src/node/iridium-node.js'
import { createTestCluster, type TestCluster } from '../../src/testing/index.js'

/** `count` nodes a, b, c, ... that are all members of each other. */
async function mesh(cluster: TestCluster, count: number): Promise<IridiumNode[]> {
  const nodes = Array.from({ length: count }, (_, i) =>
    cluster.node({ alias: String.fromCharCode(97 + i) }),
  )
  const [first, ...others] = nodes as [IridiumNode, ...IridiumNode[]]
  await first.start()
  for (const node of others) await node.join(first.address as { host: string; port: number })
  return nodes
}

/** Everything that happens at the nodes, with its time. */
function record(cluster: TestCluster, nodes: readonly IridiumNode[]): string[] {
  const log: string[] = []
  for (const node of nodes) {
    for (const name of [
      'memberJoined',
      'memberSuspected',
      'memberRecovered',
      'memberLeft',
    ] as const) {
      node.on(name, (event: { member: { alias: string }; reason?: string }) => {
        const { member, reason = '' } = event
        log.push(`${cluster.now} ${node.alias}: ${name} ${member.alias} ${reason}`.trim())
      })
    }
    node.on('isolated', () => log.push(`${cluster.now} ${node.alias}: isolated`))
  }
  return log
}

const without = (log: readonly string[]) => log.map((line) => line.replace(/^\S+ /, ''))
const aliases = (node: IridiumNode) => [...node.members.keys()].sort().join('')
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: IridiumError) => error.code,
  )

test('a host can test its reaction to a death in a few lines', async () => {
  const cluster = createTestCluster({ seed: 1 })
  const a = cluster.node({ alias: 'a' })
  const b = cluster.node({ alias: 'b' })
  const alarms: string[] = []
  a.on('memberLeft', ({ member, reason }) => alarms.push(`${member.alias} ${reason}`))
  await a.start()
  await b.join(a.address as { host: string; port: number })
  cluster.kill('b')
  await cluster.advance(10_000)
  assert.equal(alarms, ['b failed'])
  await cluster.close()
})

test('calls can be awaited before or after time is advanced, or without', async () => {
  const cluster = createTestCluster()
  const [a, b, c] = ['a', 'b', 'c'].map((alias) => cluster.node({ alias })) as [
    IridiumNode,
    IridiumNode,
    IridiumNode,
  ]
  await a.start()
  const address = a.address as { host: string; port: number }
  const joining = b.join(address)
  await cluster.advance(1000)
  await joining
  assert.is(cluster.now, 1000)
  await Promise.all([c.join(address), cluster.advance(500)])
  assert.is(cluster.now, 1500)
  assert.is(aliases(a), 'bc')
  await cluster.close()
})

test('leaving, by leave and by close', async () => {
  const cluster = createTestCluster()
  const [a, b, c] = (await mesh(cluster, 3)) as [IridiumNode, IridiumNode, IridiumNode]
  const log = record(cluster, [a])
  await b.leave()
  await c.close()
  await cluster.advance(100)
  assert.equal(without(log), ['a: memberLeft b left', 'a: memberLeft c left'])
  await cluster.advance(60_000)
  assert.is(log.length, 2)
  await cluster.close()
})

test('a stall shorter than the timeout harms nobody', async () => {
  const cluster = createTestCluster()
  const nodes = await mesh(cluster, 4)
  const log = record(cluster, nodes)
  await cluster.advance(2345)
  cluster.stall('d', 4500)
  await cluster.advance(30_000)
  assert.equal(
    without(log).filter((line) => !/memberSuspected d|memberRecovered d/.test(line)),
    [],
  )
  assert.ok(log.length >= 6, 'the others have suspected d, and it has recovered')
  await cluster.close()
})

test('a stall longer than it: the others give the node up, it gives up nobody, and it comes back', async () => {
  const cluster = createTestCluster()
  const nodes = await mesh(cluster, 4)
  const log = record(cluster, nodes)
  cluster.stall('d', 20_000)
  await cluster.advance(15_000)
  assert.equal(
    without(log)
      .filter((line) => /memberLeft/.test(line))
      .sort(),
    ['a: memberLeft d failed', 'b: memberLeft d failed', 'c: memberLeft d failed'],
  )
  await cluster.advance(30_000)
  assert.equal(nodes.map(aliases), ['bcd', 'acd', 'abd', 'abc'])
  assert.is(log.filter((line) => /memberLeft/.test(line)).length, 3)
  await cluster.close()
})

test('a node that stands still can be closed, alone and with its cluster, however long it was to', async () => {
  for (const ms of [1000, 600_000, 1e12]) {
    const cluster = createTestCluster()
    const [a, b, c] = (await mesh(cluster, 3)) as [IridiumNode, IridiumNode, IridiumNode]
    const log = record(cluster, [a])
    cluster.stall('b', ms)
    cluster.stall('c', ms)
    await cluster.advance(500) // what comes meanwhile is put off
    await b.close()
    await cluster.advance(100)
    assert.equal(without(log), ['a: memberLeft b left'])
    await cluster.close()
    assert.ok(cluster.now < 60_000, `after ${cluster.now} ms`)
    assert.is(await codeOf(c.start()), 'ERR_IRIDIUM_CLOSED')
  }
})

test('a stall can be replaced by a shorter one, and ended', async () => {
  const cluster = createTestCluster()
  const nodes = await mesh(cluster, 3)
  const log = record(cluster, nodes)
  for (const ms of [200, 0]) {
    cluster.stall('b', 600_000)
    await cluster.advance(1500) // heartbeats come to it, and are put off
    cluster.stall('b', ms)
    await cluster.advance(5000)
  }
  await cluster.advance(30_000)
  assert.equal(
    log.filter((line) => /memberLeft/.test(line)),
    [],
  )
  assert.equal(nodes.map(aliases), ['bc', 'ac', 'ab'])
  await cluster.close()
})

test('a partition separates, and heals unaided', async () => {
  const cluster = createTestCluster()
  const nodes = await mesh(cluster, 4)
  cluster.partition(['a', 'b'], ['c', 'd'])
  await cluster.advance(20_000)
  assert.equal(nodes.map(aliases), ['b', 'a', 'd', 'c'])
  cluster.heal()
  await cluster.advance(35_000)
  assert.equal(nodes.map(aliases), ['bcd', 'acd', 'abd', 'abc'])
  await cluster.close()
})

test('three groups, nodes that are named by themselves, and one in no group that vouches for all', async () => {
  const cluster = createTestCluster()
  const nodes = (await mesh(cluster, 4)) as [IridiumNode, IridiumNode, IridiumNode, IridiumNode]
  cluster.partition([nodes[0]], [nodes[1]], ['c'])
  await cluster.advance(30_000)
  const [a, , , d] = nodes
  const status = (node: IridiumNode) =>
    [...node.members.values()].map(({ alias, status }) => `${alias} ${status}`).sort()
  assert.equal(status(a), ['b suspect', 'c suspect', 'd alive'])
  assert.equal(status(d), ['a alive', 'b alive', 'c alive'])
  await cluster.close()
})

test('a killed node hears nothing more, its calls end, and its alias can boot again', async () => {
  const cluster = createTestCluster()
  const [a, b] = (await mesh(cluster, 2)) as [IridiumNode, IridiumNode]
  const log = record(cluster, [a, b])
  const heard: string[] = []
  for (const name of ['memberLeft', 'left', 'closed', 'error'] as const) {
    b.on(name, () => heard.push(name))
  }
  const waiting = codeOf(b.waitFor('memberLeft'))
  cluster.kill(b)
  const again = cluster.node({ alias: 'b' })
  await again.join(a.address as { host: string; port: number })
  assert.is(await waiting, 'ERR_IRIDIUM_CLOSED')
  assert.equal(heard, [])
  assert.is(b.state, 'closed')
  assert.is(a.members.get('b')?.id, again.id)
  assert.ok(again.self.incarnation > b.self.incarnation)
  const left = without(log).filter((line) => /memberLeft/.test(line))
  assert.match(left.join(), /^a: memberLeft b (failed|replaced)$/)
  assert.equal(
    cluster.nodes.map(({ id }) => id),
    [a.id, again.id],
  )
  await cluster.close()
})

test('a twin is refused, and the first keeps the alias', async () => {
  const cluster = createTestCluster()
  const [a, b] = (await mesh(cluster, 2)) as [IridiumNode, IridiumNode]
  const twin = cluster.node({ alias: 'b' })
  const error = await twin
    .join(a.address as { host: string; port: number })
    .catch((error: unknown) => error)
  assert.is((error as IridiumError).code, 'ERR_IRIDIUM_JOIN_FAILED')
  const { errors } = (error as IridiumError).cause as AggregateError
  assert.equal(
    errors.map(({ code }) => code),
    ['ERR_IRIDIUM_ALIAS_TAKEN'],
  )
  await cluster.advance(60_000)
  assert.is(a.members.get('b')?.id, b.id)
  assert.is(twin.members.size, 0)
  await cluster.close()
})

test('the same seed gives the same story, another seed another one', async () => {
  const tell = async (seed: number): Promise<string> => {
    const cluster = createTestCluster({ seed, latencyMs: 3 })
    const nodes = await mesh(cluster, 5)
    const log = record(cluster, nodes)
    cluster.kill('c')
    await cluster.advance(7000)
    cluster.partition(['a'], ['b', 'd', 'e'])
    await cluster.advance(20_000)
    cluster.heal()
    await cluster.advance(40_000)
    const ids = nodes.map(({ id }) => id)
    await cluster.close()
    return [...ids, ...log].join('\n')
  }
  const [first, second, third] = [await tell(5), await tell(5), await tell(6)]
  assert.is(first, second)
  assert.is.not(first, third)
})

test('time stands still but for calls and advance', async () => {
  const cluster = createTestCluster()
  const [a] = (await mesh(cluster, 2)) as [IridiumNode]
  const before = cluster.now
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.is(cluster.now, before)
  const waiting = codeOf(a.waitFor('isolated'))
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.is(cluster.now, before)
  await cluster.close()
  assert.is(await waiting, 'ERR_IRIDIUM_CLOSED')
})

test('promises are followed between two things that happen', async () => {
  const cluster = createTestCluster()
  const [a, b] = (await mesh(cluster, 2)) as [IridiumNode, IridiumNode]
  const seen: number[] = []
  a.on('memberSuspected', async () => {
    for (let i = 0; i < 50; i++) await null
    seen.push(cluster.now)
  })
  const suspected = a.waitFor('memberSuspected').then(() => cluster.now)
  cluster.stall(b, 4000)
  await cluster.advance(10_000)
  assert.equal(seen, [await suspected])
  await cluster.close()
})

test('a call whose seed nobody answers ends in simulated time', async () => {
  const cluster = createTestCluster()
  const [a, b] = (await mesh(cluster, 2)) as [IridiumNode, IridiumNode]
  const c = cluster.node({ alias: 'c' })
  await c.start()
  cluster.partition([c], [a, b])
  const start = performance.now()
  assert.is(
    await codeOf(c.join(a.address as { host: string; port: number })),
    'ERR_IRIDIUM_JOIN_FAILED',
  )
  assert.ok(cluster.now >= 5000)
  assert.ok(performance.now() - start < 2000)
  await cluster.close()
})

test('misuse is refused', async () => {
  const bad = (error: IridiumError) => error.code === 'ERR_IRIDIUM_BAD_OPTION'
  assert.throws(() => createTestCluster({ seed: 0.5 }), bad)
  assert.throws(() => createTestCluster({ latencyMs: -1 }), bad)
  assert.throws(() => createTestCluster({ sed: 1 } as object), bad)
  assert.throws(() => createTestCluster(new Map() as object), bad)
  const cluster = createTestCluster()
  assert.throws(() => cluster.node({ alias: '' }), bad)
  for (const options of [null, 5, [], Promise.resolve({}), { prot: 1 }, { transport: {} }]) {
    assert.throws(() => cluster.node(options as object), bad)
  }
  assert.throws(() => cluster.node({ secret: 'x'.repeat(30) } as object), bad)
  assert.throws(() => cluster.kill('nobody'), bad)
  assert.throws(() => cluster.partition(['nobody'], []), bad)
  cluster.node({ alias: 'a' })
  assert.throws(() => cluster.stall('a', Number.NaN), bad)
  assert.is(await codeOf(cluster.advance(-1)), 'ERR_IRIDIUM_BAD_OPTION')
  await cluster.close()
})

test("a cluster, simulated or real, works while the platform's timers are faked", async () => {
  const { setTimeout } = globalThis // the real one: without the fix nothing below would end
  mock.timers.enable()
  try {
    const cluster = createTestCluster({ seed: 1 })
    const real = ['a', 'b'].map((alias) => new IridiumNode({ alias, port: 0 }))
    const work = async (): Promise<string> => {
      const [a] = await mesh(cluster, 2)
      cluster.kill('b')
      await cluster.advance(10_000)
      assert.is(a?.members.size, 0)
      await cluster.close()
      await real[0]?.start()
      await real[1]?.join(real[0]?.address as { host: string; port: number })
      assert.is(real[1]?.members.size, 1)
      await Promise.all(real.map((node) => node.close()))
      return 'done'
    }
    const late = new Promise((resolve) => setTimeout(resolve, 5000, 'late').unref())
    assert.is(await Promise.race([work(), late]), 'done')
  } finally {
    mock.timers.reset()
  }
})

test.run()
