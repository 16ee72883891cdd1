// Schemas for tests, and values as channels of them write and read them.
import * as assert from 'uvu/assert'
import { MAX_MESSAGE_BYTES } from '../../src/core/limits.js'
import { payloadOf } from '../../src/node/channel/payload.js'
import { PayloadMemory } from '../../src/node/channel/payload-memory.js'
import type { AvroSchema, ChannelSchema } from '../../src/node/channel/schema.js'
import { Cursor } from '../../src/protocol/cursor.js'

export const record = (
  name: string,
  fields: Record<string, unknown>,
  extra: object = {},
): AvroSchema => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) =>
    typeof type === 'object' && type !== null && 'default' in type
      ? { name: field, ...type }
      : { name: field, type },
  ),
  ...extra,
})

/** A value as a channel of this schema writes it. */
export const encode = (schema: ChannelSchema, value: unknown): Buffer => {
  const payloads = new PayloadMemory(() => () => {})
  const maxValueBytes = MAX_MESSAGE_BYTES
  return payloadOf({ name: 'c', schema, maxValueBytes, payloads, expectsLarge: false }, value).bytes
}

export const read = (own: ChannelSchema, peer: ChannelSchema, bytes: Buffer): unknown => {
  const cursor = new Cursor(bytes)
  const value = own.readerOf(peer.text)._read(cursor)
  assert.is(cursor.remaining, 0)
  return value
}

export const TREE = record('Tree', {
  left: ['null', 'Tree'],
  label: 'string',
  right: ['null', 'Tree'],
})
