// What anybody on the network may send to a node, and how: ways of being no first frame.
import { connect, type Socket } from 'node:net'
import { encodeMessage } from '../../src/protocol/codec.js'
import type { Message } from '../../src/protocol/messages.js'
import { SeededRandom } from '../../src/testing/random.js'
import { SAMPLES } from '../protocol/samples.js'
import { sleep } from './harness.js'

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
  // True first frames: of another cluster, under the name of a member, to somebody else, of another version.
  () => frame(hello({ cluster: 'another' })),
  () => frame(hello({ alias: 'a' })),
  () => frame(hello({ alias: 'b', incarnation: 1 })),
  () => frame({ ...hello({ alias: 'b' }), type: 'Join', to: '00'.repeat(16) }),
  () => frame(hello({ minVersion: 900, maxVersion: 901 })),
  // One that is followed by what no member sends.
  () => Buffer.concat([frame(hello({ cluster: 'another' })), random.bytes(200)]),
]

function hello(changes: object): Message & { type: 'Hello' } {
  const id = Buffer.from(random.bytes(16)).toString('hex')
  const sound = SAMPLES.find(({ type }) => type === 'Hello') as Message & { type: 'Hello' }
  return { ...sound, cluster: 'iridium', id, alias: `s${below(1000)}`, incarnation: 0, ...changes }
}

/** `count` malformed connections, `AT_ONCE` at a time, those from `first` on. */
export async function throng(port: number, count: number, first = 0): Promise<void> {
  for (let i = first; i < first + count; i += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, first + count - i) }, (_, k) =>
        bother(port, (MALFORMED[(i + k) % MALFORMED.length] as () => Buffer)(), i + k),
      ),
    )
  }
}

const AT_ONCE = 50

/** Connects, sends, and waits until the node ends it or its patience does; then ends it one way or another. */
async function bother(port: number, bytes: Buffer, way: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: way % 5 === 0 })
  socket.on('error', () => {})
  socket.resume()
  const closed = new Promise((resolve) => socket.once('close', resolve))
  if (way % 3 === 0) socket.end(bytes)
  else if (way % 11 === 1) void drip(socket, bytes)
  else socket.write(bytes)
  await Promise.race([closed, sleep(way % 7 === 0 ? 300 : 50)])
  if (way % 3 === 1) socket.resetAndDestroy()
  else socket.destroy()
}

/** Byte by byte, as slowly as its time allows. */
async function drip(socket: Socket, bytes: Buffer): Promise<void> {
  for (const byte of bytes) {
    if (socket.destroyed) return
    socket.write(Buffer.of(byte))
    await sleep(5)
  }
}
