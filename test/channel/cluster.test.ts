// Channels of whole nodes, on the memory transport: their order with the events of members, and what they are told
// when links and members are lost.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumError } from '../../src/core/errors.js'
import { createTestCluster } from '../../src/testing/index.js'
import { codeOf } from './pair.js'

interface Chat {
  readonly text: string
}
const SCHEMA = { type: 'record', name: 'Chat', fields: [{ name: 'text', type: 'string' }] }

async function three() {
  const cluster = createTestCluster({ seed: 3 })
  const nodes = ['a', 'b', 'c'].map((alias) => cluster.node({ alias }))
  const [a, b, c] = nodes as [(typeof nodes)[0], (typeof nodes)[0], (typeof nodes)[0]]
  const open = (node: typeof a) => node.channel<Chat>('chat', SCHEMA)
  await a.start()
  if (!a.address) throw new Error('a does not listen')
  await b.join(a.address)
  await c.join(a.address)
  await cluster.advance(2000)
  return { cluster, a, b, c, ca: open(a), cb: open(b), cc: open(c) }
}

test('send, broadcast and request between members', async () => {
  const { cluster, ca, cb, cc } = await three()
  const got: string[] = []
  for (const [name, channel] of [
    ['b', cb],
    ['c', cc],
  ] as const) {
    channel.on('message', ({ from, value }) => {
      got.push(`${name} <- ${from.alias}: ${value.text}`)
    })
  }
  cc.handle(async ({ value }) => ({ text: `${value.text}!` }))
  await ca.send('b', { text: 'hi' })
  const { sent, failed } = await ca.broadcast({ text: 'all' })
  const reply = cb.request('c', { text: 'you' })
  await cluster.advance(100)
  assert.equal(got, ['b <- a: hi', 'b <- a: all', 'c <- a: all'])
  assert.equal([sent.length, failed.length], [2, 0])
  assert.equal(await reply, { text: 'you!' })
  await cluster.close()
})

test('hosts of two versions: what an enum and a union have in common is heard, the rest is told', async () => {
  const { cluster, a, b } = await three()
  const version = (colors: string[], sizes: string[]) => ({
    type: 'record',
    name: 'Shirt',
    fields: [
      { name: 'color', type: { type: 'enum', name: 'Color', symbols: colors } },
      { name: 'size', type: sizes },
    ],
  })
  const newer = b.channel('shirts', version(['RED', 'BLUE', 'MINT'], ['null', 'int', 'string']))
  const older = a.channel('shirts', version(['BLUE', 'RED'], ['null', 'int']))
  const got: unknown[] = []
  const errors: string[] = []
  older.on('message', ({ value }) => {
    got.push(value)
  })
  older.handle(({ value }) => value)
  a.on('error', ({ code, message }) => errors.push(`${code} ${message}`))
  b.on('error', () => assert.unreachable())
  for (const [color, size] of [
    ['RED', 5],
    ['MINT', 5],
    ['BLUE', 'XL'],
    ['BLUE', null],
  ]) {
    await newer.send('a', { color, size })
    await cluster.advance(1500)
  }
  assert.equal(got, [
    { color: 'RED', size: 5 },
    { color: 'BLUE', size: null },
  ])
  assert.is(errors.length, 2)
  assert.match(errors[0] as string, /^ERR_IRIDIUM_BAD_MESSAGE .*Color has neither the symbol MINT/)
  assert.match(errors[1] as string, /^ERR_IRIDIUM_BAD_MESSAGE .*string as one of null, int/)
  assert.is(a.stats().channels.messages.dropped, 2)
  assert.equal(await newer.request('a', { color: 'RED', size: 1 }), { color: 'RED', size: 1 })
  try {
    await newer.request('a', { color: 'MINT', size: 1 })
    assert.unreachable()
  } catch (error) {
    assert.is((error as IridiumError).code, 'ERR_IRIDIUM_BAD_MESSAGE')
    assert.match((error as IridiumError).message, /cannot be read there: .*the symbol MINT/)
  }
  await cluster.close()
})

test('hosts whose schemas have no value in common are both told where, and messages are dropped', async () => {
  const { cluster, a, b } = await three()
  const point = (y: object) => ({
    type: 'record',
    name: 'Point',
    fields: [
      { name: 'x', type: 'int' },
      { name: 'y', type: { type: 'array', items: y } },
    ],
  })
  const inner = (type: string) => ({ type: 'record', name: 'In', fields: [{ name: 'v', type }] })
  const errors: string[] = []
  for (const node of [a, b]) node.on('error', ({ message }) => errors.push(message))
  a.channel('points', point(inner('int'))).handle(({ value }) => value)
  const channel = b.channel('points', point(inner('boolean')))
  const code = codeOf(channel.request('a', { x: 1, y: [] }))
  await cluster.advance(100)
  assert.is(await code, 'ERR_IRIDIUM_SCHEMA')
  assert.is(errors.length, 2)
  for (const message of errors) {
    assert.match(message, /points: value\.y\[\]\.v: cannot read boolean as int$/)
  }
  await cluster.close()
})

test('messages come after memberJoined and never after memberLeft; a kill is told', async () => {
  const { cluster, a, b, ca, cb } = await three()
  const log: string[] = []
  const d = cluster.node({ alias: 'd' })
  const cd = d.channel<Chat>('chat', SCHEMA)
  cb.handle(() => new Promise<never>(() => {}))
  d.on('memberJoined', ({ member }) => {
    cd.write(member.alias, { text: 'here I am' })
  })
  a.on('memberJoined', ({ member }) => log.push(`joined ${member.alias}`))
  a.on('memberLeft', ({ member }) => log.push(`left ${member.alias}`))
  ca.on('message', ({ from }) => {
    log.push(`message of ${from.alias}`)
  })
  ca.on('reset', (event) => {
    log.push(`reset ${event.with.alias}`)
  })
  if (!a.address) throw new Error('a does not listen')
  await d.join(a.address)
  await cluster.advance(1000)
  assert.equal(log, ['joined d', 'message of d'])
  cd.write('a', { text: 'last' })
  await d.leave()
  await cluster.advance(100)
  assert.equal(log.slice(2), ['message of d', 'reset d', 'left d'])
  const lost = codeOf(ca.request('b', { text: '' }, { timeoutMs: 60_000 }))
  await cluster.advance(10)
  cluster.kill(b)
  await cluster.advance(20_000)
  assert.is(await lost, 'ERR_IRIDIUM_LINK_LOST')
  assert.equal(log.slice(5), ['reset b', 'left b'])
  assert.is(await codeOf(ca.send('b', { text: '' })), 'ERR_IRIDIUM_NOT_A_MEMBER')
  await cluster.close()
})

test('closing a node rejects what waits, and opens no channel any more', async () => {
  const { cluster, a, ca, cb } = await three()
  cb.handle(() => new Promise<never>(() => {}))
  const code = codeOf(ca.request('b', { text: '' }, { timeoutMs: 60_000 }))
  await cluster.advance(10)
  await a.close()
  assert.is(await code, 'ERR_IRIDIUM_CLOSED')
  assert.is(await codeOf(ca.send('b', { text: '' })), 'ERR_IRIDIUM_CLOSED')
  assert.throws(() => a.channel('x', 'int'), /closed/)
  await cluster.close()
})

test('a call of a simulated node can be awaited without anybody moving time', async () => {
  const { cluster, ca, cb } = await three()
  cb.handle(({ value }) => value)
  assert.equal(await ca.request('b', { text: 'x' }), { text: 'x' })
  await cluster.close()
})

test('a value has the type of its channel', async () => {
  const { cluster, ca } = await three()
  const misuse = (): void => {
    // @ts-expect-error a number is no text
    ca.write('b', { text: 5 })
    // @ts-expect-error a field is missing
    ca.write('b', {})
    ca.on('message', ({ value }) => {
      const text: string = value.text
      // @ts-expect-error no such field
      return [text, value.other]
    })
    // @ts-expect-error no such event
    ca.on('nothing', () => {})
    // @ts-expect-error a reply has the type of the channel
    ca.handle(() => 5)
  }
  assert.type(misuse, 'function')
  await cluster.close()
})

test.run()
