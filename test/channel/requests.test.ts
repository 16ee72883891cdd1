// Requests and handlers: every request ends exactly once, with the reply or with an error that says what happened.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumError } from '../../src/core/errors.js'
import type { ChannelRequest } from '../../src/node/channel/channel.js'
import { ChannelCounters } from '../../src/node/channel/counters.js'
import { Requests, type WaitingRequest } from '../../src/node/channel/requests.js'
import { codeOf, pair, settle } from './pair.js'

const open = (both: ReturnType<typeof pair>, schema: string | object = 'string') => ({
  a: both.a.channels.channel('c', schema, { maxMessageBytes: 2 ** 24 }),
  b: both.b.channels.channel('c', schema, { maxMessageBytes: 2 ** 24 }),
})

test('a handler replies with a value or a promise of one, small or large', async () => {
  const both = pair()
  const { a, b } = open(both)
  const events: unknown[] = []
  const off = b.handle(({ from, value }) => {
    events.push([from.alias, value])
    return `${value}!`
  })
  const first = a.request('b', 'x')
  await settle(both)
  assert.is(await first, 'x!')
  off()
  off()
  b.handle(async ({ value }) => {
    await new Promise((resolve) => setImmediate(resolve))
    return `${value}?`
  })
  const all = ['y', 'z'.repeat(3_000_000)].map((value) => a.request('b', value))
  await settle(both)
  assert.equal(await Promise.all(all), ['y?', `${'z'.repeat(3_000_000)}?`])
  assert.equal(events, [['a', 'x']])
  const { requests } = both.a.channels.stats()
  assert.equal(requests, { sent: 3, received: 0, waiting: 0, running: 0, failed: 0, late: 0 })
  assert.is(both.b.channels.stats().requests.received, 3)
  assert.is(both.b.channels.stats().requests.running, 0)
})

test('replies find their requests, whatever the order in which they are ready', async () => {
  const both = pair()
  const { a, b } = open(both, 'int')
  const ready: (() => void)[] = []
  b.handle(({ value }) => new Promise((resolve) => ready.unshift(() => resolve(value))))
  const all = Array.from({ length: 100 }, (_, i) => a.request('b', i))
  await settle(both)
  for (const finish of ready) finish()
  await settle(both)
  assert.equal(
    await Promise.all(all),
    Array.from({ length: 100 }, (_, i) => i),
  )
})

test('a handler may do with its request what it likes', async () => {
  const both = pair()
  const { a, b } = open(both)
  b.handle((request) => {
    assert.equal(Object.keys(request), ['from', 'value'])
    Object.assign(request, { id: 'mine', from: 'me' })
    return 'ok'
  })
  const reply = a.request('b', 'x')
  await settle(both)
  assert.is(await reply, 'ok')
})

test('when a link is lost, requests are rejected in the order in which they were made', async () => {
  const both = pair()
  const { a, b } = open(both, 'int')
  b.handle(() => new Promise(() => {}))
  const rejected: number[] = []
  for (let i = 0; i < 100; i++) a.request('b', i).catch(() => rejected.push(i))
  await settle(both)
  both.a.linkDown()
  await settle(both)
  assert.equal(
    rejected,
    Array.from({ length: 100 }, (_, i) => i),
  )
})

test('a number that is being dealt with already closes the link', async () => {
  const both = pair()
  const { a, b } = open(both, 'int')
  b.handle(() => new Promise(() => {}))
  a.request('b', 1).catch(() => {})
  await settle(both)
  a.request('b', 2).catch(() => {})
  both.a.turn()
  const bytes = both.a.wire.take() as Buffer
  both.b.receive(bytes)
  assert.is(both.b.fault, undefined)
  both.b.receive(bytes)
  assert.is(both.b.fault?.code, 'ERR_IRIDIUM_PROTOCOL')
})

test('when the numbers begin again, those that still wait keep theirs', () => {
  const requests = new Requests(new ChannelCounters(), 8)
  const made: WaitingRequest[] = []
  const add = (): number => {
    const request = { resolve() {}, reject() {} } as unknown as WaitingRequest
    const id = requests.add(request)
    made[id] = request
    return id
  }
  assert.equal(Array.from({ length: 8 }, add), [1, 2, 3, 4, 5, 6, 7, 8])
  const [third, eighth] = [made[3], made[8]]
  for (const id of [2, 4, 5, 7]) assert.is(requests.take(id), made[id])
  assert.equal([add(), add()], [2, 4])
  assert.is(requests.take(2), made[2])
  assert.equal([add(), add(), add()], [5, 7, 2])
  assert.is(requests.get(3), third)
  assert.is(requests.get(8), eighth)
})

test('both ends may ask at the same time', async () => {
  const both = pair()
  const { a, b } = open(both, 'int')
  a.handle(({ value }) => (value as number) + 1)
  b.handle(({ value }) => (value as number) + 2)
  const replies = [a.request('b', 10), b.request('a', 10)]
  await settle(both)
  assert.equal(await Promise.all(replies), [12, 11])
})

const THROWN: readonly [string, () => unknown, RegExp][] = [
  [
    'an error',
    () => {
      throw new Error('out of cake')
    },
    /^out of cake$/,
  ],
  [
    'a text',
    () => {
      throw 'just text'
    },
    /^just text$/,
  ],
  [
    'undefined',
    () => {
      throw undefined
    },
    /^undefined$/,
  ],
  [
    'what has no text',
    () => {
      throw Object.create(null)
    },
    /no text/,
  ],
  [
    'an endless message',
    () => {
      throw new Error('ü'.repeat(5000))
    },
    /^ü+\.\.\.$/,
  ],
  [
    'a rejection',
    async () => {
      throw new Error('later')
    },
    /^later$/,
  ],
  ['a reply that does not fit', () => 5, /reply: value must be string, got 5/],
  ['no reply', () => undefined, /value must be string, got undefined/],
]
for (const [name, handler, message] of THROWN) {
  test(`a handler that fails: ${name}`, async () => {
    const both = pair()
    const { a, b } = open(both)
    b.handle(handler as () => string)
    const request = a.request('b', 'x').then(
      () => assert.unreachable(),
      (e: IridiumError) => e,
    )
    await settle(both)
    const error = (await request) as IridiumError
    assert.is(error.code, 'ERR_IRIDIUM_HANDLER')
    assert.match(error.message, message)
    assert.ok(Buffer.byteLength(error.message) <= 1024)
    assert.is(error.cause, undefined, 'nothing of the other host but the message')
    assert.equal([both.a.errors, both.b.errors], [[], []])
    assert.is(both.a.channels.stats().requests.failed, 1)
  })
}

test('nobody answers: the channel is not open there, has no handler, has one no longer', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'string', { maxMessageBytes: 2 ** 24 })
  const ask = async (): Promise<void> => {
    const codes = ['x', 'x'.repeat(500_000)].map((value) => codeOf(a.request('b', value)))
    await settle(both)
    assert.equal(await Promise.all(codes), ['ERR_IRIDIUM_NO_HANDLER', 'ERR_IRIDIUM_NO_HANDLER'])
  }
  await ask()
  const b = both.b.channels.channel('c', 'string', { maxMessageBytes: 2 ** 24 })
  await ask()
  b.handle(({ value }) => value)()
  await ask()
  assert.is(both.b.channels.stats().reassemblyBytes, 0)
})

test('two handlers are one too many; a handler is a function', () => {
  const both = pair()
  const { b } = open(both)
  const off = b.handle(({ value }) => value)
  assert.throws(() => b.handle(({ value }) => value), /has a handler already/)
  off()
  const other = b.handle(({ value }) => value)
  off() // long gone: it does not take the other away
  assert.throws(() => b.handle(({ value }) => value), /has a handler already/)
  other()
  assert.throws(() => b.handle(5 as never), /handler must be a function/)
})

test('a time-out: the requester goes on, the handler is told, the late reply is dropped', async () => {
  const both = pair()
  const { a, b } = open(both)
  let event: ChannelRequest<unknown> | undefined
  let finish = (_reply: string): void => {}
  b.handle((request) => {
    event = request
    return new Promise<string>((resolve) => {
      finish = resolve
    })
  })
  const codes = [50, 200].map((timeoutMs) => codeOf(a.request('b', 'x', { timeoutMs })))
  await settle(both)
  const { signal } = event as ChannelRequest<unknown>
  both.a.advance(49)
  await settle(both)
  assert.is(both.a.channels.stats().requests.waiting, 2)
  both.a.advance(1)
  assert.is(await codes[0], 'ERR_IRIDIUM_TIMEOUT')
  assert.is(both.a.channels.stats().requests.waiting, 1)
  both.a.advance(150)
  assert.is(await codes[1], 'ERR_IRIDIUM_TIMEOUT')
  assert.not.ok(signal.aborted)
  await settle(both)
  assert.ok(signal.aborted)
  finish('too late')
  await settle(both)
  assert.is(both.a.channels.stats().requests.late, 0, 'a reply that nobody waits for is not sent')
  assert.equal(
    [both.a.fault, both.b.fault, both.a.errors, both.b.errors],
    [undefined, undefined, [], []],
  )
})

test('the default time-out is ten seconds', async () => {
  const both = pair()
  const { a, b } = open(both)
  b.handle(() => new Promise<never>(() => {}))
  const code = codeOf(a.request('b', 'x'))
  await settle(both)
  both.a.advance(9999)
  await settle(both)
  assert.is(both.a.channels.stats().requests.waiting, 1)
  both.a.advance(1)
  assert.is(await code, 'ERR_IRIDIUM_TIMEOUT')
})

for (const options of [null, 1, 'x', [], () => {}, { timeout: 5 }, { signal: 'x' }]) {
  test(`options that are none: ${JSON.stringify(options)}`, async () => {
    const { a } = open(pair())
    const given = options as object
    const codes = [
      a.send('b', 'x', given),
      a.drain('b', given),
      a.broadcast('x', given),
      a.request('b', 'x', given),
    ].map(codeOf)
    assert.equal(await Promise.all(codes), Array(4).fill('ERR_IRIDIUM_BAD_OPTION'))
  })
}

for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5', 2 ** 31]) {
  test(`no time-out: ${timeoutMs}`, async () => {
    const { a } = open(pair())
    const code = await codeOf(a.request('b', 'x', { timeoutMs: timeoutMs as number }))
    assert.is(code, 'ERR_IRIDIUM_BAD_OPTION')
  })
}

test('a reply that crosses with the time-out is counted and dropped', async () => {
  const both = pair()
  const { a, b } = open(both)
  b.handle(({ value }) => value)
  const code = codeOf(a.request('b', 'x', { timeoutMs: 5 }))
  both.a.turn()
  both.b.receive(both.a.wire.take() as Buffer)
  both.b.turn() // the handler has replied; nothing has reached a
  both.a.advance(5)
  assert.is(await code, 'ERR_IRIDIUM_TIMEOUT')
  await settle(both)
  assert.is(both.a.channels.stats().requests.late, 1)
  assert.equal([both.a.fault, both.b.fault], [undefined, undefined])
})

test('a signal ends a request, before and after it was sent', async () => {
  const both = pair()
  const { a, b } = open(both)
  const signals: AbortSignal[] = []
  b.handle(({ signal }) => {
    signals.push(signal)
    return new Promise<never>(() => {})
  })
  assert.is(
    await codeOf(a.request('b', 'x', { signal: AbortSignal.abort() })),
    'ERR_IRIDIUM_ABORTED',
  )
  const controller = new AbortController()
  const code = codeOf(a.request('b', 'x', { signal: controller.signal }))
  await settle(both)
  controller.abort()
  assert.is(await code, 'ERR_IRIDIUM_ABORTED')
  await settle(both)
  assert.equal(
    signals.map(({ aborted }) => aborted),
    [true],
  )
  assert.is(both.a.channels.stats().requests.waiting, 0)
})

test('a handler whose requester is lost is told', async () => {
  const both = pair()
  const { a, b } = open(both)
  let signal: AbortSignal | undefined
  b.handle((event) => {
    signal = event.signal
    return new Promise<never>(() => {})
  })
  const code = codeOf(a.request('b', 'x'))
  await settle(both)
  both.b.linkDown()
  assert.ok(signal?.aborted)
  both.a.linkDown()
  assert.is(await code, 'ERR_IRIDIUM_LINK_LOST')
})

test('a handler that closes its channel while it runs', async () => {
  const both = pair()
  const { a, b } = open(both)
  b.handle(async () => {
    b.close()
    return 'never'
  })
  const code = codeOf(a.request('b', 'x'))
  await settle(both)
  assert.is(await code, 'ERR_IRIDIUM_NO_HANDLER')
})

test('a reply in pieces may be given up by its requester', async () => {
  const both = pair()
  const { a, b } = open(both, 'bytes')
  b.handle(() => Buffer.alloc(3_000_000))
  const code = codeOf(a.request('b', Buffer.alloc(0), { timeoutMs: 10 }))
  both.a.turn()
  both.b.receive(both.a.wire.take() as Buffer)
  for (let i = 0; i < 3; i++) {
    both.b.turn()
    const chunk = both.b.wire.take()
    if (chunk) both.a.receive(chunk)
    both.b.wire.tellDrained()
  }
  both.a.advance(10)
  assert.is(await code, 'ERR_IRIDIUM_TIMEOUT')
  await settle(both)
  assert.is(both.a.channels.stats().reassemblyBytes, 0)
  assert.is(both.b.channels.stats().waitingBytes, 0)
  assert.equal([both.a.fault, both.b.fault], [undefined, undefined])
})

test('a promise of a foreign make that settles more than once counts once', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'string')
  const once: ((settle: (value: string) => void) => void)[] = [
    (settle) => [settle('1'), settle('2')],
    (settle) => {
      settle('1')
      throw new Error('late')
    },
  ]
  both.b.channels.channel('c', 'string').handle(({ value }) => {
    // biome-ignore lint/suspicious/noThenProperty: what is tested
    return { then: once[(value as string).length % 2] } as never
  })
  for (let i = 0; i < 40; i++) {
    const reply = a.request('b', 'x'.repeat(4000 + i))
    await settle(both)
    assert.is(await reply, '1')
  }
  assert.is(both.b.channels.stats().requests.running, 0)
  assert.equal([both.a.fault, both.b.fault], [undefined, undefined])
})

test.run()
