// Security as a host sees it: nodes that join or do not, and what each is told.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import * as tls from 'node:tls'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumNode } from '../../src/node/iridium-node.js'
import type { NodeOptions } from '../../src/node/options.js'
import { encodeMessage } from '../../src/protocol/codec.js'
import { until } from '../transport/conformance.js'
import { authority, issue } from './certificates.js'
import { addressOf, make } from './nodes.js'

const test = suite<{ nodes: IridiumNode[] }>('cluster', { nodes: [] })
const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const ca = await authority('the cluster')
const member = await issue(ca)

test.before.each((context) => {
  context.nodes = []
})
test.after.each(async ({ nodes }) => {
  await Promise.all(nodes.map((node) => node.close()))
})

const STRANGERS: readonly (readonly [
  name: string,
  here: NodeOptions,
  there: NodeOptions,
  joinSays: RegExp,
  seedSays: RegExp | 'nothing',
])[] = [
  [
    'the wrong secret',
    { secret: first },
    { secret: second },
    /no key in common/,
    /no key in common/,
  ],
  [
    'no secret',
    { secret: first },
    {},
    /speaks TLS only: it has `secret` or `tls`, and we have not/,
    /speaks no TLS 1.3: is it without `secret` or `tls`/,
  ],
  [
    'a secret where there is none',
    {},
    { secret: first },
    /speaks no TLS 1.3: is it without `secret` or `tls`/,
    /speaks TLS only: it has `secret` or `tls`, and we have not/,
  ],
  [
    'an expired certificate',
    { tls: { ...member, ca: ca.cert } },
    { tls: { ...(await issue(ca, { days: [-3, -1] })), ca: ca.cert } },
    /refused our certificate: it is not valid today/,
    /not valid today/,
  ],
  [
    'a foreign certificate',
    { tls: { ...member, ca: ca.cert } },
    { tls: { ...(await issue(await authority('somebody else'))), ca: ca.cert } },
    /refused our certificate: it is not from the `ca` of the other end/,
    /not from the `ca`/,
  ],
  [
    'an expired certificate on the other side',
    { tls: { ...(await issue(ca, { days: [-3, -1] })), ca: ca.cert } },
    { tls: { ...member, ca: ca.cert } },
    /not valid today/,
    'nothing',
  ],
  [
    'a certificate instead of the secret',
    { secret: first },
    { tls: { ...member, ca: ca.cert } },
    /no key in common/,
    /no key in common/,
  ],
]

for (const [name, here, there, joinSays, seedSays] of STRANGERS) {
  test(`a stranger with ${name} does not join, and learns why at once`, async ({ nodes }) => {
    const seed = make(nodes, { alias: 'seed', ...here })
    const stranger = make(nodes, { alias: 'stranger', ...there })
    await seed.node.start()
    const start = performance.now()
    const error = await stranger.node.join(addressOf(seed.node)).catch((error) => error)
    assert.ok(performance.now() - start < 8000, 'at once, not after its retries')
    assert.is(error.code, 'ERR_IRIDIUM_JOIN_FAILED')
    assert.match(error.message, joinSays)
    assert.is(error.cause.errors[0].code, 'ERR_IRIDIUM_UNAUTHENTICATED')
    assert.is(stranger.node.state, 'listening')
    assert.is(seed.node.state, 'listening')
    assert.equal([seed.events, stranger.events], [[], []])
    assert.equal(stranger.errors, [], 'who awaits the error is not told it twice')
    if (seedSays === 'nothing') {
      // It was the stranger who went away, and did not say why: that is counted, and no error.
      await until(() => seed.node.stats().links.rejected > 0)
      assert.equal(seed.errors, [])
      assert.is(seed.node.stats().links.accepted, 0)
      return
    }
    await until(() => seed.errors.length > 0)
    assert.is(seed.errors[0]?.code, 'ERR_IRIDIUM_UNAUTHENTICATED')
    assert.match(seed.errors[0]?.message ?? '', /^127\.0\.0\.1:\d+: not authenticated: /)
    assert.match(seed.errors[0]?.message ?? '', seedSays)
  })
}

test('a seed that has no place at the moment is tried again, with certificates too', async ({
  nodes,
}) => {
  const tls = { ...member, ca: ca.cert }
  const seed = make(nodes, { alias: 'seed', tls })
  await seed.node.start()
  // In the place of the seed's host at first, which cuts the first two connections right after their handshake.
  let cut = 0
  const front = createServer((near) => {
    const far = connect(addressOf(seed.node).port, '127.0.0.1')
    near.on('error', () => {}).pipe(far)
    far.on('error', () => {}).pipe(near)
    if (cut < 2) {
      far.once('data', () => {
        cut++
        setImmediate(() => near.destroy())
        far.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(front, 'listening')
  try {
    const newcomer = make(nodes, { alias: 'newcomer', tls })
    await newcomer.node.join('127.0.0.1', (front.address() as { port: number }).port)
    assert.is(cut, 2)
    assert.ok(newcomer.node.members.has('seed'))
  } finally {
    front.close()
    await Promise.all(nodes.map((node) => node.close()))
  }
})

test('whatever a stranger says or shows, it hears nothing of the cluster', async ({ nodes }) => {
  const words = ['the-alias', 'the-cluster', 'the-tag', 'the-other']
  const foreign = await issue(await authority('somebody else'))
  const hello = Buffer.alloc(512)
  const greeting = {
    type: 'Hello' as const,
    ...{ minVersion: 1, maxVersion: 1, cluster: 'the-cluster', id: '0a'.repeat(16) },
    ...{ alias: 'stranger', incarnation: 0, host: '', port: 9, tags: {}, digest: '0'.repeat(16) },
    extensions: {},
  }
  const frame = hello.subarray(0, encodeMessage(greeting, hello, 0))
  const ALPNProtocols = ['iridium']
  for (const security of [{ secret: first }, { tls: { ...member, ca: ca.cert } }]) {
    const common = { cluster: 'the-cluster', tags: { zone: 'the-tag' }, ...security }
    const seed = make(nodes, { alias: 'the-alias', ...common })
    await seed.node.start()
    await make(nodes, { alias: 'the-other', ...common }).node.join(addressOf(seed.node))
    const { port } = addressOf(seed.node)
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false }
    const strangers = [
      connect(port, '127.0.0.1'),
      ...[{}, { ALPNProtocols }, { ALPNProtocols, ...foreign }].map((more) =>
        tls.connect({ ...options, ...more }),
      ),
    ]
    const heard = await Promise.all(
      strangers.map(async (socket) => {
        const chunks: Buffer[] = []
        socket.on('data', (bytes: Buffer) => chunks.push(bytes)).on('error', () => {})
        socket.write(frame)
        await new Promise((resolve) => socket.once('close', resolve))
        return Buffer.concat(chunks)
      }),
    )
    for (const bytes of heard) {
      assert.ok(bytes.length <= 7, 'an alert at most')
      for (const word of words) assert.not.ok(bytes.includes(word))
    }
    assert.equal([...seed.node.members.keys()], ['the-other'])
    await Promise.all(nodes.splice(0).map((node) => node.close()))
  }
})

test('where no call waits, both ends are told by their error events', async ({ nodes }) => {
  const seed = make(nodes, { alias: 'seed', secret: first })
  await seed.node.start()
  const seeds = [addressOf(seed.node)]
  const stranger = make(nodes, { alias: 'stranger', secret: second, seeds })
  await stranger.node.start()
  await until(() => seed.errors.length > 0 && stranger.errors.length > 0)
  for (const { errors } of [seed, stranger]) {
    assert.is(errors[0]?.code, 'ERR_IRIDIUM_UNAUTHENTICATED')
    assert.is(errors[0]?.retriable, false)
    assert.match(
      errors[0]?.message ?? '',
      /^127\.0\.0\.1:\d+: not authenticated: .*no key in common/,
    )
  }
})

test('members with certificates form a cluster', async ({ nodes }) => {
  const all = await Promise.all(
    ['a', 'b', 'c'].map(async (alias) =>
      make(nodes, { alias, tls: { ...(await issue(ca)), ca: ca.cert } }),
    ),
  )
  const [a, b, c] = all.map(({ node }) => node) as [IridiumNode, IridiumNode, IridiumNode]
  await a.start()
  await b.join(addressOf(a))
  await c.join(addressOf(a))
  await until(() => [a, b, c].every(({ members }) => members.size === 2))
})

test('a secret is changed while the cluster runs: each node restarts three times, the others stay', async ({
  nodes,
}) => {
  const aliases = ['a', 'b', 'c']
  const steps = [[first], [first, second], [second, first], [second]]
  const running = new Map<string, ReturnType<typeof make>>()
  const boot = async (alias: string, secret: Uint8Array[]) => {
    const made = make(nodes, { alias, secret })
    const other = [...running.values()][0]
    running.set(alias, made)
    if (other) await made.node.join(addressOf(other.node))
    else await made.node.start()
  }
  for (const alias of aliases) await boot(alias, steps[0] as Uint8Array[])
  for (const step of steps.slice(1)) {
    for (const alias of aliases) {
      const before = running.get(alias) as ReturnType<typeof make>
      running.delete(alias)
      await before.node.close()
      for (const { events } of running.values()) events.length = 0
      await boot(alias, step)
      await until(() => [...running.values()].every(({ node }) => node.members.size === 2))
      for (const [name, { events, errors }] of running) {
        if (name !== alias)
          assert.equal(
            events.filter((event) => event !== `left ${alias}`),
            [`joined ${alias}`],
          )
        assert.equal(errors, [])
      }
    }
  }
  const old = make(nodes, { alias: 'old', secret: first })
  const error = await old.node.join(addressOf(nodes.at(-2) as IridiumNode)).catch((error) => error)
  assert.is(error.code, 'ERR_IRIDIUM_JOIN_FAILED')
})

test.run()
