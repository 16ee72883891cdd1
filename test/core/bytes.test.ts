// Reading and writing within bounds, held against the package that the rest of the world reads Avro with.
import avro from 'avsc'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ByteReader, ByteWriter, OutOfBytes } from '../../src/core/bytes.js'

const schema = avro.Type.forSchema({
  type: 'record',
  name: 'All',
  fields: [
    { name: 'long', type: 'long' },
    { name: 'double', type: 'double' },
    { name: 'boolean', type: 'boolean' },
    { name: 'bytes', type: 'bytes' },
    { name: 'string', type: 'string' },
  ],
})

test('what is written is what avsc writes, and is read back', () => {
  const values = fc.record({
    long: fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }),
    double: fc.double({ noNaN: true }),
    boolean: fc.boolean(),
    bytes: fc.uint8Array({ maxLength: 300 }),
    string: fc.string({ unit: 'grapheme', maxLength: 100 }),
  })
  fc.assert(
    fc.property(values, ({ long, double, boolean, bytes, string }) => {
      const writer = new ByteWriter(1)
      writer.long(long)
      writer.double(double)
      writer.boolean(boolean)
      writer.sized(bytes)
      writer.string(string)
      const written = writer.view()
      const theirs = schema.toBuffer({ long, double, boolean, bytes: Buffer.from(bytes), string })
      assert.is(Buffer.from(written).toString('hex'), theirs.toString('hex'))
      const reader = new ByteReader(written)
      assert.ok(Object.is(reader.long(), long))
      assert.ok(Object.is(reader.double(), double))
      assert.is(reader.boolean(), boolean)
      assert.equal([...reader.sized(300)], [...bytes])
      assert.is(reader.string(1000), string)
      assert.is(reader.remaining, 0)
    }),
    { seed: 20, numRuns: 300 },
  )
})

test('a long is read and written up to 2^53 - 1', () => {
  const { MAX_SAFE_INTEGER } = Number
  for (const value of [MAX_SAFE_INTEGER, MAX_SAFE_INTEGER - 1, 2 ** 52, 2 ** 52 - 1, -(2 ** 52)]) {
    const writer = new ByteWriter()
    writer.long(value)
    assert.is(new ByteReader(writer.view()).long(), value)
  }
  const least = new ByteReader(Buffer.from('fdffffffffffff1f', 'hex'))
  assert.is(least.long(), -MAX_SAFE_INTEGER)
})

const REFUSED: [string, string, (reader: ByteReader) => unknown][] = [
  ['a number that does not end', '8080', (r) => r.long()],
  ['a number beyond 2^53', 'ffffffffffffff7f', (r) => r.long()],
  ['the number 2^53', '8080808080808020', (r) => r.long()],
  ['the number -2^53', 'ffffffffffffff1f', (r) => r.long()],
  ['a number of nine bytes', '808080808080808001', (r) => r.long()],
  ['half a double', '00000000', (r) => r.double()],
  ['a boolean of 2', '02', (r) => r.boolean()],
  ['bytes of negative length', '01', (r) => r.sized(10)],
  ['more bytes than there are', '0401', (r) => r.sized(10)],
  ['more bytes than may be', '04010203', (r) => r.sized(1)],
  ['text that is not UTF-8', '02ff', (r) => r.string(10)],
  ['a NaN of bytes', '00', (r) => r.take(Number.NaN)],
]

for (const [name, hex, read] of REFUSED) {
  test(`refused: ${name}`, () => {
    const reader = new ByteReader(Buffer.from(hex, 'hex'))
    assert.throws(
      () => read(reader),
      (error: unknown) => error instanceof OutOfBytes,
    )
  })
}

test.run()
