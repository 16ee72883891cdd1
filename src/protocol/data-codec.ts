// Owns the way between a data message and its bytes. Those that carry a value are written and read in place,
// without an object for the message; the others go through their schema.
// Must not know what a value means: that is the channel's.
import {
  MAX_CHANNEL_NAME_BYTES,
  MAX_CHANNEL_SCHEMA_BYTES,
  MAX_FAILURE_CODE_BYTES,
  MAX_FAILURE_MESSAGE_BYTES,
} from '../core/limits.js'
import { Malformed } from './bounded.js'
import { badFrame, FRAME_HEADER_BYTES } from './codec.js'
import type { Cursor } from './cursor.js'
import { DATA_SCHEMAS, type DataFields, type DataName } from './data.js'
import { SCHEMAS } from './schema.js'

/** The first byte of each data message: the index of its branch in the union, zig-zag. */
export const DATA_TAGS = Object.fromEntries(
  DATA_SCHEMAS.map(({ name }, index) => [name, (SCHEMAS.length + index) * 2]),
) as Readonly<Record<DataName, number>>

/** The messages that are read whole, as objects; the other four carry values and are read in place. */
export type PlainName = Exclude<DataName, 'Message' | 'Request' | 'Reply' | 'Piece'>
export type PlainData = { [N in PlainName]: { readonly type: N } & DataFields<N> }[PlainName]

/** Whether the first byte of a frame's content begins a message between hosts. */
export function isData(tag: number | undefined): boolean {
  return tag !== undefined && tag >= FIRST_TAG && tag <= LAST_TAG && (tag & 1) === 0
}

/**
 * Writes `message` as a frame at the cursor. If it does not fit, the cursor stands beyond the buffer's end, and
 * what was written is no frame.
 */
export function writePlain(cursor: Cursor, message: PlainData): void {
  const start = cursor.pos
  cursor.pos += FRAME_HEADER_BYTES
  cursor.writeLong(DATA_TAGS[message.type] / 2)
  for (const { name, type } of FIELDS[message.type]) {
    const value = (message as unknown as Record<string, unknown>)[name]
    if (type === 'string') cursor.writeString(value as string)
    else cursor.writeInt(value as number)
  }
  closeFrame(cursor, start)
}

/** Writes the length of the frame that begins at `start` and ends at the cursor, unless it does not fit. */
export function closeFrame({ buf, pos }: Cursor, start: number): void {
  if (pos > buf.length) return
  const length = pos - start - FRAME_HEADER_BYTES
  buf[start] = length
  buf[start + 1] = length >>> 8
  buf[start + 2] = length >>> 16
  buf[start + 3] = length >>> 24
}

/**
 * Reads the rest of a message whose tag has been read.
 * @throws IridiumError ERR_IRIDIUM_BAD_FRAME unless the fields are sound and end where the frame ends
 */
export function readPlain(tag: number, cursor: Cursor): PlainData {
  const name = DATA_SCHEMAS[tag / 2 - SCHEMAS.length]?.name as PlainName
  const message: Record<string, unknown> = { type: name }
  try {
    for (const field of FIELDS[name]) {
      message[field.name] =
        field.type === 'string' ? readText(cursor, field.name) : readNatural(cursor)
    }
    if (cursor.remaining > 0) throw new Malformed(`${cursor.remaining} bytes too many`)
  } catch (error) {
    throw badFrame(`${name}: ${(error as Error).message}`, error)
  }
  return message as unknown as PlainData
}

/** A number of a data message: none of them is negative. */
export function readNatural(cursor: Cursor): number {
  const value = cursor.readInt()
  if (value < 0) throw new Malformed(`a number of ${value}`)
  return value
}

const FIRST_TAG = SCHEMAS.length * 2
const LAST_TAG = (SCHEMAS.length + DATA_SCHEMAS.length - 1) * 2

interface Field {
  readonly name: string
  readonly type: string
}

const FIELDS = Object.fromEntries(
  DATA_SCHEMAS.map(({ name, fields }) => [name, fields as readonly Field[]]),
) as Readonly<Record<DataName, readonly Field[]>>

const MAX_TEXT_BYTES: Readonly<Record<string, number>> = {
  name: MAX_CHANNEL_NAME_BYTES,
  schema: MAX_CHANNEL_SCHEMA_BYTES,
  code: MAX_FAILURE_CODE_BYTES,
  refusal: MAX_FAILURE_CODE_BYTES,
  message: MAX_FAILURE_MESSAGE_BYTES,
}

function readText(cursor: Cursor, field: string): string {
  const start = cursor.pos
  const length = cursor.readLength()
  const max = MAX_TEXT_BYTES[field] ?? 0
  if (length > max) throw new Malformed(`${field} has ${length} bytes, the most is ${max}`)
  cursor.pos = start
  return cursor.readString()
}
