// Owns the way between a control message in memory and its bytes: a frame is a u32 little-endian length,
// then the message as Avro encodes a union: the branch's index (one byte, zig-zag), then the record.
// Reading the first byte tells control from data without decoding; data bypasses the cluster machine.
import avro, { type Schema, type Type } from 'avsc'
import { IridiumError } from '../core/errors.js'
import { boundedType, Malformed } from './bounded.js'
import type { Message, MessageName } from './messages.js'
import { SCHEMAS } from './schema.js'
import { validate } from './validate.js'

/** Bytes before the message in a frame: its length, little-endian. */
export const FRAME_HEADER_BYTES = 4

/**
 * Writes `message` as a frame into `buffer` at `offset`. Returns where the frame ends, or, if the buffer is
 * too small, minus the number of bytes that it lacks (what was written then is no frame).
 */
export function encodeMessage(message: Message, buffer: Buffer, offset: number): number {
  const { tag, type } = BY_NAME[message.type]
  const start = offset + FRAME_HEADER_BYTES
  const end = type.encode(message, buffer, start + 1)
  if (end < 0) return end
  buffer.writeUInt32LE(end - start, offset)
  buffer[start] = tag
  return end
}

/** Whether the first byte of a frame's content begins a message that this codec decodes. */
export function isControl(tag: number | undefined): boolean {
  return tag !== undefined && BY_TAG[tag] !== undefined
}

/**
 * The message that fills `bytes` from `start` to `end` (a frame without its length).
 * Takes time and memory in proportion to the bytes, whatever they claim.
 * @throws IridiumError ERR_IRIDIUM_BAD_FRAME
 */
export function decodeMessage(bytes: Buffer, start = 0, end = bytes.length): Message {
  const branch = BY_TAG[bytes[start] as number]
  if (start >= end || !branch) {
    throw badFrame(start >= end ? 'it is empty' : `no message has the tag ${bytes[start]}`)
  }
  const { name, type } = branch
  try {
    const content = bytes.subarray(start, end)
    const { value, offset } = type.decode(content, 1)
    if (offset !== content.length) {
      throw new Malformed(
        offset < 0 ? 'it ends too early' : `${content.length - offset} bytes too many`,
      )
    }
    const message = { type: name, ...value } as Message
    validate(message)
    return message
  } catch (error) {
    throw badFrame(`${name}: ${(error as Error).message}`, error)
  }
}

export function badFrame(reason: string, cause?: unknown): IridiumError {
  return new IridiumError('ERR_IRIDIUM_BAD_FRAME', `A frame is malformed: ${reason}`, { cause })
}

interface Branch {
  readonly name: MessageName
  readonly tag: number
  readonly type: Type
}

/** The record types share one registry: a name defined in one message is used in the later ones. */
const BRANCHES: readonly Branch[] = (() => {
  const registry = {}
  return SCHEMAS.map((schema, index) => ({
    name: schema.name,
    tag: index * 2,
    type: avro.Type.forSchema(schema as unknown as Schema, { registry, typeHook: boundedType }),
  }))
})()

const BY_NAME = Object.fromEntries(BRANCHES.map((b) => [b.name, b])) as Record<MessageName, Branch>
const BY_TAG: (Branch | undefined)[] = []
for (const branch of BRANCHES) BY_TAG[branch.tag] = branch
