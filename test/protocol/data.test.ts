// The bytes of the messages between hosts: held against plain avsc with the published schema, then everything
// that must be refused.
import avro from 'avsc'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { IridiumError } from '../../src/core/errors.js'
import { isControl } from '../../src/protocol/codec.js'
import { Cursor } from '../../src/protocol/cursor.js'
import {
  DATA_TAGS,
  isData,
  type PlainData,
  readPlain,
  writePlain,
} from '../../src/protocol/data-codec.js'
import { UNION } from '../../src/protocol/union.js'

const union = avro.Type.forSchema(UNION as unknown as avro.Schema)

const SAMPLES: readonly PlainData[] = [
  { type: 'Open', channel: 0, name: 'chat', schema: '"string"' },
  { type: 'Open', channel: 70_000, name: 'ü'.repeat(32), schema: 'x'.repeat(16 * 1024) },
  { type: 'Close', channel: 3 },
  { type: 'Failed', id: 2 ** 30 - 1, code: 'HANDLER', message: 'no' },
  { type: 'Cancel', id: 8192 },
  { type: 'Room', stream: 1, upTo: 16 * 1024 * 1024, refusal: '' },
  { type: 'Credit', channel: 64, bytes: 524_288 },
  { type: 'Unread', channel: 1, message: 'cannot read string as int' },
]

function frameOf(message: PlainData, room = 20_000): Buffer {
  const cursor = new Cursor(Buffer.alloc(room))
  writePlain(cursor, message)
  return cursor.buf.subarray(0, cursor.pos)
}

function read(content: Buffer): PlainData {
  return readPlain(content[0] as number, new Cursor(content).over(content, 1, content.length))
}

test('every message goes and comes back, and is what plain avsc would write', () => {
  for (const message of SAMPLES) {
    const frame = frameOf(message)
    const content = frame.subarray(4)
    assert.is(frame.readUInt32LE(0), content.length)
    assert.equal(read(content), message)
    const { type, ...fields } = message
    assert.is(content.toString('hex'), union.toBuffer({ [type]: fields }).toString('hex'))
    assert.ok(isData(content[0]))
    assert.not.ok(isControl(content[0]))
  }
})

test('the tags of the messages with values are those of the union', () => {
  for (const name of ['Message', 'Request', 'Reply', 'Piece'] as const) {
    assert.is(
      DATA_TAGS[name] / 2,
      UNION.findIndex((schema) => schema.name === name),
    )
  }
  for (const tag of [0, 24, DATA_TAGS.Open + 1, DATA_TAGS.Unread + 2, 255, undefined]) {
    assert.not.ok(isData(tag))
  }
})

test('writing tells how much room was missing, and leaves what lies before alone', () => {
  for (const message of SAMPLES.filter((m) => m.type !== 'Open')) {
    const frame = frameOf(message)
    for (let room = 0; room < frame.length; room++) {
      const cursor = new Cursor(Buffer.alloc(room + 3, 0xee)).into(Buffer.alloc(room + 3, 0xee), 3)
      writePlain(cursor, message)
      assert.is(cursor.pos - cursor.buf.length, frame.length - room)
      assert.ok(cursor.buf.subarray(0, 3).every((byte) => byte === 0xee))
    }
  }
})

const tag = (name: keyof typeof DATA_TAGS): string => DATA_TAGS[name].toString(16)
const REFUSED: readonly [string, string, RegExp][] = [
  ['a negative number', `${tag('Close')} 01`, /number of -1/],
  ['a number beyond 32 bits', `${tag('Close')} ffffffff7f`, /no 32-bit number/],
  ['a number without an end', `${tag('Cancel')} ffff`, /ends inside/],
  ['a number of eleven bytes', `${tag('Cancel')} ${'80'.repeat(10)}01`, /more than 10 bytes/],
  ['a text longer than the frame', `${tag('Unread')} 00 fe01 61`, /length/],
  ['a text of negative length', `${tag('Unread')} 00 01`, /length/],
  ['a text that is not UTF-8', `${tag('Unread')} 00 02 ff`, /UTF-8/],
  ['a long text that is not UTF-8', `${tag('Unread')} 00 28 ${'61'.repeat(19)}ff`, /UTF-8/],
  ['a channel name of 65 bytes', `${tag('Open')} 00 8201 ${'61'.repeat(65)} 00`, /name has 65/],
  ['a schema of 16 KiB and a byte', `${tag('Open')} 00 00 828002 ${'61'.repeat(16_385)}`, /schema/],
  ['a failure of 1025 bytes', `${tag('Failed')} 00 00 8210 ${'61'.repeat(1025)}`, /message has/],
  ['a byte too many', `${tag('Cancel')} 00 00`, /1 bytes too many/],
]

for (const [name, hex, reason] of REFUSED) {
  test(`refused: ${name}`, () => {
    const content = Buffer.from(hex.replace(/\s+/g, ''), 'hex')
    try {
      read(content)
    } catch (error) {
      assert.instance(error, IridiumError)
      assert.is((error as IridiumError).code, 'ERR_IRIDIUM_BAD_FRAME')
      assert.match((error as Error).message, reason)
      return
    }
    assert.unreachable()
  })
}

test('refused: every message cut at any byte', () => {
  for (const message of SAMPLES) {
    const content = frameOf(message).subarray(4)
    for (let length = 1; length < Math.min(content.length, 200); length++) {
      assert.throws(() => read(content.subarray(0, length)), /malformed/)
    }
  }
})

test.run()
