// Owns what one channel of a peer is to us, on one link: how its values are read, and the credit that it has
// from us. Must not know what is done with a value.
import { CHANNEL_WINDOW_BYTES } from '../../core/limits.js'
import type { ChannelMessage, RequestHandler } from './channel.js'
import type { Refusal } from './faults.js'
import type { WritableChannel } from './outgoing.js'
import type { ValueReader } from './resolved-readers.js'

/** The parts of a channel that a link needs to deliver what comes, and to answer it. */
export interface ReadableChannel extends WritableChannel {
  readonly isOpen: boolean
  readonly handler: RequestHandler<unknown> | undefined
  /** False: nobody listens. A promise: the message is dealt with when it settles. Must not throw. */
  deliver(event: ChannelMessage<unknown>): Promise<unknown> | boolean
}

export class Incoming {
  /** The peer's number for it. */
  readonly number: number
  readonly name: string
  /** What the peer writes with. */
  readonly schema: string
  /** Credit that the peer has left, as far as we know. */
  available = CHANNEL_WINDOW_BYTES
  /** Credit that it has to get back. */
  owed = 0
  #channel: ReadableChannel | undefined
  #reader: ValueReader | undefined
  #problem: string | undefined

  constructor(number: number, name: string, schema: string) {
    this.number = number
    this.name = name
    this.schema = schema
  }

  /** Credit of the messages that the host has not yet dealt with. */
  get inHand(): number {
    return CHANNEL_WINDOW_BYTES - this.available - this.owed
  }

  /** Our channel of this name, if it is open. */
  get channel(): ReadableChannel | undefined {
    return this.#channel
  }

  /** Reads the peer's values for our channel; undefined if there is none, or it cannot. */
  get reader(): ValueReader | undefined {
    return this.#reader
  }

  /** Why our channel cannot read them. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Why nothing, or no request, that comes on it can be taken; undefined if it can. */
  refusal(isRequest: boolean): Refusal | undefined {
    const { name } = this
    if (!this.#channel) return ['NO_HANDLER', `the channel ${name} is not open at that member`]
    if (isRequest && !this.#channel.handler) {
      return ['NO_HANDLER', `the channel ${name} answers no requests at that member`]
    }
    return this.#problem === undefined ? undefined : ['SCHEMA', this.#problem]
  }

  /** Takes the channel that is open now under this name, and returns what that has changed. */
  bind(channel: ReadableChannel | undefined): 'nothing' | 'resolved' | 'problem' {
    if (channel === this.#channel) return 'nothing'
    this.#channel = channel
    this.#reader = undefined
    this.#problem = undefined
    try {
      this.#reader = channel?.schema.readerOf(this.schema)
      return channel && channel.schema.text !== this.schema ? 'resolved' : 'nothing'
    } catch (error) {
      this.#problem = (error as Error).message
      return 'problem'
    }
  }
}
