// node malformed-strangers.mjs PORT COUNT SEED: throws COUNT connections at a port, each with bytes that are wrong in
// another way, and prints how many were answered with an end. Bytes come from the seed.
import { connect } from 'node:net'

const [port, count, seed = 1] = process.argv.slice(2).map(Number)
const AT_ONCE = 64
const HELLO = Buffer.from(
  `16030100f5010000f10303${'00'.repeat(32)}20${'00'.repeat(32)}00021301010000a6`,
  'hex',
)

let state = seed
/** mulberry32 */
function random() {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const upTo = (n) => Math.floor(random() * n)
const noise = (length) => Buffer.from(Array.from({ length }, () => upTo(256)))
function frame(length, bytes) {
  const head = Buffer.alloc(4)
  head.writeUInt32LE(length)
  return Buffer.concat([head, bytes])
}

const KINDS = [
  () => noise(1 + upTo(2000)),
  () => Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  () => frame(0xffffffff, noise(10)),
  () => frame(4000, noise(3999)),
  () => frame(20, noise(20)),
  () => frame(12, Buffer.from('0000feffffff0ffeffffff0f', 'hex')), // counts of millions
  () => HELLO.subarray(0, 1 + upTo(HELLO.length)),
  () => Buffer.concat([HELLO, noise(300)]),
  () => Buffer.concat([Buffer.of(22, 3, 1, upTo(256), upTo(256)), noise(upTo(600))]),
  () => Buffer.of(21, 3, 3, 0, 2, 2, 70),
  () => Buffer.alloc(0),
]

let begun = 0
let ended = 0
function next() {
  if (begun === count) return
  const bytes = KINDS[begun++ % KINDS.length]()
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {})
  socket.resume()
  socket.on('connect', () => {
    socket.write(bytes)
    setTimeout(() => (upTo(2) ? socket.resetAndDestroy() : socket.end()), upTo(20))
  })
  socket.on('close', () => {
    ended++
    if (ended === count) process.stdout.write(`${ended}\n`, () => process.exit())
    next()
  })
}
for (let i = 0; i < AT_ONCE; i++) next()
