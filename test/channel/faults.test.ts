// What a broken or hostile member may send: its link is closed with the right code, or the thing is dropped; never
// anything else, and nothing is left behind.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  CHANNEL_WINDOW_BYTES,
  MAX_CHANNELS,
  MAX_REASSEMBLY_BYTES,
  MESSAGE_OVERHEAD_BYTES,
} from '../../src/core/limits.js'
import { Cursor } from '../../src/protocol/cursor.js'
import { DATA_TAGS, type PlainData, writePlain } from '../../src/protocol/data-codec.js'
import { pair, type Side, settle } from './pair.js'

/** The content of a frame, as hex. */
function plain(message: PlainData): string {
  const cursor = new Cursor(Buffer.alloc(20_000))
  writePlain(cursor, message)
  return cursor.buf.toString('hex', 4, cursor.pos)
}
const number = (value: number): string => {
  const cursor = new Cursor(Buffer.alloc(16))
  cursor.writeLong(value)
  return cursor.buf.toString('hex', 0, cursor.pos)
}
const tag = (name: keyof typeof DATA_TAGS): string => number(DATA_TAGS[name] / 2)
const message = (channel: number, value: string): string =>
  `${tag('Message')}${number(channel)}${number(value.length / 2)}${value}`
const piece = (stream: number, rest: number, bytes: string): string =>
  `${tag('Piece')}${number(stream)}${number(rest)}${number(bytes.length / 2)}${bytes}`
/** The beginning of a message of `total` bytes of value on channel 0, in pieces. */
const head = (total: number): string => `${tag('Message')}00${number(total)}`
const OPEN = plain({ type: 'Open', channel: 0, name: 'c', schema: '"bytes"' })

const FRAMES: readonly [string, readonly string[], string][] = [
  ['an unknown tag', ['7e'], 'ERR_IRIDIUM_BAD_FRAME'],
  ['a message on a channel that is not open', [message(0, '00')], 'ERR_IRIDIUM_PROTOCOL'],
  ['a number twice', [OPEN, OPEN], 'ERR_IRIDIUM_PROTOCOL'],
  [
    'a number that was closed',
    [OPEN, plain({ type: 'Close', channel: 0 }), message(0, '00')],
    'ERR_IRIDIUM_PROTOCOL',
  ],
  [
    'a channel without a name',
    [plain({ type: 'Open', channel: 0, name: '', schema: '"int"' })],
    'ERR_IRIDIUM_PROTOCOL',
  ],
  [
    'one channel too many',
    Array.from({ length: MAX_CHANNELS + 1 }, (_, channel) =>
      plain({ type: 'Open', channel, name: `c${channel}`, schema: '"int"' }),
    ),
    'ERR_IRIDIUM_PROTOCOL',
  ],
  ['a value longer than its frame', [OPEN, `${tag('Message')}00fe0161`], 'ERR_IRIDIUM_BAD_FRAME'],
  ['a value shorter than its frame', [OPEN, `${message(0, '0000')}00`], 'ERR_IRIDIUM_BAD_FRAME'],
  ['an empty message', [OPEN, tag('Message')], 'ERR_IRIDIUM_BAD_FRAME'],
  [
    'credit for what was not opened',
    [plain({ type: 'Credit', channel: 0, bytes: 1 })],
    'ERR_IRIDIUM_PROTOCOL',
  ],
  [
    'room for what was not begun',
    [plain({ type: 'Room', stream: 1, upTo: 1, refusal: '' })],
    'ERR_IRIDIUM_PROTOCOL',
  ],
  ['a piece of no message', [piece(1, 5, 'ff')], 'ERR_IRIDIUM_PROTOCOL'],
  ['a piece of an empty message', [piece(1, 5, '')], 'ERR_IRIDIUM_PROTOCOL'],
  ['a single piece', [OPEN, piece(1, 0, `${head(1)}00`)], 'ERR_IRIDIUM_PROTOCOL'],
  [
    'a message in pieces of another length',
    [OPEN, piece(1, 5, `${head(100_000)}00`)],
    'ERR_IRIDIUM_BAD_FRAME',
  ],
  [
    'pieces that change their length',
    [OPEN, piece(1, 100_000, `${head(100_001)}00`), piece(1, 99_000, '00')],
    'ERR_IRIDIUM_PROTOCOL',
  ],
  [
    'a stream that has ended',
    [OPEN, piece(1, 100_000, `${head(100_001)}00`), piece(1, 0, ''), piece(1, 5, '00')],
    'ERR_IRIDIUM_PROTOCOL',
  ],
  ['pieces in pieces', [piece(1, 100, piece(2, 100, '00'))], 'ERR_IRIDIUM_PROTOCOL'],
]

for (const [name, frames, code] of FRAMES) {
  test(`closes the link: ${name}`, () => {
    const { b } = pair()
    b.channels.channel('c', 'bytes').on('message', () => {})
    for (const frame of frames) b.receiveFrame(frame)
    assert.is(b.fault?.code, code)
    b.linkDown()
    assert.is(b.channels.stats().reassemblyBytes, 0)
  })
}

test('closes the link: a sender that does not wait for credit, in messages or in large ones', () => {
  for (const size of [1000, 500_000]) {
    const { b } = pair()
    b.channels.channel('c', 'bytes').on('message', () => new Promise(() => {}))
    b.receiveFrame(OPEN)
    let taken = 0
    for (let stream = 1; !b.fault && taken < 10 * CHANNEL_WINDOW_BYTES; stream++) {
      if (size === 1000) {
        b.receiveFrame(message(0, `${number(998)}${'00'.repeat(998)}`))
      } else {
        b.receiveFrame(piece(stream, size, `${head(size + 1)}00`))
        b.receiveFrame(piece(stream, 0, ''))
        b.receiveFrame(message(0, `${number(998)}${'00'.repeat(998)}`))
      }
      taken += size
    }
    assert.is(b.fault?.code, size === 1000 ? 'ERR_IRIDIUM_PROTOCOL' : undefined)
    if (size === 1000) assert.ok(taken <= CHANNEL_WINDOW_BYTES + size + MESSAGE_OVERHEAD_BYTES)
  }
})

test('closes the link: pieces for which there is no room', () => {
  const { b } = pair()
  const { reassembly } = b.channels
  for (let i = 0; i < 4; i++) reassembly.reserve({}, MAX_REASSEMBLY_BYTES / 4, () => {})
  b.channels.channel('c', 'bytes').on('message', () => {})
  for (const frame of [OPEN, piece(1, 100_000, `${head(100_001)}00`)]) b.receiveFrame(frame)
  assert.is(b.fault, undefined)
  b.receiveFrame(piece(1, 99_999, '00'))
  assert.is(b.fault?.code, 'ERR_IRIDIUM_PROTOCOL')
})

test('closes the link: more credit than was taken', async () => {
  const both = pair()
  both.a.channels.channel('c', 'bytes').write('b', Buffer.alloc(1))
  await settle(both)
  both.a.receiveFrame(plain({ type: 'Credit', channel: 0, bytes: 65 }))
  assert.is(both.a.fault, undefined)
  both.a.receiveFrame(plain({ type: 'Credit', channel: 0, bytes: 2 }))
  assert.is(both.a.fault?.code, 'ERR_IRIDIUM_PROTOCOL')
})

const DROPPED: readonly [string, readonly string[]][] = [
  ['a reply that nobody waits for', [OPEN, `${tag('Reply')}00${number(7)}${number(0)}`]],
  ['a failure that nobody waits for', [plain({ type: 'Failed', id: 7, code: 'X', message: '' })]],
  ['the end of a request that never was', [plain({ type: 'Cancel', id: 7 })]],
  ['the end of a channel that never was', [plain({ type: 'Close', channel: 7 })]],
  [
    'a reply in pieces that nobody waits for',
    [
      OPEN,
      piece(1, 100_000, `${tag('Reply')}00${number(7)}${number(100_001)}00`),
      piece(1, 0, '00'.repeat(65_536)),
    ],
  ],
]
for (const [name, frames] of DROPPED) {
  test(`is dropped: ${name}`, () => {
    const { b } = pair()
    for (const frame of frames) b.receiveFrame(frame)
    assert.is(b.fault, undefined)
    assert.equal(b.errors, [])
  })
}

test('closing a channel and opening it anew gives no new credit for what the host has still in hand', () => {
  const { b } = pair()
  const channel = b.channels.channel('c', 'bytes')
  const done: ((value: null) => void)[] = []
  channel.handle(() => new Promise((resolve) => done.push(resolve)))
  let opened = 0
  const again = (): void => {
    b.receiveFrame(plain({ type: 'Open', channel: opened, name: 'c', schema: '"bytes"' }))
    b.receiveFrame(`${tag('Request')}${number(opened)}${number(opened + 1)}0200`)
    b.receiveFrame(plain({ type: 'Close', channel: opened++ }))
  }
  while (opened < MAX_CHANNELS) again()
  assert.is(b.fault, undefined)
  again()
  assert.is(b.fault?.code, 'ERR_IRIDIUM_PROTOCOL')
  assert.is(done.length, MAX_CHANNELS)
})

test('what the host has dealt with does not count on', async () => {
  const { b } = pair()
  b.channels.channel('c', 'bytes').handle(() => Buffer.of(1))
  for (let i = 0; i < 2 * MAX_CHANNELS; i++) {
    b.receiveFrame(plain({ type: 'Open', channel: i, name: 'c', schema: '"bytes"' }))
    b.receiveFrame(`${tag('Request')}${number(i)}${number(i + 1)}0200`)
    b.receiveFrame(plain({ type: 'Close', channel: i }))
  }
  assert.is(b.fault, undefined)
})

test('nor does what it has dealt with after the channel was closed', async () => {
  const { b } = pair()
  const done: ((value: Buffer) => void)[] = []
  b.channels.channel('c', 'bytes').handle(() => new Promise((resolve) => done.push(resolve)))
  for (let i = 0; i < 2 * MAX_CHANNELS; i++) {
    b.receiveFrame(plain({ type: 'Open', channel: i, name: 'c', schema: '"bytes"' }))
    b.receiveFrame(`${tag('Request')}${number(i)}${number(i + 1)}0200`)
    b.receiveFrame(plain({ type: 'Close', channel: i }))
    done.pop()?.(Buffer.of(1))
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.is(b.fault, undefined)
})

test('a value that is none is dropped and reported, a request with one is answered so', async () => {
  const { b } = pair()
  const channel = b.channels.channel('c', ['null', 'int'])
  channel.on('message', () => assert.unreachable())
  channel.handle(() => assert.unreachable())
  b.receiveFrame(plain({ type: 'Open', channel: 0, name: 'c', schema: '["null","int"]' }))
  for (const value of ['04', '', '0000', '02ffffffffff']) b.receiveFrame(message(0, value))
  b.receiveFrame(`${tag('Request')}00${number(1)}${number(1)}04`)
  assert.is(b.fault, undefined)
  assert.equal(
    b.errors.map(({ code }) => code),
    ['ERR_IRIDIUM_BAD_MESSAGE'],
  )
  b.advance(1000)
  assert.is(b.errors.length, 2)
  assert.match(b.errors[1]?.message ?? '', /one of 4 within the last second/)
  assert.is(b.channels.stats().messages.dropped, 4)
  b.turn()
  const frame = b.wire.take()
  assert.is(frame?.[4], DATA_TAGS.Failed)
})

test('what is wrong on one channel does not hide what is wrong on another; those of no open channel are not told', () => {
  const { b } = pair()
  for (const name of ['one', 'two']) b.channels.channel(name, 'int')
  for (const [channel, name] of ['one', 'two', 'three'].entries()) {
    b.receiveFrame(plain({ type: 'Open', channel, name, schema: '"string"' }))
  }
  b.receiveFrame(plain({ type: 'Unread', channel: 7, message: 'nonsense' }))
  assert.is(b.fault, undefined)
  assert.equal(
    b.errors.map(({ code, message }) => [code, /channel (\w+)/.exec(message)?.[1]]),
    [
      ['ERR_IRIDIUM_SCHEMA', 'one'],
      ['ERR_IRIDIUM_SCHEMA', 'two'],
    ],
  )
})

/** Whatever comes in, `side` stays sound: at most its link has a fault with a code for it. */
function checkSound(side: Side): void {
  if (side.fault) {
    assert.match(side.fault.code ?? String(side.fault), /ERR_IRIDIUM_(BAD_FRAME|PROTOCOL)/)
  }
  for (const error of side.errors) assert.match(error.code, /ERR_IRIDIUM_(BAD_MESSAGE|SCHEMA)/)
}

test('fuzz: frames that are nearly right', () => {
  const int = fc.oneof(fc.nat(3), fc.nat(70), fc.integer({ min: -3, max: 2 ** 31 - 1 })).map(number)
  const bytes = fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b).toString('hex'))
  const sized = bytes.map((hex) => number(hex.length / 2) + hex)
  const name = fc.constantFrom('c', 'd', 'x'.repeat(64), '')
  const schema = fc.constantFrom(
    '"bytes"',
    '"int"',
    '["null","string"]',
    '{',
    '{"type":"array","items":"null"}',
    '"c"',
  )
  const text = (of: fc.Arbitrary<string>) =>
    of.map((s) => number(Buffer.byteLength(s)) + Buffer.from(s).toString('hex'))
  const frame = fc.oneof(
    fc.tuple(fc.constant(tag('Open')), fc.nat(5).map(number), text(name), text(schema)),
    fc.tuple(fc.constant(tag('Message')), int, sized),
    fc.tuple(fc.constant(tag('Request')), int, int, sized),
    fc.tuple(fc.constant(tag('Reply')), int, int, sized),
    fc.tuple(fc.constant(tag('Piece')), int, int, sized),
    fc.tuple(
      fc.constant(tag('Piece')),
      int,
      fc.constant(number(100_000)),
      fc.constant(`${number(7)}${head(100_001)}00`),
    ),
    fc.tuple(
      fc.constantFrom(...Object.values(DATA_TAGS)).map((t) => number(t / 2)),
      int,
      int,
      bytes,
    ),
    fc.tuple(bytes),
  )
  const begun = performance.now()
  let faults = 0
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), (frames) => {
      const { b } = pair()
      b.channels.channel('c', 'bytes').on('message', () => {})
      b.channels.channel('d', ['null', 'string']).handle(({ value }) => value)
      b.receiveFrame(OPEN)
      for (const parts of frames) {
        const hex = parts.join('')
        if (hex !== '') b.receiveFrame(hex)
      }
      checkSound(b)
      if (b.fault) faults++
      b.linkDown()
      assert.is(b.channels.stats().reassemblyBytes, 0)
      b.channels.close()
    }),
    { numRuns: 3000, seed: 5 },
  )
  assert.ok(faults > 500 && faults < 3000, `${faults}`)
  assert.ok(performance.now() - begun < 20_000)
})

test('fuzz: real traffic with bytes changed, cut and doubled', async () => {
  const both = pair()
  const a = both.a.channels.channel('c', 'bytes')
  both.b.channels.channel('c', 'bytes').handle(({ value }) => value)
  const chunks: Buffer[] = []
  const take = both.a.wire.take.bind(both.a.wire)
  both.a.wire.take = () => {
    const chunk = take()
    if (chunk) chunks.push(chunk)
    return chunk
  }
  for (const size of [0, 5, 70, 9000]) a.write('b', Buffer.alloc(size, 1))
  void a.request('b', Buffer.alloc(30)).catch(() => {})
  void a.send('b', Buffer.alloc(200_000))
  await settle(both)
  const real = Buffer.concat(chunks)
  const change = fc.record({ at: fc.nat(400), byte: fc.nat(255), cut: fc.nat(3) })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
      let bytes: Buffer = Buffer.from(real)
      for (const { at, byte, cut } of changes) {
        bytes[at] = byte
        if (cut === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
        if (cut === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at >> 1)])
      }
      const { b } = pair()
      b.channels.channel('c', 'bytes').handle(({ value }) => value)
      b.receive(bytes)
      checkSound(b)
    }),
    { numRuns: 2000, seed: 9 },
  )
})

test.run()
