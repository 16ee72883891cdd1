// Many small messages in one chunk of the network, which the receiver takes together: what happens in the midst of them.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { pair, settle } from './pair.js'

test('messages of several channels in one chunk come in order, with requests between them', async () => {
  const both = pair()
  const got: string[] = []
  const names = ['one', 'two', 'three']
  const channels = names.map((name) => {
    const there = both.b.channels.channel(name, 'int')
    there.on('message', ({ value }) => void got.push(`${name} ${value}`))
    there.handle(({ value }) => {
      got.push(`${name}? ${value}`)
      return value
    })
    return both.a.channels.channel(name, 'int')
  })
  const expected: string[] = []
  const replies: Promise<unknown>[] = []
  for (let i = 0; i < 300; i++) {
    const at = Math.floor(i / 7) % 3
    const channel = channels[at] as (typeof channels)[number]
    const isRequest = i % 20 === 13
    if (isRequest) replies.push(channel.request('b', i))
    else channel.write('b', i)
    expected.push(`${names[at]}${isRequest ? '?' : ''} ${i}`)
  }
  await settle(both)
  assert.equal(got, expected)
  assert.is((await Promise.all(replies)).length, 15)
  const { messages, requests } = both.b.channels.stats()
  assert.equal([messages.received, requests.received], [285, 15])
})

test('a listener that closes its channel gets nothing more; what it opens anew, the rest', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'int')
  const first: unknown[] = []
  const second: unknown[] = []
  const there = both.b.channels.channel('c', 'int')
  there.on('message', ({ value }) => {
    first.push(value)
    if (value === 3) there.close()
  })
  both.b.channels.channel('other', 'int').on('message', ({ value }) => {
    if (value === 1) both.b.channels.channel('c', 'int').on('message', (e) => second.push(e.value))
  })
  for (let i = 0; i < 6; i++) a.write('b', i)
  both.a.channels.channel('other', 'int').write('b', 1)
  for (let i = 6; i < 9; i++) a.write('b', i)
  await settle(both)
  assert.equal(first, [0, 1, 2, 3])
  assert.equal(second, [6, 7, 8])
  assert.is(both.b.channels.stats().messages.dropped, 2)
})

test('a listener that closes its channel and opens it anew in the middle: the rest goes to the new one', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'int')
  const first: unknown[] = []
  const second: unknown[] = []
  const there = both.b.channels.channel('c', 'int')
  there.on('message', ({ value }) => {
    first.push(value)
    if (value !== 2) return
    there.close()
    both.b.channels.channel('c', 'int').on('message', (e) => void second.push(e.value))
  })
  for (let i = 0; i < 6; i++) a.write('b', i)
  both.a.turn()
  both.b.receive(both.a.wire.take() as Buffer)
  assert.equal(first, [0, 1, 2])
  assert.equal(second, [3, 4, 5])
})

test('a link that is lost while its messages are delivered delivers no more of them', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'int')
  const got: unknown[] = []
  both.b.channels.channel('c', 'int').on('message', ({ value }) => {
    got.push(value)
    if (value === 2) both.b.linkDown()
  })
  for (let i = 0; i < 6; i++) a.write('b', i)
  both.a.turn()
  both.b.receive(both.a.wire.take() as Buffer)
  assert.equal(got, [0, 1, 2])
})

test('a value that cannot be read is reported, and those around it are delivered', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'string')
  const got: unknown[] = []
  both.b.channels.channel('c', 'string').on('message', ({ value }) => void got.push(value))
  for (const text of ['one', 'two', 'x\u0001x', 'four']) a.write('b', text)
  both.a.turn()
  const bytes = both.a.wire.take() as Buffer
  bytes[bytes.indexOf('x\u0001x') + 1] = 0xff
  both.b.receive(bytes)
  assert.equal(got, ['one', 'two', 'four'])
  assert.equal(
    both.b.errors.map(({ code }) => code),
    ['ERR_IRIDIUM_BAD_MESSAGE'],
  )
  const { received, dropped } = both.b.channels.stats().messages
  assert.equal([received, dropped], [4, 1])
})

test('a message on a channel below 0 closes the link, though one by its number without the sign is open', async () => {
  const both = pair()
  const got: unknown[] = []
  both.b.channels.channel('c', 'int').on('message', ({ value }) => void got.push(value))
  const a = both.a.channels.channel('c', 'int')
  for (const value of [1, 2]) a.write('b', value)
  await settle(both)
  a.write('b', 3)
  both.a.turn()
  const bytes = both.a.wire.take() as Buffer
  bytes[bytes.length - 3] = 1 // -1
  both.b.receive(bytes)
  assert.equal(got, [1, 2])
  assert.is(both.b.fault?.code, 'ERR_IRIDIUM_PROTOCOL')
})

test('listeners that throw, or promise, get every message; credit comes back for all', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'bytes')
  let got = 0
  both.b.channels.channel('c', 'bytes').on('message', () => {
    got++
    if (got % 3 === 0) throw new Error('mine')
    return got % 3 === 1 ? Promise.resolve() : undefined
  })
  const value = Buffer.alloc(100)
  // Far more than a window.
  for (let i = 0; i < 20_000; i++) if (!a.write('b', value)) await settle(both)
  await settle(both)
  assert.is(got, 20_000)
})

test.run()
