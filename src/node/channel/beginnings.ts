// Owns whether a large message is taken: its first piece decides, before any memory is asked for, so that what is refused
// is not sent in vain. Must not know how the pieces become a whole.
import { MESSAGE_OVERHEAD_BYTES } from '../../core/limits.js'
import { Malformed } from '../../protocol/bounded.js'
import { Cursor } from '../../protocol/cursor.js'
import { DATA_TAGS, readNatural } from '../../protocol/data-codec.js'
import type { ChannelCounters } from './counters.js'
import { failureOf, protocolError, tooLarge } from './faults.js'
import type { Incoming } from './incoming.js'
import type { IncomingChannels } from './incoming-channels.js'
import type { Peer } from './peer.js'
import type { Requests } from './requests.js'
import type { Sender } from './sender.js'

const { Message: MESSAGE, Request: REQUEST, Reply: REPLY } = DATA_TAGS

export interface BeginningsOptions {
  readonly channels: IncomingChannels
  readonly sender: Sender
  readonly requests: Requests
  /** Who is at the other end. */
  readonly peer: Peer
  readonly counters: ChannelCounters
}

export class Beginnings {
  readonly #options: BeginningsOptions

  constructor(options: BeginningsOptions) {
    this.#options = options
  }

  /** See AssembliesOwner.begins. @throws IridiumError ERR_IRIDIUM_PROTOCOL, or Malformed */
  judge(first: Buffer, total: number): string | (() => void) {
    const cursor = new Cursor(first)
    const tag = cursor.buf[cursor.pos++]
    if (tag !== MESSAGE && tag !== REQUEST && tag !== REPLY) {
      throw protocolError('pieces of what is no message')
    }
    const incoming = this.#options.channels.get(cursor.readInt())
    const id = tag === MESSAGE ? 0 : readNatural(cursor)
    const length = cursor.readLong()
    if (cursor.pos + length !== total) throw new Malformed('a message in pieces of another length')
    if (tag === REPLY) return this.#reply(incoming, id, length)
    return this.#message(incoming, tag === REQUEST, id, length)
  }

  /** It takes its credit here, once, and gets it back when it is dealt with, refused or given up. */
  #message(
    incoming: Incoming,
    isRequest: boolean,
    id: number,
    length: number,
  ): string | (() => void) {
    const { channels, sender, peer, counters } = this.#options
    const cost = length + MESSAGE_OVERHEAD_BYTES
    channels.take(incoming, cost)
    const { maxValueBytes = 0 } = incoming.channel ?? {}
    const refusal =
      incoming.refusal(isRequest) ??
      (length > maxValueBytes ? tooLarge(length, maxValueBytes) : undefined)
    const giveBack = (): void => channels.giveBack(incoming, cost)
    if (!refusal) return giveBack
    giveBack()
    const [code, why] = refusal
    if (isRequest) {
      counters.requestsReceived++
      sender.fail(id, code, why)
    } else {
      counters.messagesReceived++
      counters.messagesDropped++
    }
    if (code === 'BAD_MESSAGE') peer.blameSize(incoming.name, why)
    return code
  }

  #reply(incoming: Incoming, id: number, length: number): string | (() => void) {
    const { requests, counters } = this.#options
    const request = requests.get(id)
    if (request && length <= request.channel.maxValueBytes && incoming.reader) {
      return () => requests.take(id)?.reject(failureOf('NO_HANDLER', 'the reply broke off'))
    }
    if (request) {
      const { problem } = incoming
      const why = problem ?? `the reply has ${length} bytes`
      requests.take(id)?.reject(failureOf(problem === undefined ? 'BAD_MESSAGE' : 'SCHEMA', why))
    } else {
      counters.repliesLate++
    }
    return 'GONE'
  }
}
