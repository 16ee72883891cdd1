// Owns what comes in on one link between members, apart from control messages: it reads each frame in place and
// hands the value to the channel of that name. Nothing is kept for a listener: what is delivered is the host's,
// and its credit goes back to the sender when the host has dealt with it.
import type { IridiumError } from '../../core/errors.js'
import { MESSAGE_OVERHEAD_BYTES } from '../../core/limits.js'
import { Malformed } from '../../protocol/bounded.js'
import { badFrame } from '../../protocol/codec.js'
import { Cursor } from '../../protocol/cursor.js'
import { DATA_TAGS, type PlainData, readNatural, readPlain } from '../../protocol/data-codec.js'
import { Answers } from './answers.js'
import { Assemblies } from './assemblies.js'
import { Beginnings } from './beginnings.js'
import type { ChannelCounters } from './counters.js'
import { closedThere, cutText, failureOf, tooLarge } from './faults.js'
import type { Incoming, ReadableChannel } from './incoming.js'
import { IncomingChannels, type OpenChannels } from './incoming-channels.js'
import { MessageRun, type Stoppable } from './message-run.js'
import type { Peer, PeerHost } from './peer.js'
import type { Reassembly } from './reassembly.js'
import type { Requests } from './requests.js'
import type { Sender } from './sender.js'

/** What all links of a node share. */
export interface ReceiverHost extends OpenChannels, PeerHost {
  readonly reassembly: Reassembly
}

export interface ReceiverOptions {
  readonly host: ReceiverHost
  readonly sender: Sender
  readonly requests: Requests
  /** Who is at the other end. */
  readonly peer: Peer
  /** Sends the reply of one of our channels to a request of the peer's. @throws IridiumError */
  readonly reply: (channel: ReadableChannel, id: number, value: unknown) => void
}

const { Message: MESSAGE, Request: REQUEST, Reply: REPLY, Piece: PIECE } = DATA_TAGS

export class Receiver {
  readonly #options: ReceiverOptions
  readonly #counters: ChannelCounters
  readonly #sender: Sender
  readonly #peer: Peer
  readonly #channels: IncomingChannels
  readonly #run: MessageRun
  readonly #cursor = new Cursor(Buffer.alloc(0))
  readonly #assemblies: Assemblies
  readonly #answers: Answers

  constructor(options: ReceiverOptions) {
    const { host, sender, requests, peer } = options
    const { counters } = host
    this.#options = options
    this.#counters = counters
    this.#sender = sender
    this.#peer = peer
    this.#channels = new IncomingChannels(host, sender, peer)
    this.#run = new MessageRun(host, this.#channels, peer)
    this.#answers = new Answers(counters)
    const channels = this.#channels
    const beginnings = new Beginnings({ channels, sender, requests, peer, counters })
    this.#assemblies = new Assemblies(
      {
        begins: (first, total) => beginnings.judge(first, total),
        whole: (content) => this.#whole(content),
        room: (stream, upTo, refusal) => sender.put({ type: 'Room', stream, upTo, refusal }),
      },
      host.reassembly,
    )
  }

  /**
   * Takes what a frame holds: `bytes` from `start` to `end`; see FrameHandler for `isLasting`.
   * @throws IridiumError ERR_IRIDIUM_BAD_FRAME, ERR_IRIDIUM_PROTOCOL: the link is to be closed
   */
  receive(bytes: Buffer, start: number, end: number, isLasting: boolean): void {
    const tag = bytes[start] as number
    const cursor = this.#cursor.over(bytes, start + 1, end, isLasting)
    try {
      if (tag === MESSAGE) this.#message(cursor, true)
      else if (tag === REQUEST) this.#request(cursor, true)
      else if (tag === REPLY) this.#reply(cursor)
      else if (tag === PIECE) this.#piece(cursor)
      else this.#plain(readPlain(tag, cursor))
    } catch (error) {
      throw error instanceof Malformed ? badFrame(error.message, error) : error
    }
  }

  /** Takes the messages at the beginning of a run of frames; see FrameRun. `frames` says when it is to end. */
  receiveRun(bytes: Buffer, at: number, end: number, frames: Stoppable): number {
    return this.#run.take(bytes, at, end, frames)
  }

  /** A channel of ours is closed: who waits for an answer of its handler gets none. */
  closeChannel(channel: ReadableChannel): void {
    this.#answers.close(channel, (id) => this.#sender.fail(id, ...closedThere(channel)))
  }

  /** The link is gone: nobody waits for answers any more. */
  close(): void {
    this.#channels.end()
    this.#assemblies.close()
    this.#answers.cancelAll()
  }

  // --- messages without a value ---

  #plain(message: PlainData): void {
    const { requests } = this.#options
    switch (message.type) {
      case 'Open':
        this.#channels.open(message)
        return
      case 'Close':
        this.#channels.close(message.channel)
        return
      case 'Failed':
        requests.take(message.id)?.reject(failureOf(message.code, message.message))
        return
      case 'Cancel':
        this.#answers.cancel(message.id)
        return
      case 'Room':
        this.#sender.roomed(message.stream, message.upTo, message.refusal)
        return
      case 'Credit':
        this.#sender.credited(message.channel, message.bytes)
        return
      case 'Unread':
        this.#unread(message)
        return
      default:
        message satisfies never
    }
  }

  #unread({ channel, message }: PlainData & { type: 'Unread' }): void {
    const name = this.#sender.nameOf(channel)
    if (name === undefined) return // it has been closed in the meantime
    this.#peer.blame(name, `cannot read our messages: ${message}`, 'ERR_IRIDIUM_SCHEMA')
  }

  // --- messages with a value ---

  /** One that comes in pieces has taken its credit when it began. */
  #message(cursor: Cursor, takesCredit: boolean): void {
    const incoming = this.#channels.get(cursor.readInt())
    const cost = this.#beginValue(cursor) + MESSAGE_OVERHEAD_BYTES
    if (takesCredit) this.#channels.take(incoming, cost)
    const counters = this.#counters
    counters.messagesReceived++
    const value = this.#read(incoming, cursor)
    const channel = value instanceof Unreadable ? undefined : incoming.channel
    const dealt = channel?.deliver({ from: this.#peer.member, value }) ?? false
    this.#channels.delivered(incoming, cost, dealt)
  }

  #request(cursor: Cursor, takesCredit: boolean): void {
    const incoming = this.#channels.get(cursor.readInt())
    const id = readNatural(cursor)
    const cost = this.#beginValue(cursor) + MESSAGE_OVERHEAD_BYTES
    if (takesCredit) this.#channels.take(incoming, cost)
    this.#counters.requestsReceived++
    const { channel } = incoming
    const done = (): void => this.#channels.giveBack(incoming, cost)
    const refusal = incoming.refusal(true)
    const value = refusal ? new Unreadable(refusal[1]) : this.#read(incoming, cursor)
    if (!channel?.handler || value instanceof Unreadable) {
      const { why: misread } = value as Unreadable // what has no handler is refused
      const [code, why] =
        refusal ?? (['BAD_MESSAGE', `the value cannot be read there: ${misread}`] as const)
      this.#sender.fail(id, code, why)
      done()
      return
    }
    this.#answers.run(id, channel, channel.handler, this.#peer.member, value, {
      reply: (result) => this.#answer(channel, id, result),
      fail: (message) => this.#sender.fail(id, 'HANDLER', message),
      done,
    })
  }

  /** Moves to the value, which fills the rest; returns its bytes. */
  #beginValue(cursor: Cursor): number {
    const length = cursor.readLength()
    if (length !== cursor.remaining) throw new Malformed('its value ends before the frame')
    this.#counters.bytesReceived += length
    return length
  }

  #answer(channel: ReadableChannel, id: number, result: unknown): void {
    try {
      this.#options.reply(channel, id, result)
    } catch (error) {
      const { code, message } = error as IridiumError
      if (code === 'ERR_IRIDIUM_LIMIT') this.#sender.fail(id, 'LIMIT', message)
      else if (code === 'ERR_IRIDIUM_BAD_MESSAGE')
        this.#sender.fail(id, 'HANDLER', `its reply: ${message}`)
      else this.#sender.fail(id, 'NO_HANDLER', message)
    }
  }

  #reply(cursor: Cursor): void {
    const incoming = this.#channels.get(cursor.readInt())
    const id = readNatural(cursor)
    this.#beginValue(cursor)
    const request = this.#options.requests.take(id)
    if (!request) {
      this.#counters.repliesLate++
      return
    }
    if (request.channel !== incoming.channel) {
      // Ours was closed and opened anew while the reply was under way, or the peer is confused.
      request.reject(failureOf('NO_HANDLER', 'the reply came on another channel'))
    } else if (incoming.problem !== undefined) {
      request.reject(failureOf('SCHEMA', `the reply cannot be read: ${incoming.problem}`))
    } else {
      const value = this.#read(incoming, cursor)
      if (value instanceof Unreadable) {
        request.reject(failureOf('BAD_MESSAGE', `the reply cannot be read: ${value.why}`))
      } else {
        request.resolve(value)
      }
    }
  }

  /** The value at the cursor, or that it is unreadable, after telling the host why. */
  #read(incoming: Incoming, cursor: Cursor): unknown {
    const { channel, reader, name } = incoming
    if (!channel || !reader) return new Unreadable(incoming.problem ?? '')
    if (cursor.remaining > channel.maxValueBytes) {
      const [, why] = tooLarge(cursor.remaining, channel.maxValueBytes)
      this.#peer.blameSize(name, why)
      return new Unreadable(why)
    }
    try {
      const value = reader._read(cursor)
      if (cursor.remaining === 0) return value
      throw new Malformed(`${cursor.remaining} bytes too many`)
    } catch (cause) {
      const why = cutText((cause as Error).message)
      const what = `sent what cannot be read: ${why}, on the channel ${name}`
      this.#peer.blame(name, what, 'ERR_IRIDIUM_BAD_MESSAGE', cause)
      return new Unreadable(why)
    }
  }

  // --- messages in pieces ---

  #whole(content: Buffer): void {
    const tag = content[0] as number
    const cursor = this.#cursor.over(content, 1, content.length, true)
    if (tag === MESSAGE) this.#message(cursor, false)
    else if (tag === REQUEST) this.#request(cursor, false)
    else this.#reply(cursor)
  }

  #piece(cursor: Cursor): void {
    const stream = readNatural(cursor)
    const rest = readNatural(cursor)
    const length = cursor.readLength()
    if (length !== cursor.remaining) throw new Malformed('a piece ends before its frame')
    this.#assemblies.piece(stream, rest, cursor.buf.subarray(cursor.pos, cursor.end))
  }
}

/** In the place of a value. */
class Unreadable {
  readonly why: string

  constructor(why: string) {
    this.why = why
  }
}
