// What an operator is told of a member, and of one that is none any more, or never was.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumError } from '../../src/core/errors.js'
import { MAX_GONE_HISTORIES, MAX_HISTORY_ENTRIES } from '../../src/core/limits.js'
import { IridiumNode } from '../../src/node/iridium-node.js'
import { createTestCluster, type TestCluster } from '../../src/testing/index.js'

async function mesh(...aliases: string[]): Promise<TestCluster> {
  const cluster = createTestCluster({ seed: 5 })
  const [first, ...others] = aliases.map((alias) => cluster.node({ alias })) as [IridiumNode]
  await first.start()
  for (const node of others) await (node as IridiumNode).join(addressOf(first))
  await cluster.advance(1500)
  return cluster
}

const addressOf = ({ address }: IridiumNode) => address as { host: string; port: number }
const nodeOf = (cluster: TestCluster, alias: string) =>
  cluster.nodes.find((node) => node.alias === alias) as IridiumNode
const story = (node: IridiumNode, alias: string) =>
  node.diagnose(alias).history.map(({ what, times }) => (times > 1 ? `${what} x${times}` : what))

test('a member that is well', async () => {
  const cluster = await mesh('a', 'b', 'c')
  const d = nodeOf(cluster, 'a').diagnose('b')
  assert.is(d.status, 'alive')
  assert.is(d.member?.alias, 'b')
  assert.ok((d.silentMs ?? 9999) < 2000)
  assert.is(d.roundTripMs, 2)
  assert.equal(d.roundTrips, { count: 1, leastMs: 2, meanMs: 2, mostMs: 2 })
  assert.equal(
    [d.suspicion, d.othersAsked, d.nextStepInMs, d.gone, d.dial, d.unansweredMs, d.witnesses],
    [null, false, null, null, null, null, []],
  )
  assert.is(d.link?.dialledByUs, false)
  assert.is(d.link?.version, 1)
  assert.ok((d.link?.received ?? 0) > 0 && (d.link?.sent ?? 0) > 0)
  assert.equal(
    d.history.map(({ what }) => what),
    ['joined', 'linkOpened'],
  )
  assert.match(
    d.summary,
    /^b is alive: last heard \d+ ms ago, round trip 2 ms \(2 ms to 2 ms of 1\)\.$/,
  )
  await cluster.close()
})

test('a member that we cannot hear, and others can', async () => {
  const cluster = await mesh('a', 'b', 'c', 'd')
  const a = nodeOf(cluster, 'a')
  cluster.partition(['a'], ['b'])
  await cluster.advance(3000)
  const early = a.diagnose('b')
  assert.equal([early.status, early.suspicion, early.othersAsked], ['suspect', 'silent', false])
  assert.ok((early.nextStepInMs ?? 0) > 1000 && (early.nextStepInMs ?? 0) < 5000)
  assert.match(
    early.summary,
    /^b is suspect: nothing was heard of it .* The others are asked in \d\.\d s\.$/,
  )
  await cluster.advance(5000)
  const late = a.diagnose('b')
  assert.is(late.status, 'suspect')
  assert.is(late.suspicion, 'dropped')
  assert.ok(late.witnesses.some(({ hears }) => hears))
  assert.match(late.summary, /vouched for it/)
  assert.ok(late.dial)
  assert.is(late.link, null)
  assert.equal(story(a, 'b').slice(0, 6), [
    'joined',
    'linkOpened',
    'suspected',
    'asked',
    'vouched',
    'linkClosed',
  ])
  assert.match(
    late.history.find(({ what }) => what === 'linkClosed')?.why ?? '',
    /by us: silent, but vouched for/,
  )
  cluster.heal()
  await cluster.advance(31_000)
  assert.is(a.diagnose('b').status, 'alive')
  assert.equal(a.diagnose('b').witnesses, [])
  assert.ok(story(a, 'b').includes('recovered'))
  await cluster.close()
})

test('a member that died, one that left, and one that came back', async () => {
  const cluster = await mesh('a', 'b', 'c')
  const [a, c] = [nodeOf(cluster, 'a'), nodeOf(cluster, 'c')]
  cluster.kill('b')
  await c.leave()
  await cluster.advance(60_000)
  const died = a.diagnose('b')
  assert.equal([died.status, died.gone?.reason, died.member?.alias], ['gone', 'failed', 'b'])
  assert.ok((died.gone?.agoMs ?? 0) > 59_000)
  assert.ok(died.dial && died.dial.attempts > 3 && (died.dial.failingForMs ?? 0) > 59_000)
  assert.equal(story(a, 'b').slice(0, 4), ['joined', 'linkOpened', 'linkClosed', 'suspected'])
  assert.match(story(a, 'b').at(-1) ?? '', /^dialFailed x\d+$/)
  assert.match(
    died.summary,
    /^b has gone, \d\d\.\d s ago: it died, or could not be reached\. It is (being dialled|dialled in .*) at 127\.0\.0\.1:\d+, in vain for \d\d\.\d s; last: 127\.0\.0\.1:\d+: nobody listens there\.$/,
  )
  const left = a.diagnose('c')
  assert.equal([left.status, left.gone?.reason, left.dial], ['gone', 'left', null])
  assert.match(left.summary, /it said goodbye/)

  const again = cluster.node({ alias: 'b' })
  await again.join(addressOf(a))
  assert.is(a.diagnose('b').status, 'alive')
  assert.is(a.diagnose('b').gone, null)
  assert.is(story(a, 'b').filter((what) => what === 'joined').length, 2, 'one story of both boots')

  await a.leave()
  assert.equal([a.diagnose('b').status, a.diagnose('b').gone?.reason], ['gone', 'weLeft'])
  await a.close()
  assert.is(a.diagnose('b').status, 'gone', 'also once it is closed')
  await cluster.close()
})

test('one that is named and cannot be reached, one that refuses, oneself, and nobody', async () => {
  const cluster = await mesh('a', 'b')
  const [a, b] = [nodeOf(cluster, 'a'), nodeOf(cluster, 'b')]
  const d = cluster.node({ alias: 'd' })
  await d.start()
  cluster.partition(['a'], ['d'])
  const joining = d.join(addressOf(b))
  await cluster.advance(20_000)
  await joining
  const sought = a.diagnose('d')
  assert.equal([sought.status, sought.member], ['sought', null])
  assert.match(sought.summary, /^d is no member yet: .* It is .*dialled .*, in vain for /)
  assert.ok(story(a, 'd').some((what) => what.startsWith('dialFailed')))

  const stranger = cluster.node({ alias: 's', cluster: 'other' })
  const error: IridiumError = await stranger.join(addressOf(b)).catch((error) => error)
  assert.is(error.code, 'ERR_IRIDIUM_JOIN_FAILED')
  assert.match(stranger.diagnose('b').history[0]?.why ?? '', /^WRONG_CLUSTER: /)

  assert.is(a.diagnose('a').status, 'self')
  assert.is(a.diagnose('a').member?.alias, 'a')
  const nobody = a.diagnose('nobody')
  assert.equal([nobody.status, nobody.history, nobody.member], ['unknown', [], null])
  assert.match(nobody.summary, /^Nothing is known of nobody/)
  assert.is(new IridiumNode().diagnose('x').status, 'unknown', 'before it has started')
  assert.throws(() => a.diagnose(5 as never), /alias must be text/)
  await cluster.close()
})

test('how late our own timers were', async () => {
  const cluster = await mesh('a', 'b')
  const a = nodeOf(cluster, 'a')
  assert.equal([a.diagnose('b').self.lastBlockMs, a.diagnose('b').self.lastBlockAgoMs], [0, null])
  cluster.stall('a', 3000)
  await cluster.advance(4000)
  const { self, summary } = a.diagnose('b')
  assert.ok(self.lastBlockMs >= 2000 && self.lastBlockMs <= 4000, `${self.lastBlockMs}`)
  assert.ok(self.worstLateMs >= 2000)
  assert.ok((self.lastBlockAgoMs ?? 0) >= 900)
  assert.is(self.isDoubting, false)
  assert.match(summary, /This node itself was blocked for \d\.\d s, /)
  assert.equal(a.stats().timers, {
    worstLateMs: self.worstLateMs,
    lastBlockMs: self.lastBlockMs,
  })
  await cluster.close()
})

test('what is remembered is bounded', async () => {
  const cluster = await mesh('a', 'b')
  const a = nodeOf(cluster, 'a')
  for (let i = 0; i < MAX_GONE_HISTORIES + 20; i++) {
    const guest = cluster.node({ alias: `guest ${i}` })
    await guest.join(addressOf(a))
    await guest.close()
  }
  assert.is(a.diagnose('guest 0').status, 'unknown')
  assert.is(a.diagnose(`guest ${MAX_GONE_HISTORIES + 19}`).status, 'gone')
  assert.is(a.diagnose('b').status, 'alive')
  assert.is(a.diagnose('b').history.length, 2)
  for (let i = 0; i < MAX_HISTORY_ENTRIES; i++) {
    const boot = cluster.node({ alias: 'restless' })
    await boot.join(addressOf(a))
    await boot.close()
  }
  assert.is(a.diagnose('restless').history.length, MAX_HISTORY_ENTRIES)
  await cluster.close()
})

test.run()
