// Owns how a value that cannot go at once is written, to wait: how much room it takes is known only when it has been
// written, and large ones are not to be written more often than need be. Must not know when they go.
import { IridiumError } from '../../core/errors.js'
import { MAX_SCRATCH_BYTES, MAX_WHOLE_BYTES, VALUE_HEAD_BYTES } from '../../core/limits.js'
import { Cursor } from '../../protocol/cursor.js'
import type { WritableChannel } from './outgoing.js'
import { Payload } from './payload-memory.js'

/** Where small values are written before it is known how long they are. */
let scratch: Buffer = Buffer.allocUnsafeSlow(MAX_SCRATCH_BYTES)
const NOTHING = Buffer.alloc(0)

/**
 * `value` as the channel writes it. Nothing of it is needed afterwards: the host may change it.
 * @throws IridiumError ERR_IRIDIUM_BAD_MESSAGE if it does not fit the channel, or is too large for it
 */
export function payloadOf(channel: WritableChannel, value: unknown): Payload {
  const { payloads } = channel
  // Where one large value came, the next will be large: it is written to its place at once.
  const large = channel.expectsLarge ? payloads.takeMost(MAX_WHOLE_BYTES) : undefined
  const place = large?.bytes ?? scratch
  // A getter of the value may come back here: it finds no scratch, and does without.
  if (!large) scratch = NOTHING
  let length: number
  try {
    length = write(channel, value, place)
    channel.expectsLarge = length > MAX_WHOLE_BYTES
    if (length <= place.length) {
      return large?.cut(length).hold() ?? new Payload(Buffer.from(place.subarray(0, length)))
    }
  } finally {
    large?.letGo()
    if (!large && place.length > 0) scratch = place
  }
  return writeAgain(channel, value, length)
}

function writeAgain(channel: WritableChannel, value: unknown, length: number): Payload {
  const isLarge = length > MAX_WHOLE_BYTES
  const room = isLarge ? channel.payloads.take(length) : new Payload(Buffer.allocUnsafe(length))
  return room.lend((payload) => {
    if (write(channel, value, payload.bytes) === length) return payload.hold()
    throw channel.schema.explain(value, new Error('it changes while it is written'))
  })
}

/** Writes as much of it as `place` has room for. Returns the bytes of all of it. */
function write(channel: WritableChannel, value: unknown, place: Buffer): number {
  const cursor = new Cursor(place)
  try {
    channel.schema.write(cursor, value)
  } catch (cause) {
    throw channel.schema.explain(value, cause)
  }
  if (cursor.pos > channel.maxValueBytes) throw tooLarge(channel, cursor.pos)
  return cursor.pos
}

export function tooLarge({ name, maxValueBytes }: WritableChannel, bytes: number): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_BAD_MESSAGE',
    `the value takes ${bytes} bytes; on the channel ${name} the most is ${maxValueBytes - VALUE_HEAD_BYTES}`,
  )
}
