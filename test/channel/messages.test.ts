// What a channel's host sees: values that arrive once and in order, who is told what when something is wrong.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_CHANNELS } from '../../src/core/limits.js'
import { codeOf, type Pair, pair, type Side, settle, step } from './pair.js'

const MIB = 1024 * 1024
const TEXT = 'string'

/** The channel `name` of both sides, and what arrives at b. */
function open(both: Pair, name: string, schema: string | object = TEXT, maxMessageBytes = MIB) {
  const a = both.a.channels.channel(name, schema, { maxMessageBytes })
  const b = both.b.channels.channel(name, schema, { maxMessageBytes })
  const got: unknown[] = []
  b.on('message', ({ value }) => {
    got.push(value)
  })
  return { a, b, got }
}

function sound({ a, b }: Pair): void {
  assert.equal([a.fault, b.fault, a.errors, b.errors], [undefined, undefined, [], []])
}

test('a message arrives, with who sent it', async () => {
  const both = pair()
  const { a, b } = open(both, 'chat')
  const events: unknown[] = []
  b.on('message', (event) => {
    events.push(event)
  })
  await a.send('b', 'hi')
  await settle(both)
  assert.equal(events, [{ from: both.b.members.get('a'), value: 'hi' }])
  sound(both)
})

test('the picture of the sender is the newest', async () => {
  const both = pair()
  const { a, b } = open(both, 'chat')
  const from: unknown[] = []
  b.on('message', (event) => {
    from.push(event.from)
  })
  const newer = { ...both.b.link.member, tags: { zone: 'north' } }
  both.b.channels.memberChanged(newer)
  both.b.channels.memberChanged({ ...newer, id: 'f'.repeat(32), tags: { zone: 'another boot' } })
  a.write('b', 'x')
  await settle(both)
  assert.equal(from, [newer])
})

test('write takes a message at once; a thousand arrive in order', async () => {
  const both = pair()
  const { a, got } = open(both, 'n', 'int')
  for (let i = 0; i < 1000; i++) a.write('b', i)
  await settle(both)
  assert.equal(
    got,
    Array.from({ length: 1000 }, (_, i) => i),
  )
  assert.is(both.a.channels.stats().messages.sent, 1000)
  assert.is(both.b.channels.stats().messages.received, 1000)
  sound(both)
})

test('values of every length around the borders of frames and buffers', async () => {
  const both = pair()
  const { a, got } = open(both, 'bytes', 'bytes', 16 * MIB)
  const lengths = [0, 1, 62, 63, 64, 65, 8190, 8191, 8192, 8193, 65_535, 65_536, 65_537]
  lengths.push(73_724, 73_725, 73_726, 73_727, 73_728, 73_729, 131_072, 131_073, MIB, 5 * MIB + 1)
  const sent = lengths.map((length, i) => Buffer.alloc(length, i + 1))
  for (const value of sent) a.write('b', value)
  await settle(both)
  assert.is(got.length, sent.length)
  sent.forEach((value, i) => {
    assert.ok(value.equals(got[i] as Buffer), `${value.length} bytes`)
  })
  assert.is(both.a.channels.stats().waitingBytes, 0)
  assert.is(both.b.channels.stats().reassemblyBytes, 0)
  sound(both)
})

test('what waits is a copy: the host may change its value after the call', async () => {
  const both = pair()
  const { a, got } = open(both, 'bytes', 'bytes', 16 * MIB)
  const value = Buffer.alloc(300_000, 1)
  void a.send('b', value)
  value.fill(2)
  await settle(both)
  assert.ok((got[0] as Buffer).every((byte) => byte === 1))
})

test('a value that does not fit is refused by every call, and nothing is sent', async () => {
  const both = pair()
  const { a, got } = open(both, 'n', {
    type: 'record',
    name: 'N',
    fields: [{ name: 'n', type: 'int' }],
  })
  const bad = { n: 'x' }
  assert.throws(() => a.write('b', bad), /value\.n must be int, got "x"/)
  for (const call of [a.send('b', bad), a.request('b', bad), a.broadcast(bad)]) {
    assert.is(await codeOf(call), 'ERR_IRIDIUM_BAD_MESSAGE')
  }
  a.write('b', { n: 1 })
  await settle(both)
  assert.equal(got, [{ n: 1 }])
  sound(both)
})

test('a value larger than its channel takes is refused by the sender', async () => {
  const both = pair()
  const { a, got } = open(both, 'small', 'bytes', 100)
  a.write('b', Buffer.alloc(100)) // what Avro adds does not count, up to 16 bytes
  for (const length of [115, 200, 100_000]) {
    assert.throws(() => a.write('b', Buffer.alloc(length)), /the most is 100/)
    assert.is(await codeOf(a.send('b', Buffer.alloc(length))), 'ERR_IRIDIUM_BAD_MESSAGE')
    assert.is(await codeOf(a.broadcast(Buffer.alloc(length))), 'ERR_IRIDIUM_BAD_MESSAGE')
  }
  await settle(both)
  assert.is(got.length, 1)
  assert.is(both.a.channels.stats().waitingBytes, 0)
})

test('bytes of exactly maxMessageBytes pass, whole and in pieces, back and forth', async () => {
  for (const bytes of [1, 100, 64 * 1024, MIB, 16 * MIB]) {
    const both = pair()
    const { a, b, got } = open(both, 'exact', 'bytes', bytes)
    b.handle(({ value }) => value)
    const sent = a.send('b', Buffer.alloc(bytes))
    await settle(both)
    await sent
    assert.equal(
      (got as Buffer[]).map(({ length }) => length),
      [bytes],
    )
    const reply = a.request('b', Buffer.alloc(bytes))
    await settle(both)
    assert.is(((await reply) as Buffer).length, bytes)
    sound(both)
  }
})

test('a value larger than its receiver takes: both hosts are told, the channel goes on', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'bytes', { maxMessageBytes: MIB })
  const b = both.b.channels.channel('c', 'bytes', { maxMessageBytes: 1000 })
  const got: unknown[] = []
  b.on('message', ({ value }) => {
    got.push((value as Buffer).length)
  })
  b.handle(({ value }) => value)
  await a.send('b', Buffer.alloc(2000)) // too small to be asked about before it goes
  const large = codeOf(a.send('b', Buffer.alloc(200_000)))
  const [small, big] = [2000, 200_000].map((n) => codeOf(a.request('b', Buffer.alloc(n))))
  await settle(both)
  assert.is(await large, 'ERR_IRIDIUM_BAD_MESSAGE')
  assert.is(await small, 'ERR_IRIDIUM_BAD_MESSAGE')
  assert.is(await big, 'ERR_IRIDIUM_BAD_MESSAGE')
  a.write('b', Buffer.alloc(10))
  await settle(both)
  assert.equal(got, [10])
  assert.is(both.b.channels.stats().messages.dropped, 2)
  both.b.advance(1000) // of many such errors in a second one is told, with their number
  assert.is(both.b.errors.length, 2)
  for (const error of both.b.errors) assert.is(error.code, 'ERR_IRIDIUM_BAD_MESSAGE')
  assert.equal([both.a.fault, both.b.fault], [undefined, undefined])
})

test('nobody there: an alias that is no member, a member without a link, the node itself', async () => {
  const both = pair()
  const { a } = open(both, 'chat')
  both.a.linkDown()
  for (const [to, code] of [
    ['nobody', 'ERR_IRIDIUM_NOT_A_MEMBER'],
    ['a', 'ERR_IRIDIUM_NOT_A_MEMBER'],
    ['b', 'ERR_IRIDIUM_NO_LINK'],
    [5 as unknown as string, 'ERR_IRIDIUM_BAD_OPTION'],
  ] as const) {
    assert.is(await codeOf(a.send(to, '')), code)
    assert.is(await codeOf(a.send(to, '', { signal: new AbortController().signal })), code)
    assert.is(await codeOf(a.request(to, '')), code)
    assert.is(await codeOf(a.drain(to)), code)
    assert.is(await codeOf((async () => a.write(to, ''))()), code)
  }
  assert.equal(
    (await a.broadcast('')).failed.map(({ error }) => error.code),
    ['ERR_IRIDIUM_NO_LINK'],
  )
})

test('a message for a channel that is not open there is dropped and counted, small or large', async () => {
  const both = pair()
  const a = both.a.channels.channel('lonely', 'bytes', { maxMessageBytes: 16 * MIB })
  const sends = [10, 100_000, 3 * MIB].map((length) => a.send('b', Buffer.alloc(length)))
  await settle(both)
  await Promise.all(sends)
  const { messages, reassemblyBytes } = both.b.channels.stats()
  assert.equal(messages, { sent: 0, received: 3, dropped: 3 })
  assert.is(reassemblyBytes, 0)
  // It can be opened later, and hears what is sent from then on.
  const got: number[] = []
  both.b.channels
    .channel('lonely', 'bytes', { maxMessageBytes: 16 * MIB })
    .on('message', (event) => {
      got.push((event.value as Buffer).length)
    })
  const later = a.send('b', Buffer.alloc(2 * MIB))
  a.write('b', Buffer.alloc(1))
  await settle(both)
  await later
  assert.equal(got, [2 * MIB, 1])
  sound(both)
})

test('a message that nobody listens to is dropped and counted', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', TEXT)
  both.b.channels.channel('c', TEXT)
  a.write('b', 'x')
  await settle(both)
  assert.is(both.b.channels.stats().messages.dropped, 1)
})

test('listeners: several, once, off, one that throws, one that rejects', async () => {
  const both = pair()
  const { a, b } = open(both, 'chat')
  const heard: string[] = []
  const off = ({ value }: { value: unknown }): void => {
    heard.push(`off ${value}`)
  }
  b.on('message', () => {
    throw new Error('thrown')
  })
  b.on('message', async () => {
    throw new Error('rejected')
  })
  b.addListener('message', off)
  b.once('message', ({ value }) => {
    heard.push(`once ${value}`)
    b.off('message', off)
  })
  b.on('message', ({ value }) => {
    heard.push(`on ${value}`)
  })
  a.write('b', '1')
  a.write('b', '2')
  await settle(both)
  assert.equal(heard, ['off 1', 'once 1', 'on 1', 'on 2'])
  assert.equal(
    both.b.errors.map(({ code }) => code),
    Array(4).fill('ERR_IRIDIUM_LISTENER'),
  )
  assert.equal(
    new Set(both.b.errors.map(({ cause }) => (cause as Error).message)),
    new Set(['thrown', 'rejected']),
  )
})

test('opening: the same channel for the same schema, an error for another', () => {
  const { a } = pair()
  const schema = { type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }] }
  const channel = a.channels.channel('c', schema, { maxMessageBytes: 10 })
  assert.is(a.channels.channel('c', structuredClone(schema)), channel)
  assert.is(channel.name, 'c')
  assert.is(channel.maxMessageBytes, 10)
  assert.throws(() => a.channels.channel('c', 'int'), /open with another schema/)
  assert.throws(() => a.channels.channel('c', schema, { maxMessageBytes: 11 }), /maxMessageBytes/)
})

const BAD: readonly [string, unknown[]][] = [
  ['no name', ['', TEXT]],
  ['a name of 65 bytes', ['x'.repeat(65), TEXT]],
  ['a name of 33 two-byte letters', ['ü'.repeat(33), TEXT]],
  ['a name with a control character', ['a\nb', TEXT]],
  ['a name that is none', [5, TEXT]],
  ['no schema', ['c', undefined]],
  ['0 bytes', ['c', TEXT, { maxMessageBytes: 0 }]],
  ['half a byte', ['c', TEXT, { maxMessageBytes: 0.5 }]],
  ['more than 16 MiB', ['c', TEXT, { maxMessageBytes: 16 * MIB + 1 }]],
  ['an unknown option', ['c', TEXT, { maxBytes: 1 }]],
  ['options that are none', ['c', TEXT, 5]],
  ['options that nobody has awaited', ['c', TEXT, Promise.resolve({})]],
]
for (const [name, args] of BAD) {
  test(`opening is refused: ${name}`, () => {
    const { a } = pair()
    const open = a.channels.channel.bind(a.channels) as (...args: unknown[]) => unknown
    try {
      open(...args)
    } catch (error) {
      assert.is((error as { code: string }).code, 'ERR_IRIDIUM_BAD_OPTION')
      return
    }
    assert.unreachable()
  })
}

test(`${MAX_CHANNELS} channels and no more, until one is closed`, () => {
  const { a } = pair()
  const open = (i: number) => a.channels.channel(`c${i}`, TEXT)
  const all = Array.from({ length: MAX_CHANNELS }, (_, i) => open(i))
  assert.throws(
    () => open(MAX_CHANNELS),
    (e: { code: string }) => e.code === 'ERR_IRIDIUM_LIMIT',
  )
  all[0]?.close()
  open(MAX_CHANNELS)
})

test('a thousand channels opened and closed one after the other leave nothing behind', async () => {
  const both = pair()
  for (let i = 0; i < 1000; i++) {
    const { a, b, got } = open(both, `c${i}`)
    a.write('b', 'x')
    b.write('a', 'y')
    await settle(both)
    assert.equal(got, ['x'])
    a.close()
    b.close()
  }
  await settle(both)
  assert.is(both.a.channels.stats().open, 0)
  sound(both)
})

test('closing: what waits rejects, later calls too, and the other side may go on sending', async () => {
  const both = pair()
  const { a, b, got } = open(both, 'c', 'bytes', 16 * MIB)
  const waiting = [
    codeOf(a.send('b', Buffer.alloc(MIB))),
    codeOf(a.send('b', Buffer.alloc(3))),
    codeOf(a.request('b', Buffer.alloc(2))),
    codeOf(a.drain('b')),
  ]
  step(both) // the first piece is under way
  a.close()
  a.close()
  for (const code of waiting) assert.is(await code, 'ERR_IRIDIUM_CLOSED')
  assert.is(await codeOf(a.send('b', Buffer.alloc(1))), 'ERR_IRIDIUM_CLOSED')
  assert.throws(() => a.write('b', Buffer.alloc(1)), /closed/)
  assert.throws(() => a.handle(({ value }) => value), /closed/)
  b.write('a', Buffer.alloc(1))
  await settle(both)
  assert.equal(got, [])
  assert.is(both.a.channels.stats().waitingBytes, 0)
  assert.is(both.b.channels.stats().reassemblyBytes, 0)
  assert.is(both.a.channels.stats().messages.dropped, 1)
  // Under the same name again, even with another schema.
  b.close()
  const again = open(both, 'c', 'int')
  again.a.write('b', 7)
  await settle(both)
  assert.equal(again.got, [7])
  sound(both)
})

test('a lost link: what waits rejects, both hosts are told, a new link begins anew', async () => {
  const both = pair()
  const { a, b, got } = open(both, 'c', 'bytes', 16 * MIB)
  const resets: string[] = []
  a.on('reset', (event) => {
    resets.push(`a: ${event.with.alias}`)
  })
  b.on('reset', (event) => {
    resets.push(`b: ${event.with.alias}`)
  })
  a.handle(() => new Promise<never>(() => {}))
  const waiting = [
    codeOf(a.send('b', Buffer.alloc(2 * MIB))),
    codeOf(a.send('b', Buffer.alloc(1))),
    codeOf(a.request('b', Buffer.alloc(1))),
    codeOf(a.drain('b')),
    codeOf(b.request('a', Buffer.alloc(1))),
  ]
  for (let i = 0; i < 5; i++) step(both)
  both.a.linkDown()
  both.b.linkDown()
  for (const code of waiting) assert.is(await code, 'ERR_IRIDIUM_LINK_LOST')
  assert.equal(resets, ['a: b', 'b: a'])
  assert.equal(got, [])
  assert.is(both.a.channels.stats().waitingBytes, 0)
  assert.is(both.b.channels.stats().reassemblyBytes, 0)
  both.a.linkUp(both.b)
  both.b.linkUp(both.a)
  await a.send('b', Buffer.alloc(5))
  await settle(both)
  assert.equal(got, [Buffer.alloc(5)])
  sound(both)
})

test('a link that is lost before its first message takes none', () => {
  const { a } = pair()
  a.linkDown()
  a.link.drained()
  a.link.sender.put({ type: 'Credit', channel: 0, bytes: 1 })
  assert.not(a.outbox.waiting)
})

test('options of calls are checked, and what is wrong with them rejects', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'string')
  both.b.channels.channel('c', 'string').handle(() => 'x')
  const { signal } = new AbortController()
  for (const bad of [null, 5, 'x', [], signal, new Map(), { signal: 5 }, { timeout: 5 }]) {
    for (const call of [
      () => a.send('b', 'x', bad as object),
      () => a.drain('b', bad as object),
      () => a.broadcast('x', bad as object),
      () => a.request('b', 'x', bad as object),
    ]) {
      assert.is(await codeOf(call()), 'ERR_IRIDIUM_BAD_OPTION', `${call}: ${String(bad)}`)
    }
  }
  for (const call of [
    () => a.send('b', 'x', { timeoutMs: 5 } as object),
    () => a.request('b', 'x', { signal, timeoutMs: 5, more: 1 } as object),
  ]) {
    assert.is(await codeOf(call()), 'ERR_IRIDIUM_BAD_OPTION')
  }
  assert.is(both.a.channels.stats().messages.sent + both.a.channels.stats().requests.sent, 0)
  const sound = [
    a.send('b', 'x', {}),
    a.send('b', 'x', { signal: undefined }),
    a.drain('b', { signal }),
    a.request('b', 'x', { timeoutMs: undefined, signal }),
  ]
  await settle(both)
  assert.equal(await Promise.all(sound), [undefined, undefined, undefined, 'x'])
})

test('a signal ends the waiting, and withdraws what has not gone', async () => {
  const both = pair()
  const { a, got } = open(both, 'c', 'bytes', 16 * MIB)
  const large = new AbortController()
  const small = new AbortController()
  const first = codeOf(a.send('b', Buffer.alloc(2 * MIB), { signal: large.signal }))
  const second = codeOf(a.send('b', Buffer.alloc(2), { signal: small.signal }))
  const third = a.send('b', Buffer.alloc(3))
  for (let i = 0; i < 4; i++) step(both)
  small.abort()
  large.abort()
  assert.is(await first, 'ERR_IRIDIUM_ABORTED')
  assert.is(await second, 'ERR_IRIDIUM_ABORTED')
  assert.is(
    await codeOf(a.send('b', Buffer.alloc(1), { signal: AbortSignal.abort() })),
    'ERR_IRIDIUM_ABORTED',
  )
  await settle(both)
  await third
  assert.equal(
    got.map((value) => (value as Buffer).length),
    [3],
  )
  assert.is(both.a.channels.stats().waitingBytes, 0)
  assert.is(both.b.channels.stats().reassemblyBytes, 0)
  sound(both)
})

test('a getter that sends while its value is being written harms nothing', async () => {
  const both = pair()
  const schema = { type: 'record', name: 'R', fields: [{ name: 's', type: 'string' }] }
  const { a, got } = open(both, 'c', schema)
  a.write('b', {
    get s() {
      a.write('b', { s: 'inner' })
      both.a.outbox.put({ type: 'Goodbye' })
      both.a.outbox.flush()
      return 'outer'
    },
  })
  a.write('b', { s: 'after' })
  // The wire holds one control frame that this test's reader does not know.
  both.b.link.receive = (
    (receive) => (bytes: Buffer, start: number, end: number, isLasting: boolean) => {
      if ((bytes[start] as number) >= 26) receive(bytes, start, end, isLasting)
    }
  )(both.b.link.receive.bind(both.b.link))
  await settle(both)
  const texts = got.map((value) => (value as { s: string }).s)
  assert.equal(
    texts.filter((s) => s !== 'inner'),
    ['outer', 'after'],
  )
  assert.ok(texts.includes('inner'))
  sound(both)
})

test('a getter that sends a large value while its own is being written: both arrive, each once', async () => {
  const schema = { type: 'record', name: 'R', fields: [{ name: 's', type: 'string' }] }
  for (const name of ['c', 'd']) {
    const both = pair()
    const { a, got } = open(both, 'c', schema)
    const { a: other, got: gotThere } = open(both, 'd', schema)
    const large = 'x'.repeat(200_000)
    let times = 0
    a.write('b', {
      get s() {
        if (++times === 1) (name === 'c' ? a : other).send('b', { s: large }).catch(() => {})
        return 'outer'
      },
    })
    a.write('b', { s: 'after' })
    await settle(both)
    const all = [...got, ...gotThere].map((value) => (value as { s: string }).s)
    assert.equal(all.sort(), ['after', 'outer', large])
    assert.is(both.a.channels.stats().waitingBytes, 0)
    sound(both)
  }
})

test('a getter that closes its channel while its value is being written: nothing goes, and nothing stays', async () => {
  const schema = { type: 'record', name: 'R', fields: [{ name: 's', type: 'string' }] }
  const { signal } = new AbortController()
  const calls: Record<string, (side: Side, to: string, value: unknown) => Promise<unknown>> = {
    write: async (side, to, value) => side.channels.channel('c', schema).write(to, value),
    send: (side, to, value) => side.channels.channel('c', schema).send(to, value),
    'send with a signal': (side, to, value) =>
      side.channels.channel('c', schema).send(to, value, { signal }),
    request: (side, to, value) => side.channels.channel('c', schema).request(to, value),
  }
  for (const [name, call] of Object.entries(calls)) {
    // A large value is written up to three times, until it is known where it has room.
    for (const [bytes, closesAt] of [
      [1, 1],
      [100_000, 1],
      [100_000, 2],
      [100_000, 3],
    ] as const) {
      const what = `${name}, ${bytes} bytes, time ${closesAt}`
      const both = pair()
      const { got } = open(both, 'c', schema)
      let times = 0
      const value = {
        get s() {
          if (++times === closesAt) both.a.channels.channel('c', schema).close()
          return 'x'.repeat(bytes)
        },
      }
      const code = codeOf(call(both.a, 'b', value))
      if (times < closesAt) continue
      await settle(both)
      assert.is(await code, 'ERR_IRIDIUM_CLOSED', what)
      const { waitingBytes, requests } = both.a.channels.stats()
      assert.equal([waitingBytes, requests.waiting], [0, 0], what)
      assert.is(requests.failed, name === 'request' ? 1 : 0, what)
      both.a.channels.channel('c', schema).write('b', { s: 'after' })
      await settle(both)
      assert.equal(
        got.map((value) => (value as { s: string }).s),
        ['after'],
        what,
      )
      sound(both)
    }
  }
})

test('a getter that gives up the call for its own value: the message is withdrawn, the request forgotten', async () => {
  const both = pair()
  const schema = { type: 'record', name: 'R', fields: [{ name: 's', type: 'string' }] }
  const { a, b, got } = open(both, 'c', schema, 4 * MIB)
  let handled = 0
  b.handle(({ value }) => {
    handled++
    return value
  })
  const giving = (bytes: number) => {
    const controller = new AbortController()
    const value = {
      get s() {
        controller.abort()
        return 'x'.repeat(bytes)
      },
    }
    return { value, signal: controller.signal }
  }
  for (const bytes of [1, 2 * MIB]) {
    // What comes behind it waits.
    a.write('b', { s: 'y'.repeat(3 * MIB) })
    const { waitingBytes } = both.a.channels.stats()
    for (const call of ['request', 'send'] as const) {
      const { value, signal } = giving(bytes)
      const code = codeOf(a[call]('b', value, { signal }))
      assert.is(both.a.channels.stats().requests.waiting, 0)
      assert.is(both.a.channels.stats().waitingBytes, waitingBytes)
      assert.is(await code, 'ERR_IRIDIUM_ABORTED')
    }
    await settle(both)
  }
  assert.is(got.length, 2)
  assert.is(handled, 0)
  assert.is(both.a.channels.stats().requests.failed, 2)
  assert.is(both.a.channels.stats().waitingBytes, 0)
  sound(both)
})

test('a reply whose getter closes the channel: the requester is told that nobody answers', async () => {
  const schema = { type: 'record', name: 'R', fields: [{ name: 's', type: 'string' }] }
  for (const [bytes, closesAt] of [
    [1, 1],
    [100_000, 2],
  ] as const) {
    const both = pair()
    const { a, b } = open(both, 'c', schema)
    let times = 0
    b.handle(() => ({
      get s() {
        if (++times === closesAt) b.close()
        return 'x'.repeat(bytes)
      },
    }))
    const code = codeOf(a.request('b', { s: '' }))
    await settle(both)
    assert.is(await code, 'ERR_IRIDIUM_NO_HANDLER')
    assert.is(both.b.channels.stats().waitingBytes, 0)
    sound(both)
  }
})

test('evolved schemas understand each other, both ways', async () => {
  const both = pair()
  const fields = [{ name: 'text', type: 'string' }]
  const v1 = { type: 'record', name: 'Chat', fields }
  const v2 = { ...v1, fields: [...fields, { name: 'color', type: 'string', default: 'black' }] }
  const a = both.a.channels.channel('chat', v1)
  const b = both.b.channels.channel('chat', v2)
  const got: unknown[] = []
  for (const channel of [a, b]) {
    channel.on('message', ({ value }) => {
      got.push(value)
    })
  }
  a.handle(({ value }) => value)
  a.write('b', { text: 'old' })
  b.write('a', { text: 'new', color: 'red' })
  await settle(both)
  assert.equal(got, [{ text: 'old', color: 'black' }, { text: 'new' }])
  const reply = b.request('a', { text: 'x', color: 'red' })
  await settle(both)
  assert.equal(await reply, { text: 'x', color: 'black' })
  assert.is(both.b.channels.stats().schemasResolved, 1)
  sound(both)
})

test('schemas that do not fit: both hosts are told once, other channels go on', async () => {
  const both = pair()
  const a = both.a.channels.channel('odd', 'string', { maxMessageBytes: 16 * MIB })
  const b = both.b.channels.channel('odd', 'int')
  b.handle(() => 1)
  b.on('message', () => assert.unreachable())
  const good = open(both, 'good')
  for (let i = 0; i < 3; i++) a.write('b', 'x')
  const large = a.send('b', 'x'.repeat(200_000))
  const requests = [codeOf(a.request('b', 'x')), codeOf(a.request('b', 'x'.repeat(200_000)))]
  good.a.write('b', 'fine')
  await settle(both)
  await large
  for (const code of requests) assert.is(await code, 'ERR_IRIDIUM_SCHEMA')
  for (const side of [both.a, both.b]) {
    assert.equal(
      side.errors.map(({ code }) => code),
      ['ERR_IRIDIUM_SCHEMA'],
    )
    assert.match(side.errors[0]?.message ?? '', /channel odd: cannot read string as int/)
  }
  assert.is(both.b.channels.stats().messages.dropped, 4)
  assert.equal(good.got, ['fine'])
})

test('schemas of which some values do not fit: the others arrive, requests and replies too', async () => {
  const both = pair()
  const job = (symbols: string[], result: unknown[], extra: object = {}): object => ({
    type: 'record',
    name: 'Job',
    fields: [
      { name: 'kind', type: { type: 'enum', name: 'Kind', symbols, ...extra } },
      { name: 'result', type: result, default: null },
    ],
  })
  const a = both.a.channels.channel('jobs', job(['A', 'B', 'C'], ['null', 'int', 'string']))
  const b = both.b.channels.channel('jobs', job(['B', 'A'], ['null', 'string'], { default: 'A' }))
  const got: unknown[] = []
  b.on('message', ({ value }) => {
    got.push(value)
  })
  b.handle(({ value }) => value)
  a.handle(() => ({ kind: 'C', result: 5 }))
  for (const value of [{ kind: 'B' }, { kind: 'C', result: 'x' }, { kind: 'B', result: 1 }]) {
    await a.send('b', value)
  }
  const replies = [
    a.request('b', { kind: 'C', result: 'x' }),
    codeOf(a.request('b', { kind: 'B', result: 1 })),
    codeOf(b.request('a', { kind: 'B' })),
  ]
  await settle(both)
  assert.equal(got, [
    { kind: 'B', result: null },
    { kind: 'A', result: 'x' },
  ])
  assert.equal(await Promise.all(replies), [
    { kind: 'A', result: 'x' },
    'ERR_IRIDIUM_BAD_MESSAGE',
    'ERR_IRIDIUM_BAD_MESSAGE',
  ])
  assert.equal(both.a.errors, [])
  assert.equal(
    both.b.errors.map(({ code }) => code),
    ['ERR_IRIDIUM_BAD_MESSAGE'],
  )
  assert.match(both.b.errors[0]?.message ?? '', /cannot read int as one of null, string/)
  assert.is(both.b.channels.stats().messages.dropped, 1)
  await a.send('b', { kind: 'A', result: 'after' })
  await settle(both)
  assert.is(got.length, 3)
  assert.equal([both.a.fault, both.b.fault], [undefined, undefined])
})

test('a broadcast says whom it reached', async () => {
  const both = pair()
  const { a, got } = open(both, 'c')
  both.a.members.set('c', { ...both.a.link.member, alias: 'c', id: 'c'.repeat(32) })
  const result = a.broadcast('all')
  await settle(both)
  const { sent, failed } = await result
  assert.equal(
    sent.map(({ alias }) => alias),
    ['b'],
  )
  assert.equal(
    failed.map(({ member, error }) => [member.alias, error.code]),
    [['c', 'ERR_IRIDIUM_NO_LINK']],
  )
  assert.equal(got, ['all'])
  assert.is(await codeOf(a.broadcast('x', { signal: AbortSignal.abort() })), 'ERR_IRIDIUM_ABORTED')
  a.close()
  assert.is(await codeOf(a.broadcast('x')), 'ERR_IRIDIUM_CLOSED')
})

/** Any calls in any order, and the wire moving in between as it likes. */
test('whatever is called and however the wire moves, each channel gets everything once, in order', async () => {
  const size = fc.oneof(
    fc.nat(200),
    fc.nat(100_000),
    fc.constantFrom(63, 64, 8191, 8192, 65_536, 73_728, 700_000),
  )
  const action = fc.oneof(
    fc.record({
      do: fc.constantFrom('write', 'send', 'request'),
      from: fc.nat(1),
      channel: fc.nat(2),
      size,
    }),
    fc.record({ do: fc.constant('step'), times: fc.nat(8) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
      const both = pair()
      const sides: readonly Side[] = [both.a, both.b]
      const got: string[][] = [[], [], [], [], [], []]
      const sent: string[][] = [[], [], [], [], [], []]
      const channels = sides.map((side, s) =>
        [0, 1, 2].map((c) => {
          const channel = side.channels.channel(`c${c}`, 'bytes', { maxMessageBytes: MIB })
          const note = (value: unknown): void => {
            const bytes = value as Buffer
            got[(1 - s) * 3 + c]?.push(`${bytes.length} ${bytes.length ? bytes.at(-1) : ''}`)
          }
          channel.on('message', ({ value }) => {
            note(value)
            return c === 1 ? Promise.resolve() : undefined
          })
          channel.handle(({ value }) => {
            note(value)
            return value
          })
          return channel
        }),
      )
      const calls: Promise<unknown>[] = []
      actions.forEach((act, i) => {
        if (!('size' in act)) {
          for (let n = 0; n < act.times; n++) step(both)
          return
        }
        const channel = channels[act.from]?.[act.channel]
        const to = sides[1 - act.from]?.alias ?? ''
        const value = Buffer.alloc(act.size, i)
        sent[act.from * 3 + act.channel]?.push(`${value.length} ${value.length ? i : ''}`)
        if (act.do === 'write') channel?.write(to, value)
        if (act.do === 'send' && channel) calls.push(channel.send(to, value))
        if (act.do === 'request' && channel) {
          calls.push(
            channel.request(to, value).then((reply) => assert.ok(value.equals(reply as Buffer))),
          )
        }
      })
      await settle(both)
      await Promise.all(calls)
      assert.equal(got, sent)
      sound(both)
      for (const { channels } of sides) {
        assert.is(channels.stats().waitingBytes, 0)
        assert.is(channels.stats().reassemblyBytes, 0)
        assert.is(channels.stats().requests.waiting, 0)
      }
    }),
    { numRuns: 150, seed: 3 },
  )
})

test.run()
