// A channel that is closed with requests under way: each of them ends at once, at both ends, and once.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumError } from '../../src/core/errors.js'
import { DATA_TAGS } from '../../src/protocol/data-codec.js'
import { createTestCluster } from '../../src/testing/index.js'
import { codeOf, type Pair, pair, settle } from './pair.js'

const { Failed: FAILED } = DATA_TAGS
const RECORD = { type: 'record', name: 'R', fields: [{ name: 'text', type: 'string' }] }

type Opened = ReturnType<Pair['a']['channels']['channel']>

const open = (both: Pair, schema: string | object = 'string') => ({
  a: both.a.channels.channel('c', schema, { maxMessageBytes: 2 ** 24 }),
  b: both.b.channels.channel('c', schema, { maxMessageBytes: 2 ** 24 }),
})

/** A handler that answers when it is told to, and what it was asked. */
function slow(channel: Opened) {
  const asked: {
    readonly signal: AbortSignal
    reply(value: unknown): void
    fail(error: Error): void
  }[] = []
  const off = channel.handle(
    ({ signal }) =>
      new Promise((reply, fail) => {
        asked.push({ signal, reply, fail })
      }),
  )
  return { asked, off }
}

/** Nothing has gone wrong, and nothing is left. */
function atRest(both: Pair): void {
  for (const side of [both.a, both.b]) {
    assert.equal([side.fault, side.errors], [undefined, []])
    const { requests, waitingBytes, reassemblyBytes } = side.channels.stats()
    assert.equal(
      [requests.waiting, requests.running, requests.late, waitingBytes, reassemblyBytes],
      [0, 0, 0, 0, 0],
    )
  }
}

test('the handler closes: who waits is told at once, the handler too, and what it says then goes nowhere', async () => {
  const both = pair()
  const { a, b } = open(both)
  const { asked } = slow(b)
  const other = both.b.channels.channel('d', 'string')
  const others = slow(other)
  const errors = ['x', 'y', 'z'].map((value) =>
    a.request('b', value).then(
      () => assert.unreachable(),
      (error: IridiumError) => error,
    ),
  )
  const onOther = both.a.channels.channel('d', 'string').request('b', 'x')
  await settle(both)
  b.close()
  assert.equal(
    asked.map(({ signal }) => signal.aborted),
    [true, true, true],
  )
  await settle(both)
  for (const error of await Promise.all(errors)) {
    assert.is(error?.code, 'ERR_IRIDIUM_NO_HANDLER')
    assert.match(error?.message ?? '', /the channel c has been closed at that member/)
  }
  const before = both.a.tags.length
  assert.is(both.b.channels.stats().requests.running, 4, 'their handlers run on')
  asked[0]?.reply('too late')
  asked[1]?.fail(new Error('too late'))
  asked[2]?.reply(5)
  await settle(both)
  assert.is(both.a.tags.length, before, 'nothing more is sent')
  assert.is(both.b.channels.stats().requests.running, 1)
  assert.not.ok(others.asked[0]?.signal.aborted, 'another channel is not concerned')
  others.asked[0]?.reply('ok')
  await settle(both)
  assert.is(await onOther, 'ok')
  assert.is(both.a.channels.stats().requests.failed, 3)
  atRest(both)
})

test('a signal that is looked at only after the close has fired', async () => {
  const both = pair()
  const { a, b } = open(both)
  let look = (): AbortSignal => assert.unreachable() as never
  b.handle((request) => {
    look = () => request.signal
    return new Promise<never>(() => {})
  })
  const code = codeOf(a.request('b', 'x'))
  await settle(both)
  b.close()
  assert.ok(look().aborted)
  await settle(both)
  assert.is(await code, 'ERR_IRIDIUM_NO_HANDLER')
})

test('closed and opened again at once: old requests end, new ones are answered, by the new handler alone', async () => {
  const both = pair()
  const { a, b } = open(both)
  const { asked } = slow(b)
  const old = codeOf(a.request('b', 'old'))
  await settle(both)
  b.close()
  const again = open(both).b
  again.handle(({ value }) => `${value}!`)
  const fresh = a.request('b', 'new')
  await settle(both)
  asked[0]?.reply('of the old handler')
  await settle(both)
  assert.equal([await old, await fresh], ['ERR_IRIDIUM_NO_HANDLER', 'new!'])
  atRest(both)
})

type Closing = (b: Opened, both: Pair, signal: AbortSignal) => unknown
const CLOSING: readonly [string, Closing][] = [
  [
    'before it returns',
    (b) => {
      b.close()
      return { text: 'never' }
    },
  ],
  [
    'before it returns a promise',
    async (b) => {
      b.close()
      return { text: 'never' }
    },
  ],
  [
    'before it throws',
    (b) => {
      b.close()
      throw new Error('never')
    },
  ],
  [
    'while its reply is read',
    (b) => ({
      get text() {
        b.close()
        return 'never'
      },
    }),
  ],
  [
    'and opens it again when it is told',
    (b, both, signal) => {
      signal.addEventListener('abort', () => both.b.channels.channel('c', RECORD))
      b.close()
      return { text: 'never' }
    },
  ],
]
for (const [when, close] of CLOSING) {
  test(`a handler that closes its own channel ${when}: one answer`, async () => {
    const both = pair()
    const { a, b } = open(both, RECORD)
    b.handle(({ signal }) => close(b, both, signal))
    const code = codeOf(a.request('b', { text: 'x' }))
    await settle(both)
    assert.is(await code, 'ERR_IRIDIUM_NO_HANDLER')
    assert.is(both.a.tags.filter((tag) => tag === FAILED).length, 1)
    atRest(both)
  })
}

test('requests that are settled by another one being told of the close are answered once', async () => {
  const both = pair()
  const { a, b } = open(both)
  const replies: ((value: string) => void)[] = []
  b.handle(({ signal }) => {
    signal.addEventListener('abort', () => {
      for (const reply of replies) reply('late')
    })
    // biome-ignore lint/suspicious/noThenProperty: one that calls back at once
    return { then: (reply: (value: string) => void) => replies.push(reply) } as never
  })
  const codes = ['x', 'y'].map((value) => codeOf(a.request('b', value)))
  await settle(both)
  b.close()
  await settle(both)
  assert.equal(await Promise.all(codes), Array(2).fill('ERR_IRIDIUM_NO_HANDLER'))
  assert.is(both.a.tags.filter((tag) => tag === FAILED).length, 2)
})

test('replies that wait, and one of which a part has gone, are withdrawn by the close, and told', async () => {
  const both = pair()
  const { a, b } = open(both)
  b.handle(({ value }) => (value as string).repeat(3_000_000))
  const codes = ['x', 'y'].map((value) => codeOf(a.request('b', value)))
  both.a.turn()
  both.b.receive(both.a.wire.take() as Buffer)
  both.b.turn()
  both.a.receive(both.b.wire.take() as Buffer)
  both.b.wire.tellDrained()
  assert.ok(both.a.channels.stats().reassemblyBytes > 0, 'the first has begun')
  b.close()
  await settle(both)
  assert.equal(await Promise.all(codes), Array(2).fill('ERR_IRIDIUM_NO_HANDLER'))
  atRest(both)
})

test('a handler that is taken away, or another in its place, lets those under way finish', async () => {
  const both = pair()
  const { a, b } = open(both)
  const { asked, off } = slow(b)
  const reply = a.request('b', 'x')
  await settle(both)
  off()
  b.handle(() => 'of the other')
  await settle(both)
  assert.not.ok(asked[0]?.signal.aborted)
  asked[0]?.reply('done')
  await settle(both)
  assert.is(await reply, 'done')
  atRest(both)
})

test('the requester closes: its requests reject at once, and the handler is told', async () => {
  const both = pair()
  const { a, b } = open(both)
  const { asked } = slow(b)
  const { asked: other } = slow(both.b.channels.channel('d', 'string'))
  const d = both.a.channels.channel('d', 'string').request('b', 'x')
  const sent = codeOf(a.request('b', 'x'))
  await settle(both)
  const unsent = codeOf(a.request('b', 'x'.repeat(500_000)))
  a.close()
  assert.equal([await sent, await unsent], Array(2).fill('ERR_IRIDIUM_CLOSED'))
  await settle(both)
  assert.is(asked.length, 1)
  assert.ok(asked[0]?.signal.aborted)
  asked[0]?.reply('too late')
  assert.not.ok(other[0]?.signal.aborted)
  other[0]?.reply('ok')
  await settle(both)
  assert.is(await d, 'ok')
  assert.is(both.a.channels.stats().requests.failed, 2)
  atRest(both)
})

test('both ends close at the same time', async () => {
  const both = pair()
  const { a, b } = open(both)
  const { asked } = slow(b)
  const code = codeOf(a.request('b', 'x'))
  await settle(both)
  a.close()
  b.close()
  assert.is(await code, 'ERR_IRIDIUM_CLOSED')
  await settle(both)
  asked[0]?.reply('too late')
  await settle(both)
  atRest(both)
})

test('the credit of a request comes back when its handler is done, though the channel was closed', async () => {
  const both = pair()
  const { a, ...first } = open(both)
  let { b } = first
  for (let round = 0; round < 20; round++) {
    const { asked } = slow(b)
    const code = codeOf(a.request('b', 'x'.repeat(100_000)))
    await settle(both)
    assert.is(asked.length, 1, 'it had credit')
    b.close()
    await settle(both)
    assert.is(await code, 'ERR_IRIDIUM_NO_HANDLER')
    asked[0]?.reply('too late')
    b = open(both).b
  }
  await settle(both)
  atRest(both)
})

test('a node that closes tells its handlers, and its requesters learn of the lost link', async () => {
  const cluster = createTestCluster({ seed: 3 })
  const [a, b] = ['a', 'b'].map((alias) => cluster.node({ alias })) as [
    ReturnType<typeof cluster.node>,
    ReturnType<typeof cluster.node>,
  ]
  await a.start()
  if (!a.address) throw new Error('a does not listen')
  await b.join(a.address)
  const channel = b.channel('c', 'int')
  let signal: AbortSignal | undefined
  let finish = (_value: number): void => {}
  channel.handle((request) => {
    signal = request.signal
    return new Promise<number>((resolve) => {
      finish = resolve
    }) as never
  })
  const code = codeOf(a.channel('c', 'int').request('b', 1, { timeoutMs: 60_000 }))
  await cluster.advance(100)
  assert.not.ok(signal?.aborted)
  await b.close()
  assert.ok(signal?.aborted)
  await cluster.advance(100)
  assert.is(await code, 'ERR_IRIDIUM_LINK_LOST')
  finish(2)
  await cluster.advance(100)
  assert.is(b.stats().channels.requests.running, 0)
  await cluster.close()
})

test.run()
