// Back-pressure: what a slow receiver does to a fast sender, how much is kept where, and that nobody else waits.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  CHANNEL_WINDOW_BYTES,
  CREDIT_STEP_BYTES,
  MAX_LINK_REASSEMBLY_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_REASSEMBLY_BYTES,
  MAX_WAITING_BYTES,
  MESSAGE_OVERHEAD_BYTES,
  PIECE_BYTES,
  PIECE_WINDOW_BYTES,
  PUMP_BYTES,
} from '../../src/core/limits.js'
import { Reassembly } from '../../src/node/channel/reassembly.js'
import { DATA_TAGS } from '../../src/protocol/data-codec.js'
import { codeOf, pair, settle, step } from './pair.js'

const KIB = 1024
const large = { maxMessageBytes: MAX_MESSAGE_BYTES }

/** A listener whose promises the test settles. */
function slowListener() {
  const running: (() => void)[] = []
  const got: number[] = []
  return {
    running,
    got,
    listener: ({ value }: { value: unknown }): Promise<void> => {
      got.push((value as Buffer).length)
      return new Promise((resolve) => running.push(resolve))
    },
    finish(count = running.length): void {
      for (const resolve of running.splice(0, count)) resolve()
    },
  }
}

test('a receiver that does not settle stops its sender after one window, in bytes', async () => {
  const both = pair()
  const slow = slowListener()
  const a = both.a.channels.channel('c', 'bytes')
  both.b.channels.channel('c', 'bytes').on('message', slow.listener)
  const value = Buffer.alloc(KIB)
  let sent = 0
  const sending = (async () => {
    for (; sent < 5000; sent++) await a.send('b', value)
  })()
  await settle(both)
  const perMessage = KIB + 2 + MESSAGE_OVERHEAD_BYTES
  const window = Math.ceil(CHANNEL_WINDOW_BYTES / perMessage)
  assert.is(slow.got.length, window)
  assert.ok(sent <= window, `${sent}`)
  assert.ok(both.a.channels.stats().waitingBytes <= 2 * perMessage)
  assert.is(both.a.channels.stats().stalls, 1)
  // As the listener gets on, so does the sender: never more than a window ahead.
  for (let settled = 0; settled < 4000; settled += 500) {
    slow.finish(500)
    await settle(both)
    assert.ok(slow.running.length <= window, `${slow.running.length}`)
  }
  while (slow.running.length > 0) {
    slow.finish()
    await settle(both)
  }
  await sending
  assert.is(slow.got.length, 5000)
})

test('write returns false when it had better stop, and drain tells when to go on', async () => {
  const both = pair()
  const slow = slowListener()
  const a = both.a.channels.channel('c', 'bytes')
  both.b.channels.channel('c', 'bytes').on('message', slow.listener)
  let written = 0
  while (a.write('b', Buffer.alloc(KIB)) && written < 1000) written++
  assert.ok(written * KIB < 130 * KIB, `${written} before the connection asked to stop`)
  let drained = 0
  const writing = (async () => {
    for (let i = 0; i < 3000; i++) {
      if (a.write('b', Buffer.alloc(KIB))) continue
      await a.drain('b')
      drained++
    }
  })()
  await settle(both)
  assert.ok(slow.running.length * KIB <= CHANNEL_WINDOW_BYTES)
  assert.ok(both.a.channels.stats().waitingBytes < 3 * KIB)
  while (slow.running.length > 0) {
    slow.finish()
    await settle(both)
  }
  await writing
  assert.is(slow.got.length, written + 1 + 3000)
  assert.ok(drained > 10)
  await a.drain('b') // nothing in the way: at once
})

test('a slow channel holds up no other channel, and no requests', async () => {
  const both = pair()
  const slow = slowListener()
  const a = both.a.channels.channel('slow', 'bytes')
  both.b.channels.channel('slow', 'bytes').on('message', slow.listener)
  const quick = both.a.channels.channel('quick', 'int')
  both.b.channels.channel('quick', 'int').handle(({ value }) => value)
  for (let i = 0; i < (2 * CHANNEL_WINDOW_BYTES) / KIB; i++) void a.send('b', Buffer.alloc(KIB))
  await settle(both)
  assert.ok(both.a.channels.stats().waitingBytes > 0)
  const reply = quick.request('b', 7)
  await settle(both)
  assert.is(await reply, 7)
})

test('empty messages are not free: so many and no more are under way', async () => {
  const both = pair()
  const slow = slowListener()
  const a = both.a.channels.channel('c', 'bytes')
  both.b.channels.channel('c', 'bytes').on('message', slow.listener)
  for (let i = 0; i < 100_000; i++) if (!a.write('b', Buffer.alloc(0))) await settle(both)
  await settle(both)
  assert.ok(slow.running.length <= CHANNEL_WINDOW_BYTES / MESSAGE_OVERHEAD_BYTES)
})

test('what waits for one member is bounded; over the bound calls are refused, and nothing is lost', async () => {
  const both = pair()
  const slow = slowListener()
  const a = both.a.channels.channel('c', 'bytes', large)
  both.b.channels.channel('c', 'bytes', large).on('message', slow.listener)
  const value = Buffer.alloc(512 * KIB)
  const codes: Promise<string>[] = []
  for (let i = 0; i < 100; i++) codes.push(codeOf(a.send('b', value)))
  assert.throws(() => a.write('b', value), /bytes wait for this member/)
  assert.is(await codeOf(a.request('b', value)), 'ERR_IRIDIUM_LIMIT')
  assert.equal(
    (await a.broadcast(value)).failed.map(({ error }) => error.code),
    ['ERR_IRIDIUM_LIMIT'],
  )
  const { waitingBytes } = both.a.channels.stats()
  assert.ok(waitingBytes <= MAX_WAITING_BYTES && waitingBytes > MAX_WAITING_BYTES - KIB * KIB)
  for (let i = 0; i < 100; i++) {
    await settle(both)
    slow.finish()
  }
  const refused = (await Promise.all(codes)).filter((code) => code !== 'fulfilled')
  assert.equal(new Set(refused), new Set(['ERR_IRIDIUM_LIMIT']))
  assert.is(slow.got.length, 100 - refused.length)
  assert.is(both.a.channels.stats().waitingBytes, 0)
})

test('what is given up while it waits takes no room any more, wherever it stands, and the rest goes in order', async () => {
  const both = pair()
  const slow = slowListener()
  const a = both.a.channels.channel('c', 'bytes', large)
  both.b.channels.channel('c', 'bytes', large).on('message', slow.listener)
  const codes = [codeOf(a.send('b', Buffer.alloc(2 * CHANNEL_WINDOW_BYTES)))]
  await settle(both) // no credit is left
  const head = new AbortController()
  codes.push(codeOf(a.send('b', Buffer.alloc(8), { signal: head.signal })))
  const { waitingBytes } = both.a.channels.stats()
  const value = Buffer.alloc(KIB * KIB)
  for (let round = 0; round < 3; round++) {
    const controllers = Array.from({ length: 12 }, () => new AbortController())
    for (const { signal } of controllers) codes.push(codeOf(a.send('b', value, { signal })))
    const requests = Array.from({ length: 12 }, () => codeOf(a.request('b', value)))
    for (const i of [11, 5, 0, 3, 1, 2, 4, 10, 9, 6, 8, 7]) controllers[i]?.abort()
    both.a.advance(10_000)
    assert.equal(new Set(await Promise.all(requests)), new Set(['ERR_IRIDIUM_TIMEOUT']))
    assert.is(both.a.channels.stats().waitingBytes, waitingBytes)
  }
  const sends = [3, 1, 4, 1, 5, 9, 2, 6].map((length) => {
    const controller = new AbortController()
    const code = codeOf(a.send('b', Buffer.alloc(length), { signal: controller.signal }))
    return { controller, code }
  })
  for (const i of [0, 3, 7]) sends[i]?.controller.abort()
  head.abort()
  a.write('b', Buffer.alloc(7))
  slow.finish()
  await settle(both)
  assert.equal(slow.got.slice(1), [1, 4, 5, 9, 2, 7])
  sends[1]?.controller.abort() // it has gone
  const [first, ...rest] = await Promise.all(codes)
  assert.is(first, 'fulfilled')
  assert.equal(rest, Array(37).fill('ERR_IRIDIUM_ABORTED'))
  const kept = await Promise.all(sends.map(({ code }) => code))
  assert.is(kept.filter((code) => code === 'fulfilled').length, 5)
  assert.is(both.a.channels.stats().waitingBytes, 0)
  assert.is(both.b.fault, undefined)
})

test('a message that nobody wants any more, and the line goes on without it', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'bytes', large)
  const got: number[] = []
  both.b.channels.channel('c', 'bytes', large).on('message', ({ value }) => {
    got.push((value as Buffer).length)
  })
  // A part of it has gone, and its receiver has not answered yet.
  const controller = new AbortController()
  const { signal } = controller
  const code = codeOf(a.send('b', Buffer.alloc(4 * KIB * KIB), { signal }))
  const drained = codeOf(a.drain('b'))
  both.a.turn()
  controller.abort()
  assert.is(both.a.channels.stats().waitingBytes, 0)
  await settle(both)
  assert.is(await code, 'ERR_IRIDIUM_ABORTED')
  assert.is(await drained, 'fulfilled')
  a.write('b', Buffer.alloc(5))
  await settle(both)
  assert.equal(got, [5])
  assert.is(both.b.channels.stats().reassemblyBytes, 0)
  assert.is(both.b.fault, undefined)
})

test('a message larger than the window goes too, and takes the credit of what comes after', async () => {
  const both = pair()
  const slow = slowListener()
  const a = both.a.channels.channel('c', 'bytes', large)
  both.b.channels.channel('c', 'bytes', large).on('message', slow.listener)
  const sends = [a.send('b', Buffer.alloc(5_000_000)), a.send('b', Buffer.alloc(1))]
  await settle(both)
  await sends[0]
  assert.equal(slow.got, [5_000_000])
  slow.finish()
  await settle(both)
  await sends[1]
  assert.equal(slow.got, [5_000_000, 1])
})

test('between the pieces of a large message others pass', async () => {
  const both = pair()
  const a = both.a.channels.channel('large', 'bytes', large)
  both.b.channels.channel('large', 'bytes', large).on('message', () => {})
  const quick = both.a.channels.channel('quick', 'int')
  const at: number[] = []
  both.b.channels.channel('quick', 'int').on('message', () => {
    at.push(both.a.wire.flowedBytes)
  })
  void a.send('b', Buffer.alloc(MAX_MESSAGE_BYTES - 8))
  for (let i = 0; i < 20; i++) {
    for (let n = 0; n < 4; n++) step(both)
    const before = both.a.wire.flowedBytes
    quick.write('b', i)
    for (let n = 0; n < 8 && at.length <= i; n++) step(both)
    assert.is(at.length, i + 1)
    const passed = (at[i] as number) - before
    assert.ok(passed <= 5 * PIECE_BYTES, `message ${i} came after ${passed} bytes`)
  }
  await settle(both)
  assert.is(both.b.channels.stats().messages.received, 21)
})

test('a large message is never further ahead than its receiver allows', async () => {
  const both = pair()
  const a = both.a.channels.channel('large', 'bytes', large)
  both.b.channels.channel('large', 'bytes', large).on('message', () => {})
  void a.send('b', Buffer.alloc(4 * KIB * KIB))
  // The wire back stands still: the receiver's answers do not come.
  for (let i = 0; i < 50; i++) {
    both.a.turn()
    const chunk = both.a.wire.take()
    if (chunk) both.b.receive(chunk)
    both.a.wire.tellDrained()
  }
  assert.ok(both.a.wire.flowedBytes <= PIECE_BYTES + KIB, `${both.a.wire.flowedBytes}`)
  const before = both.a.wire.flowedBytes
  step(both) // the first answer comes
  for (let i = 0; i < 50; i++) {
    both.a.turn()
    const chunk = both.a.wire.take()
    if (chunk) both.b.receive(chunk)
    both.a.wire.tellDrained()
  }
  assert.ok(both.a.wire.flowedBytes - before <= PIECE_WINDOW_BYTES + 2 * PIECE_BYTES)
  await settle(both)
  assert.is(both.b.channels.stats().messages.received, 1)
})

test('what waits goes a little in a turn, whatever the connection takes', async () => {
  const both = pair()
  const { wire, outbox, channels } = both.a
  const a = channels.channel('c', 'bytes')
  let got = 0
  both.b.channels.channel('c', 'bytes').on('message', () => void got++)
  const value = Buffer.alloc(60 * KIB)
  for (let i = 0; i < 16; i++) a.write('b', value)
  assert.ok(outbox.isBlocked)
  const write = wire.write.bind(wire)
  wire.write = (bytes) => write(bytes) || true // from now on it never asks to stop
  let waiting = channels.stats().waitingBytes
  assert.ok(waiting > 2 * PUMP_BYTES)
  wire.drained()
  for (let turns = 0; waiting > 0; turns++) {
    const { waitingBytes } = channels.stats()
    const went = waiting - waitingBytes
    assert.ok(went > 0 && went <= PUMP_BYTES + 2 * value.length, `${went} in turn ${turns}`)
    waiting = waitingBytes
    both.a.turn()
  }
  await settle(both)
  assert.is(got, 16)
})

test('credit goes back in steps, not for every message', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'bytes')
  both.b.channels.channel('c', 'bytes').on('message', () => {})
  for (let i = 0; i < 10_000; i++) if (!a.write('b', Buffer.alloc(KIB))) await settle(both)
  await settle(both)
  const credits = both.a.tags.filter((tag) => tag === DATA_TAGS.Credit).length
  const steps = (10_000 * (KIB + 2 + MESSAGE_OVERHEAD_BYTES)) / CREDIT_STEP_BYTES
  assert.ok(credits >= steps / 2 && credits <= steps && steps < 100, `${credits}`)
})

test('a listener that settles only after a request of its own is answered does not lock up', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'bytes', large)
  const b = both.b.channels.channel('c', 'bytes', large)
  // Every message of a's makes b ask a, and b's window at a is full of a's own messages to itself.
  a.handle(({ value }) => value)
  const replies: Promise<unknown>[] = []
  b.on('message', ({ value }) => {
    const reply = b.request('a', value)
    replies.push(reply)
    return reply
  })
  for (let i = 0; i < 3000; i++) void a.send('b', Buffer.alloc(KIB))
  await settle(both)
  assert.is(replies.length, 3000)
  await Promise.all(replies)
})

test('replies that nobody reads are bounded like all that waits', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'bytes', large)
  both.b.channels.channel('c', 'bytes', large).handle(() => Buffer.alloc(KIB * KIB))
  const codes = Array.from({ length: 64 }, () => codeOf(a.request('b', Buffer.alloc(1))))
  both.a.turn()
  for (let chunk = both.a.wire.take(); chunk; chunk = both.a.wire.take()) both.b.receive(chunk)
  assert.ok(both.b.channels.stats().waitingBytes <= MAX_WAITING_BYTES)
  await settle(both)
  const ended = await Promise.all(codes)
  const replied = ended.filter((code) => code === 'fulfilled').length
  assert.ok(replied >= 31, `${replied}`)
  assert.equal(
    ended.filter((code) => code !== 'fulfilled'),
    Array(64 - replied).fill('ERR_IRIDIUM_LIMIT'),
  )
})

test('the memory for large messages: in order, within the bounds of node and link, given back', () => {
  const memory = new Reassembly()
  const granted: string[] = []
  const links = Array.from({ length: 6 }, () => ({}))
  const reserve = (link: number, bytes: number, name: string) =>
    memory.reserve(links[link] as object, bytes, () => granted.push(name))
  const first = reserve(0, MAX_MESSAGE_BYTES, 'a')
  const second = reserve(0, MAX_MESSAGE_BYTES, 'a again')
  const others = [1, 2, 3].map((link) => reserve(link, MAX_MESSAGE_BYTES - 1, `link ${link}`))
  const late = reserve(4, MAX_MESSAGE_BYTES, 'late')
  reserve(5, 3, 'tiny')
  assert.equal(granted, ['a', 'link 1', 'link 2', 'link 3', 'tiny'])
  assert.is(memory.usedBytes, MAX_REASSEMBLY_BYTES)
  first.release()
  first.release()
  assert.equal(granted.slice(5), ['a again'])
  late.release() // it no longer asks
  for (const other of [...others, second]) other.release()
  assert.is(granted.length, 6)
  assert.is(memory.usedBytes, 3)
  assert.ok(MAX_LINK_REASSEMBLY_BYTES * 3 < MAX_REASSEMBLY_BYTES)
})

test('when the memory is taken, a large message waits, and small ones pass', async () => {
  const both = pair()
  const hog = both.b.channels.reassembly
  const held = [1, 2, 3, 4].map(() => hog.reserve({}, MAX_MESSAGE_BYTES - 1, () => {}))
  const a = both.a.channels.channel('c', 'bytes', large)
  const small = both.a.channels.channel('s', 'int')
  const got: unknown[] = []
  for (const [name, schema] of [
    ['c', 'bytes'],
    ['s', 'int'],
  ] as const) {
    both.b.channels.channel(name, schema, name === 'c' ? large : {}).on('message', ({ value }) => {
      got.push(typeof value === 'number' ? value : (value as Buffer).length)
    })
  }
  void a.send('b', Buffer.alloc(KIB * KIB))
  small.write('b', 1)
  await settle(both)
  assert.equal(got, [1])
  held[0]?.release()
  await settle(both)
  assert.equal(got, [1, KIB * KIB])
})

test.run()
