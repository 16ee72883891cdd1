// What waits to be sent: how a value is written for it, and the memory for large ones, which is used again and again.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  MAX_MESSAGE_BYTES,
  MAX_WHOLE_BYTES,
  VALUE_HEAD_BYTES,
  WARM_STEP_BYTES,
} from '../../src/core/limits.js'
import { PayloadMemory } from '../../src/node/channel/payload-memory.js'
import { codeOf, pair, settle, step } from './pair.js'

const KIB = 1024
const MIB = 1024 * KIB

/** Memory whose turns the test gives. */
function memory(size: number) {
  let due: (() => void) | undefined
  const payloads = new PayloadMemory((callback) => {
    due = callback
    return () => {
      due = undefined
    }
  })
  payloads.fit(size)
  return {
    payloads,
    /** Lets turns pass until nothing is left to do. */
    turns(): number {
      for (let count = 0; ; count++) {
        const callback = due
        if (!callback) return count
        due = undefined
        callback()
      }
    },
  }
}

const placeOf = ({ bytes }: { bytes: Buffer }): number => bytes.byteOffset

test('what is given back is used again, from the lowest place on', () => {
  const { payloads } = memory(1000)
  const a = payloads.take(400)
  const b = payloads.take(500)
  assert.is(a.bytes.buffer, b.bytes.buffer)
  assert.is(placeOf(b) - placeOf(a), 400)
  a.letGo()
  const c = payloads.take(300)
  assert.is(placeOf(c), placeOf(a))
  // Neither behind b nor between c and b are 200 bytes left.
  assert.is.not(payloads.take(200).bytes.buffer, b.bytes.buffer)
  const d = payloads.take(100)
  assert.is(placeOf(d), placeOf(a) + 300)
  for (const payload of [c, b, d]) payload.letGo()
  assert.is(payloads.takeMost(0)?.bytes.length, 1000)
})

test('the last holder gives back, and only then', () => {
  const { payloads } = memory(1000)
  const a = payloads.take(1000)
  a.hold()
  a.letGo()
  assert.is(payloads.takeMost(0), undefined)
  a.letGo()
  assert.is(payloads.takeMost(0)?.bytes.length, 1000)
})

test('all that is free in one piece, cut to what was needed', () => {
  const { payloads } = memory(1000)
  const a = payloads.take(100)
  const b = payloads.takeMost(899)
  assert.is(b?.bytes.length, 900)
  assert.is(payloads.takeMost(0), undefined)
  assert.is(b?.cut(200).bytes.length, 200)
  a.letGo()
  assert.is(payloads.takeMost(0)?.bytes.length, 700)
  assert.is(payloads.takeMost(100), undefined)
})

test('another size is other memory: what waits stays as it is', () => {
  const { payloads } = memory(1000)
  const a = payloads.take(600)
  a.bytes.fill(1)
  payloads.fit(2000)
  const b = payloads.take(2000)
  b.bytes.fill(2)
  payloads.fit(0)
  assert.ok(a.bytes.every((byte) => byte === 1))
  assert.is.not(payloads.take(10).bytes.buffer, b.bytes.buffer)
  a.letGo()
  b.letGo()
})

test('memory for large values is touched beforehand, a little in a turn, and nothing in it is changed', () => {
  const size = 5 * WARM_STEP_BYTES + 1
  const { payloads, turns } = memory(size)
  const a = payloads.take(size)
  for (let i = 0; i < size; i++) a.bytes[i] = i
  assert.is(turns(), 6)
  for (let i = 0; i < size; i += 61) assert.is(a.bytes[i], i & 0xff)
  a.letGo()
  payloads.fit(4 * WARM_STEP_BYTES)
  payloads.fit(2 * size)
  payloads.fit(0)
  assert.is(turns(), 0)
})

test('the host may change a value as soon as the call has returned', async () => {
  const both = pair()
  const options = { maxMessageBytes: MAX_MESSAGE_BYTES }
  const a = both.a.channels.channel('c', 'bytes', options)
  const got: Buffer[] = []
  both.b.channels.channel('c', 'bytes', options).on('message', ({ value }) => {
    got.push(value as Buffer)
  })
  const value = Buffer.alloc(3 * MIB)
  const sending: Promise<void>[] = []
  // More at once than the memory holds, of sizes that leave gaps, small ones between.
  for (let i = 1; i <= 9; i++) {
    const part = value.subarray(0, i % 4 === 0 ? KIB : (1 + (i % 3)) * MIB - i)
    sending.push(a.send('b', part.fill(i)))
  }
  value.fill(0xff)
  await settle(both)
  await Promise.all(sending)
  assert.is(got.length, 9)
  for (const [index, { length }] of got.entries()) {
    const i = index + 1
    assert.is(length, i % 4 === 0 ? KIB : (1 + (i % 3)) * MIB - i)
    assert.ok(
      got[index]?.every((byte) => byte === i),
      `message ${i}`,
    )
  }
  assert.is(
    both.a.channels.payloads.takeMost(0)?.bytes.length,
    MAX_MESSAGE_BYTES + VALUE_HEAD_BYTES,
  )
})

test('the memory comes back from what is refused, withdrawn, broadcast, or lost with its link', async () => {
  const both = pair()
  const options = { maxMessageBytes: 4 * MIB }
  const a = both.a.channels.channel('c', 'bytes', options)
  both.b.channels.channel('c', 'bytes', options).on('message', () => {})
  const free = (): number => {
    const most = both.a.channels.payloads.takeMost(0)
    most?.letGo()
    return most?.bytes.length ?? 0
  }
  const value = Buffer.alloc(3 * MIB)
  const first = a.send('b', value)
  assert.is(free(), MIB - 4 + VALUE_HEAD_BYTES)
  assert.is(await codeOf(a.send('b', Buffer.alloc(5 * MIB))), 'ERR_IRIDIUM_BAD_MESSAGE')
  assert.is(await codeOf(a.send('b', 'x'.repeat(MAX_WHOLE_BYTES))), 'ERR_IRIDIUM_BAD_MESSAGE')
  assert.is(await codeOf(a.send('c', value)), 'ERR_IRIDIUM_NOT_A_MEMBER')
  const giveUp = new AbortController()
  const aborted = codeOf(a.send('b', Buffer.alloc(MIB / 2), { signal: giveUp.signal }))
  giveUp.abort()
  assert.is(free(), MIB - 4 + VALUE_HEAD_BYTES, 'at once, though it is not the first of its line')
  assert.is(await aborted, 'ERR_IRIDIUM_ABORTED')
  await settle(both)
  await first
  assert.is(free(), 4 * MIB + VALUE_HEAD_BYTES)
  await Promise.all([a.broadcast(value), settle(both)])
  assert.is(free(), 4 * MIB + VALUE_HEAD_BYTES)
  const lost = codeOf(a.send('b', value))
  step(both)
  both.a.linkDown()
  assert.is(await lost, 'ERR_IRIDIUM_LINK_LOST')
  assert.is(free(), 4 * MIB + VALUE_HEAD_BYTES)
  a.close()
  assert.is(free(), 0)
})

test('large and small values of one channel keep their order', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'bytes')
  const got: number[] = []
  both.b.channels.channel('c', 'bytes').on('message', ({ value }) => {
    got.push((value as Buffer).length)
  })
  const lengths = [1, 200 * KIB, 2, 3, 100 * KIB, 300 * KIB, 4, 72 * KIB, 73 * KIB, 5]
  for (const length of lengths) a.write('b', Buffer.alloc(length))
  await settle(both)
  assert.equal(got, lengths)
})

test('a value that changes while it is written is refused', async () => {
  const both = pair()
  const type = { type: 'record', name: 'R', fields: [{ name: 'data', type: 'bytes' }] }
  const a = both.a.channels.channel('c', type)
  const got: number[] = []
  both.b.channels.channel('c', type).on('message', ({ value }) => {
    got.push((value as { data: Buffer }).data.length)
  })
  let times = 0
  const value = {
    get data() {
      return Buffer.alloc(100 * KIB + times++)
    },
  }
  assert.is(await codeOf(a.send('b', value)), 'ERR_IRIDIUM_BAD_MESSAGE')
  await a.send('b', { data: Buffer.alloc(7) })
  await settle(both)
  assert.equal(got, [7])
})

test.run()
