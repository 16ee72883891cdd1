// What anybody on the network may send to a node: it goes on serving, in the same memory.
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeMessage } from '../../src/protocol/codec.js'
import type { Message } from '../../src/protocol/messages.js'
import { SeededRandom } from '../../src/testing/random.js'
import { SAMPLES } from '../protocol/samples.js'
import { endAll, Host, meshed, noFaults, sleep } from './harness.js'

test.after.each(endAll)

const random = new SeededRandom(7, 1)
const below = (n: number): number => Math.floor(random.fraction() * n)

function frame(message: Message): Buffer {
  const buffer = Buffer.alloc(70_000)
  return Buffer.from(buffer.subarray(0, encodeMessage(message, buffer, 0)))
}

function withLength(length: number, content: Uint8Array): Buffer {
  const header = Buffer.alloc(4)
  header.writeUInt32LE(length)
  return Buffer.concat([header, content])
}

/** One way each of being no first frame. */
const MALFORMED: readonly (() => Buffer)[] = [
  () => Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  () => Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), // a TLS ClientHello
  () => withLength(0, Buffer.alloc(0)),
  () => withLength(0xffffffff, random.bytes(100)),
  () => withLength(4097, random.bytes(4097)),
  () => withLength(1 + below(4096), random.bytes(10)), // announces more than comes
  () => withLength(64, random.bytes(64)),
  () => Buffer.from(random.bytes(1 + below(300))),
  () => {
    // A true message with some bytes changed.
    const bytes = frame(SAMPLES[below(SAMPLES.length)] as Message)
    for (let i = 0; i < 3; i++) bytes[4 + below(bytes.length - 4)] = below(256)
    return bytes
  },
  () => frame(SAMPLES[below(SAMPLES.length)] as Message).subarray(0, 6), // cut off
  () => frame(SAMPLES.find(({ type }) => type === 'Heartbeat') as Message), // not a first one
  // An array that claims to have ten million items.
  () => withLength(6, Buffer.from([18, 128, 218, 196, 9, 0])),
]

/** Connects, sends, and waits until the node ends it or half a second has passed; then ends it one way or another. */
async function bother(port: number, bytes: Buffer, way: number): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.resume()
  const closed = once(socket, 'close')
  if (way % 3 === 0) socket.end(bytes)
  else socket.write(bytes)
  await Promise.race([closed, sleep(way % 7 === 0 ? 300 : 50)])
  if (way % 3 === 1) socket.resetAndDestroy()
  else socket.destroy()
}

test('a thousand malformed first frames: the node serves on, its members stay, its memory does not grow', async () => {
  const [a, b] = await Promise.all([Host.start('a'), Host.start('b')])
  await b.join(a)
  const throng = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, k) =>
          bother(a.address.port, (MALFORMED[k % MALFORMED.length] as () => Buffer)(), i + k),
        ),
      )
    }
  }
  await throng(200)
  const before = (await a.call('memory')) as number
  await throng(1000)
  const after = (await a.call('memory')) as number
  assert.ok(after - before < 30e6, `${Math.round((after - before) / 1e6)} MB more`)
  const c = await Host.start('c')
  await c.join(a)
  await meshed([a, b, c], 3000)
  assert.equal(a.saw('memberLeft', 'b'), [])
  assert.equal(a.saw('memberSuspected', 'b'), [])
  assert.ok(a.saw('error').length > 0, 'somebody is told')
  await sleep(300)
  assert.ok((await a.stats()).links.open <= 2 + 5)
  noFaults([a, b, c])
})

test.run()
