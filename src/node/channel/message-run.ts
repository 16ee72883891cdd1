// Owns the fast way in: messages of one channel that follow each other in a chunk are taken in one loop, since a third
// of what a message of 64 bytes cost was to go from frame to frame. Whatever is no message in good order is left to
// the Receiver, which finds everything as it was; so the rules stand there.
import { MAX_WHOLE_BYTES, MESSAGE_OVERHEAD_BYTES } from '../../core/limits.js'
import { FRAME_HEADER_BYTES } from '../../protocol/codec.js'
import { Cursor } from '../../protocol/cursor.js'
import { DATA_TAGS } from '../../protocol/data-codec.js'
import { frameLength } from '../../protocol/framing.js'
import type { IncomingChannels, OpenChannels } from './incoming-channels.js'
import type { Peer } from './peer.js'

/** Where frames come from; a listener may cause that no more are wanted. */
export interface Stoppable {
  readonly isStopped: boolean
}

const { Message: MESSAGE } = DATA_TAGS
/** Where in the frame of a message, whose channel has a number below 64, its parts stand. */
const TAG_AT = FRAME_HEADER_BYTES
const NUMBER_AT = TAG_AT + 1
const LENGTH_AT = NUMBER_AT + 1
/** Bytes of the frame of an empty message. */
const MIN_MESSAGE_FRAME_BYTES = LENGTH_AT + 1

export class MessageRun {
  readonly #ours: OpenChannels
  readonly #channels: IncomingChannels
  readonly #peer: Peer
  readonly #cursor = new Cursor(Buffer.alloc(0))

  constructor(ours: OpenChannels, channels: IncomingChannels, peer: Peer) {
    this.#ours = ours
    this.#channels = channels
    this.#peer = peer
  }

  /** Takes what it can of the frames in `bytes` from `at` to `end`; see FrameRun. `frames` says when it is to end. */
  take(bytes: Buffer, at: number, end: number, frames: Stoppable): number {
    if (end - at < MIN_MESSAGE_FRAME_BYTES || bytes[at + TAG_AT] !== MESSAGE) return at
    const numberByte = bytes[at + NUMBER_AT] as number
    if ((numberByte & 0x81) !== 0) return at // below 0, or of more than a byte
    const channels = this.#channels
    const incoming = channels.find(numberByte >>> 1)
    const { channel, reader } = incoming ?? {}
    if (!incoming || !channel || !reader) return at
    const maxBytes = Math.min(channel.maxValueBytes, MAX_WHOLE_BYTES)
    const ours = this.#ours
    const { generation, counters } = ours
    const cursor = this.#cursor.over(bytes, at, end, true)
    for (;;) {
      if (end - at < MIN_MESSAGE_FRAME_BYTES || incoming.available <= 0) return at
      const next = at + FRAME_HEADER_BYTES + frameLength(bytes, at)
      // A length beyond 2^31 comes out negative.
      if (next < at + MIN_MESSAGE_FRAME_BYTES || next > end) return at
      if (bytes[at + TAG_AT] !== MESSAGE || bytes[at + NUMBER_AT] !== numberByte) return at
      cursor.pos = at + LENGTH_AT
      cursor.end = next
      let length: number
      let value: unknown
      try {
        length = cursor.readLength()
        if (length !== next - cursor.pos || length > maxBytes) return at
        value = reader._read(cursor)
      } catch {
        return at
      }
      if (cursor.pos !== next) return at
      at = next
      const cost = length + MESSAGE_OVERHEAD_BYTES
      incoming.available -= cost
      counters.bytesReceived += length
      counters.messagesReceived++
      const dealt = channel.deliver({ from: this.#peer.member, value })
      if (dealt === true) channels.giveBack(incoming, cost)
      else channels.delivered(incoming, cost, dealt)
      if (frames.isStopped || ours.generation !== generation) return at
    }
  }
}
