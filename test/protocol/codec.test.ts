// The bytes of messages: hex in, message out, and the reverse; then everything that must be refused.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { IridiumError } from '../../src/core/errors.js'
import { decodeMessage, encodeMessage, isControl } from '../../src/protocol/codec.js'
import type { Message } from '../../src/protocol/messages.js'
import { SCHEMAS } from '../../src/protocol/schema.js'
import { DIGEST, ID_A, ID_B, SAMPLES } from './samples.js'

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'hex')

function frameOf(message: Message): Buffer {
  const buffer = Buffer.alloc(8192)
  return buffer.subarray(0, encodeMessage(message, buffer, 0))
}

const BYTES: [string, Message, string][] = [
  [
    'a heartbeat is 13 bytes',
    { type: 'Heartbeat', digest: DIGEST },
    '09000000 0c 0123456789abcdef',
  ],
  ['a goodbye is nothing but its tag', { type: 'Goodbye' }, '01000000 16'],
  ['numbers are zig-zag', { type: 'Ping', nonce: 300 }, '03000000 0e d804'],
  ['an Ask', { type: 'Ask', ids: [ID_A, ID_B] }, `23000000 12 04 ${ID_A} ${ID_B} 00`],
  ['tags', { type: 'Tags', tags: { a: 'ü' } }, '08000000 18 02 0261 04c3bc 00'],
  [
    'a Hello',
    {
      type: 'Hello',
      minVersion: 1,
      maxVersion: 2,
      cluster: 'c',
      id: ID_A,
      alias: 'a',
      incarnation: 0,
      host: '',
      port: 2254,
      tags: {},
      digest: DIGEST,
      extensions: {},
    },
    `25000000 00 02 04 0263 ${ID_A} 0261 00 00 9c23 00 ${DIGEST} 00`,
  ],
]

for (const [name, message, bytes] of BYTES) {
  test(name, () => {
    assert.is(frameOf(message).toString('hex'), hex(bytes).toString('hex'))
    assert.equal(decodeMessage(hex(bytes), 4), message)
  })
}

test('every message comes back as it went, as plain data', () => {
  assert.equal(new Set(SAMPLES.map((m) => m.type)).size, SCHEMAS.length)
  for (const message of SAMPLES) {
    const decoded = decodeMessage(frameOf(message), 4)
    assert.equal(decoded, message)
    assert.is(Object.getPrototypeOf(decoded), Object.prototype)
  }
})

test('encoding in place leaves the rest of the buffer alone, and says how much is missing', () => {
  for (const message of SAMPLES) {
    const frame = frameOf(message)
    const buffer = Buffer.alloc(frame.length + 20, 0xee)
    assert.is(encodeMessage(message, buffer, 10), 10 + frame.length)
    assert.ok(buffer.subarray(10, 10 + frame.length).equals(frame))
    assert.ok(buffer.subarray(0, 10).every((b) => b === 0xee))
    assert.ok(buffer.subarray(10 + frame.length).every((b) => b === 0xee))
    for (let room = 0; room < frame.length; room++) {
      const small = Buffer.alloc(room + 3)
      assert.is(encodeMessage(message, small, 3), room - frame.length, `${message.type}, ${room}`)
    }
  }
})

test('a tag byte tells control from data before anything is decoded', () => {
  for (const message of SAMPLES) assert.ok(isControl(frameOf(message)[4]))
  for (const tag of [1, 3, SCHEMAS.length * 2, 255, undefined]) assert.not(isControl(tag))
})

function refused(bytes: Buffer, reason: RegExp): void {
  try {
    decodeMessage(bytes)
  } catch (error) {
    assert.instance(error, IridiumError)
    assert.is((error as IridiumError).code, 'ERR_IRIDIUM_BAD_FRAME')
    assert.match((error as Error).message, reason)
    return
  }
  assert.unreachable(`accepted: ${bytes.toString('hex')}`)
}

const member = `${ID_A} 0261 0262 9c23 02`
const REFUSED: [string, string, RegExp][] = [
  ['nothing', '', /empty/],
  ['an odd tag', '01', /tag 1/],
  ['a tag beyond the table', '62', /tag 98/],
  ['a truncated digest', '0c 012345', /ends inside/],
  ['a byte too many', '16 00', /1 bytes too many/],
  ['a number without an end', '0e ffffffff', /ends inside/],
  ['a number beyond 32 bits', '0e ffffffff7f', /no 32-bit number/],
  ['a number of a hundred bytes', `0e ${'80'.repeat(99)}01`, /number/],
  ['a negative nonce', '0e 01', /nonce/],
  ['ten million ids in five bytes', '12 80dac409', /more elements/],
  ['more ids than bytes', '12 06 00', /more elements than bytes/],
  ['a block with a size that is negative', '12 01 01', /length/],
  ['257 ids', `12 8204 ${ID_A.repeat(257)} 00`, /more elements than may be/],
  ['257 ids in blocks of one', `12 ${`02 ${ID_A}`.repeat(257)} 00`, /more elements than may be/],
  ['blocks without an end', `12 02 ${ID_A}`, /ends inside/],
  ['a text longer than the frame', '18 02 fe01 61', /ends inside|length/],
  ['a text of negative length', '18 02 01', /length/],
  ['a text that is not UTF-8', '18 02 02ff 0261 00', /UTF-8/],
  [
    'the key __proto__',
    `18 02 12 ${Buffer.from('__proto__').toString('hex')} 0261 00`,
    /__proto__/,
  ],
  ['a key twice', '18 04 0261 0262 0261 0263 00', /twice/],
  [
    '33 tags',
    `18 42 ${range(33, (i) => `04 ${(0x3030 + i).toString(16)} 00`)} 00`,
    /more elements/,
  ],
  ['a boolean of 2', `0a ${DIGEST} 00 02 00`, /boolean/],
  ['a listed member at port 0', `0a ${DIGEST} 02 ${ID_A} 0261 0262 00 02 00 00 00`, /port/],
  ['a listed member at port 65536', `0a ${DIGEST} 02 ${ID_A} 0261 0262 808008 02 00 00 00`, /port/],
  ['a listed member without a host', `0a ${DIGEST} 02 ${ID_A} 0261 00 9c23 02 00 00 00`, /host/],
  ['a listed member without an alias', `0a ${DIGEST} 02 ${ID_A} 00 0262 9c23 02 00 00 00`, /alias/],
  [
    'an alias of 65 bytes',
    `0a ${DIGEST} 02 ${ID_A} 8201${'61'.repeat(65)} 0262 9c23 02 00 00 00`,
    /alias/,
  ],
  [
    'an alias with an escape sequence',
    `0a ${DIGEST} 02 ${ID_A} 081b5b334a 0262 9c23 02 00 00 00`,
    /alias has control/,
  ],
  [
    'a cluster of two lines',
    `00 02 02 06630a64 ${ID_A} 0261 00 00 9c23 00 ${DIGEST} 00`,
    /cluster has control/,
  ],
  ['a host with a blank', `0a ${DIGEST} 02 ${ID_A} 0261 06612062 9c23 02 00 00 00`, /no host/],
  ['a host in brackets', `0a ${DIGEST} 02 ${ID_A} 0261 065b615d 9c23 02 00 00 00`, /no host/],
  ['a negative incarnation', `0a ${DIGEST} 02 ${ID_A} 0261 0262 9c23 01 00 00 00`, /incarnation/],
  ['a holder of a third kind', `08 02 02 0261 00 ${ID_A} 0261 00 04`, /union/],
  [
    'versions the wrong way round',
    `00 04 02 0263 ${ID_A} 0261 00 00 9c23 00 ${DIGEST} 00`,
    /maxVersion/,
  ],
  ['version 0', `00 00 02 0263 ${ID_A} 0261 00 00 9c23 00 ${DIGEST} 00`, /minVersion/],
  ['a cluster without a name', `00 02 02 00 ${ID_A} 0261 00 00 9c23 00 ${DIGEST} 00`, /cluster/],
]

function range(count: number, each: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => each(index)).join(' ')
}

test('a sound list is accepted, so that the cases below are refused for their own reason', () => {
  assert.is(decodeMessage(hex(`0a ${DIGEST} 02 ${member} 00 00 00`)).type, 'Members')
  assert.is(decodeMessage(hex(`0a ${DIGEST} 02 ${member} 02 ${member} 00 00 00`)).type, 'Members')
})

for (const [name, bytes, reason] of REFUSED)
  test(`refused: ${name}`, () => refused(hex(bytes), reason))

test('refused: every message cut at any byte, or with a byte added', () => {
  for (const message of SAMPLES) {
    const content = frameOf(message).subarray(4)
    for (let length = 0; length < content.length; length++)
      refused(content.subarray(0, length), /./)
    refused(Buffer.concat([content, Buffer.alloc(1)]), /too many/)
  }
})

test('tags of more than 2 KiB together are refused', () => {
  const tags = { a: 'x'.repeat(1024), b: 'y'.repeat(1023) }
  refused(frameOf({ type: 'Tags', tags }).subarray(4), /all tags/)
})

test.run()
