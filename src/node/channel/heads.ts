// Owns what stands before a value in a frame: its kind, its channel's number, the request's id, its length; and before
// a piece of one. Written by hand where messages are small and many.
import { MAX_ENVELOPE_BYTES } from '../../core/limits.js'
import { Cursor } from '../../protocol/cursor.js'
import { DATA_TAGS } from '../../protocol/data-codec.js'
import type { Outgoing } from './outgoing.js'

const { Message: MESSAGE } = DATA_TAGS

function writeHead(cursor: Cursor, tag: number, number: number, id: number): void {
  cursor.writeLong(tag / 2)
  cursor.writeLong(number)
  if (tag !== MESSAGE) cursor.writeLong(id)
}

/** Writes the head at `at`, and returns where it ends. That of most messages takes two bytes: the calls would cost more. */
export function headAt(
  cursor: Cursor,
  at: number,
  tag: number,
  number: number,
  id: number,
): number {
  if (tag === MESSAGE && number < 64) {
    const { buf } = cursor
    buf[at] = MESSAGE
    buf[at + 1] = number << 1
    return at + 2
  }
  cursor.pos = at
  writeHead(cursor, tag, number, id)
  return cursor.pos
}

/** Writes the length before a value for which `out.lengthBytes` were left free, and moves the value if they do not suit. */
export function writeLength(out: Outgoing, cursor: Cursor, at: number, length: number): void {
  const bytes = length < 64 ? 1 : length < 8192 ? 2 : 3
  const { buf } = cursor
  if (bytes !== out.lengthBytes) {
    const from = at + out.lengthBytes
    out.lengthBytes = bytes
    cursor.pos = at + bytes + length
    if (cursor.pos <= buf.length) buf.copyWithin(at + bytes, from, from + length)
  }
  if (cursor.pos > buf.length) return // to be written again
  const zigzag = length << 1
  if (bytes === 1) {
    buf[at] = zigzag
  } else {
    buf[at] = zigzag | 0x80
    buf[at + 1] = bytes === 2 ? zigzag >>> 7 : (zigzag >>> 7) | 0x80
    if (bytes === 3) buf[at + 2] = zigzag >>> 14
  }
}

export function headOf(tag: number, number: number, id: number, length: number): Buffer {
  const cursor = new Cursor(Buffer.allocUnsafe(MAX_ENVELOPE_BYTES))
  writeHead(cursor, tag, number, id)
  cursor.writeLong(length)
  return cursor.buf.subarray(0, cursor.pos)
}

export function writePieceHead(cursor: Cursor, stream: number, rest: number, length: number): void {
  cursor.writeLong(DATA_TAGS.Piece / 2)
  cursor.writeLong(stream)
  cursor.writeLong(rest)
  cursor.writeLong(length)
}
