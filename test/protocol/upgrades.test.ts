// Nodes of this version beside older and newer ones, over TCP and in memory: the other end knows its own schema only.
import { readFileSync } from 'node:fs'
import avro from 'avsc'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Output } from '../../src/cluster/io.js'
import { ClusterMachine } from '../../src/cluster/machine.js'
import type { Address } from '../../src/core/address.js'
import { ChannelCounters } from '../../src/node/channel/counters.js'
import { Sender } from '../../src/node/channel/sender.js'
import { realClock } from '../../src/node/clock.js'
import type { IridiumNode } from '../../src/node/iridium-node.js'
import { Outbox } from '../../src/node/outbox.js'
import { MAX_VERSION, SINCE } from '../../src/protocol/versions.js'
import { SeededRandom } from '../../src/testing/random.js'
import { MemoryNetwork } from '../../src/transport/memory.js'
import { TcpTransport } from '../../src/transport/tcp.js'
import type { Transport } from '../../src/transport/transport.js'
import { make as makeNode } from '../security/nodes.js'
import { until } from '../transport/conformance.js'
import { type PeerLink, type PeerOptions, ScriptedPeer } from './scripted-peer.js'

const released = (name: string) =>
  JSON.parse(readFileSync(new URL(`./released/${name}.avsc`, import.meta.url), 'utf8'))
const OLD = released('0.1.0') as { name: string }[]

/** What a later version may add: other messages behind the known ones, and words in the extensions. */
const NEW = [
  ...OLD,
  {
    type: 'record',
    name: 'Whisper',
    fields: [
      { name: 'to', type: 'Id' },
      { name: 'text', type: 'string' },
    ],
  },
]
const NEWER: Partial<PeerOptions> = {
  schema: NEW,
  maxVersion: MAX_VERSION + 6,
  extensions: Object.fromEntries(
    Array.from({ length: 32 }, (_, i) => [`later.${i}`, Buffer.alloc(40, i)]),
  ),
}
/** Another version that no longer speaks ours. */
const TOO_NEW: Partial<PeerOptions> = {
  ...NEWER,
  minVersion: MAX_VERSION + 1,
  maxVersion: MAX_VERSION + 6,
}

const CHAT = {
  type: 'record' as const,
  name: 'Chat',
  fields: [
    { name: 'text', type: 'string' as const },
    { name: 'mood', type: 'string' as const, default: 'calm' },
  ],
}
/** The same channel, as an older host knew it. */
const OLD_CHAT = { type: 'record' as const, name: 'Chat', fields: [CHAT.fields[0]] }

interface Context {
  nodes: IridiumNode[]
  peers: ScriptedPeer[]
}

const TRANSPORTS: readonly (readonly [string, () => () => Transport])[] = [
  ['TCP', () => () => new TcpTransport({ clock: realClock, loopbackOnly: true })],
  [
    'memory',
    () => {
      const network = new MemoryNetwork({
        latencyMs: 1,
        schedule: (delayMs, callback) => setTimeout(callback, delayMs),
      })
      return () => network.endpoint({ clock: realClock, run: (callback) => setImmediate(callback) })
    },
  ],
]

for (const [name, world] of TRANSPORTS) {
  const test = suite<Context>(`upgrades over ${name}`, { nodes: [], peers: [] })
  let transport: () => Transport = world()

  test.before.each((context) => {
    context.nodes = []
    context.peers = []
    transport = world()
  })
  test.after.each(async ({ nodes, peers }) => {
    for (const peer of peers) peer.close()
    await Promise.all(nodes.map((node) => node.close()))
  })

  const make = ({ nodes }: Context, alias: string) =>
    makeNode(nodes, { alias, transport: transport() })
  const peerOf = async ({ peers }: Context, options: Partial<PeerOptions> = {}) => {
    const peer = new ScriptedPeer({
      transport: transport(),
      schema: OLD,
      alias: 'peer',
      ...options,
    })
    await peer.listen()
    peers.push(peer)
    return peer
  }

  for (const [age, options] of [
    ['an older', {}],
    ['a newer', NEWER],
  ] as const) {
    test(`${age} node joins, is listed to others, talks, and says goodbye`, async (context) => {
      const { node, events, errors } = make(context, 'node')
      await node.start()
      const peer = await peerOf(context, options)
      const link = await peer.join(node.address as Address)
      await until(() => events.includes('joined peer') && link.all('HelloAck').length === 1)
      const [ack] = link.all('HelloAck') as { maxVersion: number; minVersion: number }[]
      assert.is(ack?.maxVersion, MAX_VERSION, 'so both speak the lower of the two')

      const third = make(context, 'third')
      await third.node.join(node.address as Address)
      await until(() => third.node.members.has('peer'))
      assert.is(peer.links.length, 2, 'the third has dialled it')

      // The older host's channel lacks a field: both read each other by Avro's rules.
      const chat = node.channel<{ text: string; mood: string }>('chat', CHAT)
      const heard: unknown[] = []
      chat.on('message', ({ from, value }) => heard.push([from.alias, value]))
      const old = avro.Type.forSchema(OLD_CHAT as never)
      link.send('Open', { channel: 0, name: 'chat', schema: JSON.stringify(OLD_CHAT) })
      link.send('Message', { channel: 0, value: old.toBuffer({ text: 'hi' }) })
      await until(() => heard.length === 1)
      assert.equal(heard, [['peer', { text: 'hi', mood: 'calm' }]])
      await chat.send('peer', { text: 'well?', mood: 'curious' })
      await until(() => link.all('Message').length === 1)
      const [{ schema }] = link.all('Open') as [{ schema: string }]
      const resolver = old.createResolver(avro.Type.forSchema(JSON.parse(schema)))
      const [{ value }] = link.all('Message') as [{ value: Buffer }]
      assert.equal({ ...(old.fromBuffer(value, resolver) as object) }, { text: 'well?' })

      node.setTags({ zone: 'north' })
      await until(() => link.all('Tags').length === 1)
      for (const each of peer.links) each.send('Goodbye')
      await until(() => events.includes('left peer') && third.events.includes('left peer'))
      assert.equal([errors, third.errors], [[], []])
    })

    test(`a node joins through ${age} one`, async (context) => {
      const peer = await peerOf(context, options)
      const { node, events, errors } = make(context, 'node')
      const members = await node.join(peer.address)
      assert.equal(
        members.map(({ alias }) => alias),
        ['peer'],
      )
      const [hello] = (peer.links[0] as PeerLink).all('Hello') as [
        { extensions: object; maxVersion: number },
      ]
      assert.is(hello.maxVersion, MAX_VERSION)
      assert.equal({ ...hello.extensions }, {})
      assert.equal([events, errors], [['joined peer'], []])
    })
  }

  test('what a newer node says in spite of the version ends that link, and nothing else', async (context) => {
    const { node, events, errors } = make(context, 'node')
    await node.start()
    const other = make(context, 'other')
    await other.node.join(node.address as Address)
    const peer = await peerOf(context, NEWER)
    const link = await peer.join(node.address as Address)
    await until(() => events.includes('joined peer'))
    link.send('Whisper', { to: peer.id, text: 'psst' })
    await until(() => link.isClosed)
    await until(() => errors.length > 0)
    assert.is(errors[0]?.code, 'ERR_IRIDIUM_BAD_FRAME')
    assert.ok(node.members.has('other'))
  })

  test('one that no longer speaks our version is refused, and both ends say why', async (context) => {
    const { node, errors } = make(context, 'node')
    await node.start()
    const peer = await peerOf(context, TOO_NEW)
    const link = await peer.join(node.address as Address)
    await until(() => link.isClosed && errors.length > 0)
    const [refused] = link.all('Refused') as [{ code: string; message: string; maxVersion: number }]
    assert.is(refused.code, 'WRONG_VERSION')
    assert.is(refused.maxVersion, MAX_VERSION)
    const why = /no version of the protocol is common to both: node speaks 1, peer 2 to 7/
    assert.match(refused.message, why)
    assert.is(errors[0]?.code, 'ERR_IRIDIUM_REFUSED')
    assert.match(errors[0]?.message ?? '', why)
    assert.is(node.members.size, 0)
  })

  test('a node that joins through one that no longer speaks our version learns it at once', async (context) => {
    const peer = await peerOf(context, TOO_NEW)
    peer.answer = (link) => peer.refuse(link, 'WRONG_VERSION', 'we have no version in common')
    const first = make(context, 'first')
    const error = await first.node.join(peer.address).catch((error) => error)
    assert.is(error.code, 'ERR_IRIDIUM_JOIN_FAILED')
    assert.is(error.cause.errors[0].code, 'ERR_IRIDIUM_REFUSED')
    assert.match(error.message, /peer refused: we have no version in common \(WRONG_VERSION\)/)
    assert.is(peer.links.length, 1, 'not tried again meanwhile')
    assert.equal(first.errors, [], 'who awaits the error is not told it twice')
  })

  test('an answer in a version that is not ours is not taken, whatever it says', async (context) => {
    const peer = await peerOf(context, TOO_NEW)
    const { node } = make(context, 'node')
    const error = await node.join(peer.address).catch((error) => error)
    assert.is(error.cause.errors[0].code, 'ERR_IRIDIUM_PROTOCOL')
    assert.match(error.message, /it speaks 2 to 7, we 1/)
    assert.is(node.members.size, 0)
  })

  test('where no call waits, a refusal for good is an error event: also one that only later versions know', async (context) => {
    const peer = await peerOf(context, NEWER)
    peer.answer = (link) => peer.refuse(link, 'TOO_COLD', 'come back in summer')
    const seeds = [peer.address]
    const { node, errors } = makeNode(context.nodes, { alias: 'n', seeds, transport: transport() })
    await node.start()
    await until(() => errors.length > 0)
    assert.is(errors[0]?.code, 'ERR_IRIDIUM_REFUSED')
    assert.match(errors[0]?.message ?? '', /peer refused: come back in summer \(TOO_COLD\)/)
  })

  test.run()
}

const test = suite('messages of later versions')
const later = SINCE as { Tags?: number; Cancel?: number }

test('on a link that speaks an older version they are not sent, on others they are', () => {
  later.Tags = 2
  try {
    const tagsSentTo = (maxVersion: number) => {
      const machine = new ClusterMachine(
        {
          id: '0a'.repeat(16),
          alias: 'a',
          cluster: 'iridium',
          advertise: null,
          seeds: [],
          tags: {},
          intervalMs: 1000,
          timeoutMs: 5000,
          versions: { minVersion: 1, maxVersion: 2 },
        },
        new SeededRandom(1, 1),
      )
      const at = { host: '127.0.0.1', port: 9 }
      const outputs: Output[] = []
      const step = (input: Parameters<ClusterMachine['step']>[1]) =>
        outputs.push(...machine.step(1, input))
      step({ type: 'start', address: { ...at, port: 1 } })
      step({ type: 'accepted', link: 1, remote: at })
      const id = '0b'.repeat(16)
      const rest = { digest: '0'.repeat(16), extensions: {}, incarnation: 0, tags: {}, ...at }
      const versions = { minVersion: 1, maxVersion }
      const message = { type: 'Hello', ...versions, cluster: 'iridium', id, alias: 'b', ...rest }
      step({ type: 'frame', link: 1, message: message as never })
      step({ type: 'turn' })
      step({ type: 'setTags', tags: { zone: 'x' } })
      const up = outputs.find((each) => each.type === 'linkUp')
      const sent = outputs.flatMap((each) => (each.type === 'send' ? [each.message.type] : []))
      return [up?.type === 'linkUp' && up.version, ...sent.filter((type) => type === 'Tags')]
    }
    assert.equal(tagsSentTo(1), [1])
    assert.equal(tagsSentTo(2), [2, 'Tags'])
    assert.equal(tagsSentTo(3), [2, 'Tags'])
  } finally {
    delete later.Tags
  }
})

test('the same of messages between hosts', () => {
  later.Cancel = 2
  try {
    const written = (version: number) => {
      let bytes = 0
      const connection = {
        writableLength: 0,
        write: ({ length }: Uint8Array) => {
          bytes += length
          return true
        },
      }
      const outbox = new Outbox(connection as never)
      const sender = new Sender({
        outbox,
        version,
        counters: new ChannelCounters(),
        soon: () => () => {},
      })
      sender.put({ type: 'Cancel', id: 1 })
      outbox.flush()
      return bytes
    }
    assert.is(written(1), 0)
    assert.is(written(2), 6)
  } finally {
    delete later.Cancel
  }
})

test.run()
