// The encodings of WebAssembly's numbers, as bytes (core specification, 5.2).
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ByteWriter } from '../../../src/vm/compiler/byte-writer.js'

const hexOf = (write: (writer: ByteWriter) => void): string => {
  const writer = new ByteWriter(1)
  write(writer)
  return Buffer.from(writer.finish()).toString('hex')
}

for (const [value, hex] of [
  [0, '00'],
  [127, '7f'],
  [128, '8001'],
  [624485, 'e58e26'],
  [0xffffffff, 'ffffffff0f'],
] as const) {
  test(`u32 ${value}`, () =>
    assert.is(
      hexOf((writer) => writer.u32(value)),
      hex,
    ))
}

for (const [value, hex] of [
  [0, '00'],
  [63, '3f'],
  [64, 'c000'],
  [-1, '7f'],
  [-64, '40'],
  [-65, 'bf7f'],
  [-123456, 'c0bb78'],
  [0x7fffffff, 'ffffffff07'],
  [-0x80000000, '8080808078'],
] as const) {
  test(`s32 ${value}`, () =>
    assert.is(
      hexOf((writer) => writer.s32(value)),
      hex,
    ))
}

test('f64, the one NaN among them', () => {
  assert.is(
    hexOf((writer) => writer.f64(1.5)),
    '000000000000f83f',
  )
  assert.is(
    hexOf((writer) => writer.f64(Number.NaN)),
    '000000000000f87f',
  )
})

test('parts and names come after their lengths, and the buffer grows', () => {
  const part = new ByteWriter(1)
  part.pair(1, 2)
  assert.is(
    hexOf((writer) => writer.sized(part)),
    '020102',
  )
  assert.is(
    hexOf((writer) => writer.name('ab')),
    '026162',
  )
  const long = new ByteWriter(1)
  for (let i = 0; i < 5000; i++) long.byte(i & 255)
  assert.is(long.finish().length, 5000)
  assert.is(long.finish()[4999], 4999 & 255)
})

test.run()
