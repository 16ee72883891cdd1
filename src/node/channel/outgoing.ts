// Owns what one channel has under way to one member: its number on the link, its credit, and what waits, in
// order. Must not know when they may go: that is the sender's.
import { Chain, type Chained } from '../../core/chain.js'
import type { IridiumError } from '../../core/errors.js'
import { CHANNEL_WINDOW_BYTES } from '../../core/limits.js'
import { DATA_TAGS } from '../../protocol/data-codec.js'
import type { Outbox } from '../outbox.js'
import type { Payload, PayloadMemory } from './payload-memory.js'
import type { ChannelSchema } from './schema.js'

/** The parts of a channel that a link needs to write its messages. */
export interface WritableChannel {
  readonly name: string
  readonly schema: ChannelSchema
  /** The most bytes of a value as Avro writes it. */
  readonly maxValueBytes: number
  /** Where its large values wait. */
  readonly payloads: PayloadMemory
  /** Whether the last value that was written for it was too large to go whole: most likely the next one is. */
  expectsLarge: boolean
}

/** A message that could not go at once. */
export interface Waiting extends Chained<Waiting> {
  /** Of which kind it is. */
  readonly tag: number
  /** What stands before the value in a frame of it, the tag included. */
  readonly head: Buffer
  /** The value as Avro writes it; several lines may share it. */
  readonly payload: Payload
  /** Bytes of both. */
  readonly length: number
  /** What it takes of the receiver's credit; 0: nothing, and it waits for none. */
  readonly cost: number
  /** Told once: it has been handed over, or why it never will be. Must not throw. */
  readonly ended: ((error?: IridiumError) => void) | undefined
  /** It stands in its line no longer. */
  isOver: boolean
  /** Bytes of both that have gone. */
  sent: number
  /** For a message in pieces: its number, and how far the receiver has room for it. */
  stream: number
  upTo: number
}

/** Messages that go one after the other. */
export class Line extends Chain<Waiting> {
  readonly outgoing: Outgoing
  /** Whether the sender has it on its list of those that can go on. */
  isListed = false

  constructor(outgoing: Outgoing) {
    super()
    this.outgoing = outgoing
  }

  /** Whether there is something that neither waits for credit nor for room at the receiver. */
  get canGoOn(): boolean {
    const { first } = this
    if (!first) return false
    if (first.sent > 0) return first.sent < first.upTo
    return first.cost === 0 || this.outgoing.credit > 0
  }
}

export class Outgoing {
  readonly channel: WritableChannel
  /** The channel's number on this link; -1 until the peer has been told. */
  number = -1
  credit = CHANNEL_WINDOW_BYTES
  /** Why nothing goes any more: a value's getter may close the channel that it is being written for. */
  closed: IridiumError | undefined
  /** How many bytes the length of the last value took: most likely the next one's takes as many. */
  lengthBytes = 1
  readonly messages = new Line(this)
  /** Apart: a reply that waited behind messages without credit could be what their receiver waits for. */
  readonly replies = new Line(this)
  /** Told when the way is clear, or with an error when it is gone. */
  readonly drains = new Set<(error?: IridiumError) => void>()

  constructor(channel: WritableChannel) {
    this.channel = channel
  }
}

/** The line of messages of this kind. */
export function lineOf({ messages, replies }: Outgoing, tag: number): Line {
  return tag === DATA_TAGS.Reply ? replies : messages
}

/** Whether a message of this channel would go at once, and the connection does not ask us to stop. */
export function isClear({ messages, credit }: Outgoing, outbox: Outbox): boolean {
  return !messages.first && credit > 0 && !outbox.isBlocked && !outbox.isFull
}
