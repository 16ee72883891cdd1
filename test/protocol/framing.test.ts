// Cutting a stream into frames: chunks as hex in, frames out.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { IridiumError } from '../../src/core/errors.js'
import { FrameReader } from '../../src/protocol/framing.js'

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'hex')

/** What comes out of a reader: the frames as hex, and the code of what it threw. */
function read(chunks: readonly Buffer[], maxBytes = 16): string[] {
  const out: string[] = []
  const reader = new FrameReader(maxBytes)
  try {
    for (const chunk of chunks) {
      reader.push(chunk, (bytes, start, end) => out.push(bytes.toString('hex', start, end)))
    }
  } catch (error) {
    assert.instance(error, IridiumError)
    out.push((error as IridiumError).code)
  }
  return out
}

const BAD = 'ERR_IRIDIUM_BAD_FRAME'
const CASES: [string, string[], string[]][] = [
  ['one frame, whole', ['02000000 aabb'], ['aabb']],
  ['two frames in a chunk', ['01000000 aa 02000000 bbcc'], ['aa', 'bbcc']],
  ['a frame and the start of the next', ['01000000 aa 0200', '0000 bb', 'cc'], ['aa', 'bbcc']],
  [
    'a chunk that ends one frame and holds another',
    ['02000000 aa', 'bb 01000000 cc'],
    ['aabb', 'cc'],
  ],
  ['an empty chunk changes nothing', ['0100', '', '0000 aa'], ['aa']],
  ['as long as may be', [`10000000 ${'ee'.repeat(16)}`], ['ee'.repeat(16)]],
  ['longer: refused by its length alone', ['11000000'], [BAD]],
  ['longer, in pieces', ['ff', 'ff', 'ff', 'ff'], [BAD]],
  ['a length of 0', ['00000000'], [BAD]],
  ['what comes before is handed on', ['01000000 aa 00000000 01000000 bb'], ['aa', BAD]],
]

for (const [name, chunks, frames] of CASES) {
  test(name, () => assert.equal(read(chunks.map(hex)), frames))
}

test('the same frames come out, however the stream is cut', () => {
  const stream = hex(
    '01000000 aa 03000000 bbccdd 10000000 000102030405060708090a0b0c0d0e0f 01000000 ee',
  )
  const whole = read([stream])
  assert.is(whole.length, 4)
  for (let size = 1; size < stream.length; size++) {
    const chunks: Buffer[] = []
    for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size))
    assert.equal(read(chunks), whole, `chunks of ${size}`)
  }
})

test('the bound may be raised after the first frame, within a chunk', () => {
  const reader = new FrameReader(1)
  const lengths: number[] = []
  reader.push(hex('01000000 aa 04000000 bbbbbbbb'), (_, start, end) => {
    lengths.push(end - start)
    reader.maxBytes = 4
  })
  assert.equal(lengths, [1, 4])
})

test('a reader that is closed while it hands on a frame drops the rest', () => {
  const reader = new FrameReader(16)
  let frames = 0
  const close = (): void => {
    frames++
    reader.close()
  }
  reader.push(hex('01000000 aa 01000000 bb 01'), close)
  reader.push(hex('01000000 cc'), close)
  assert.is(frames, 1)
})

test('what lies whole in a chunk is offered together, and what is left goes frame by frame', () => {
  const taken: string[] = []
  // Takes frames of one byte, two at most.
  const run = (bytes: Buffer, at: number, end: number): number => {
    for (let frames = 0; frames < 2 && end - at >= 5 && bytes.readUInt32LE(at) === 1; frames++) {
      taken.push(`run ${bytes.toString('hex', at + 4, at + 5)}`)
      at += 5
    }
    return at
  }
  const reader = new FrameReader(16, run)
  const stream = hex('01000000 aa 01000000 bb 01000000 cc 02000000 ddee 01000000 ff 010000')
  for (const chunk of [stream, hex('00 11 01000000 22')]) {
    reader.push(chunk, (bytes, start, end) => taken.push(bytes.toString('hex', start, end)))
  }
  assert.equal(taken, ['run aa', 'run bb', 'cc', 'ddee', 'run ff', '11', 'run 22'])
})

test('a reader that is closed while frames are taken together drops the rest', () => {
  const reader: FrameReader = new FrameReader(16, (_, at) => {
    reader.close()
    return at + 5
  })
  reader.push(hex('01000000 aa 01000000 bb 01'), () => assert.unreachable())
  assert.ok(reader.isStopped)
})

test('what a handler throws comes through, and closes the reader', () => {
  const reader = new FrameReader(16)
  assert.throws(
    () =>
      reader.push(hex('01000000 aa 01000000 bb'), () => {
        throw new Error('mine')
      }),
    /mine/,
  )
  reader.push(hex('01000000 cc'), () => assert.unreachable())
})

test('memory follows what has come, not what is claimed', () => {
  const readers = Array.from({ length: 1000 }, () => new FrameReader(64 * 1024 * 1024))
  const before = process.memoryUsage().arrayBuffers
  for (const reader of readers) reader.push(hex('00000004 00'), () => assert.unreachable())
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000)
})

test('a frame that comes byte by byte takes linear time', () => {
  const length = 1 << 20
  const reader = new FrameReader(length)
  const header = Buffer.alloc(4)
  header.writeUInt32LE(length)
  reader.push(header, () => assert.unreachable())
  let frames = 0
  const byte = Buffer.from([7])
  const begun = performance.now()
  for (let i = 0; i < length; i++)
    reader.push(byte, (_, start, end) => {
      frames += end - start
    })
  assert.is(frames, length)
  assert.ok(performance.now() - begun < 5000)
})

test.run()
