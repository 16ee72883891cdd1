// Owns what comes in on one link between members, apart from control messages: it reads each frame in place and
// hands the value to the channel of that name. Nothing is kept for a listener: what is delivered is the host's,
// and its credit goes back to the sender when the host has dealt with it.
import type { Member } from '../../cluster/member.js'
import { IridiumError } from '../../core/errors.js'
import {
  CREDIT_STEP_BYTES,
  MAX_CHANNEL_NAME_BYTES,
  MAX_CHANNELS,
  MAX_WHOLE_BYTES,
  MESSAGE_OVERHEAD_BYTES,
} from '../../core/limits.js'
import { isName } from '../../core/names.js'
import { Malformed } from '../../protocol/bounded.js'
import { badFrame, FRAME_HEADER_BYTES } from '../../protocol/codec.js'
import { Cursor } from '../../protocol/cursor.js'
import { DATA_TAGS, type PlainData, readNatural, readPlain } from '../../protocol/data-codec.js'
import { frameLength } from '../../protocol/framing.js'
import { Answers } from './answers.js'
import { Assemblies } from './assemblies.js'
import type { ChannelCounters } from './counters.js'
import { cutText, type FailureCode, failureOf, protocolError } from './faults.js'
import { Incoming, type ReadableChannel } from './incoming.js'
import type { Reassembly } from './reassembly.js'
import type { Requests } from './requests.js'
import type { Sender } from './sender.js'

/** What all links of a node share. */
export interface ReceiverHost {
  readonly counters: ChannelCounters
  readonly reassembly: Reassembly
  /** Goes up whenever a channel is opened or closed. */
  readonly generation: number
  /** The channel that is open under this name. */
  channelNamed(name: string): ReadableChannel | undefined
  /** Tells the host of something that a member has done wrong on a channel: of many in a second, one. */
  report(error: IridiumError, from: Member, channel: string): void
}

export interface ReceiverOptions {
  readonly host: ReceiverHost
  readonly sender: Sender
  readonly requests: Requests
  readonly member: Member
  /** Sends the reply of one of our channels to a request of the peer's. @throws IridiumError */
  readonly reply: (channel: ReadableChannel, id: number, value: unknown) => void
}

/** Where frames come from; a listener may cause that no more are wanted. */
export interface Stoppable {
  readonly isStopped: boolean
}

const { Message: MESSAGE, Request: REQUEST, Reply: REPLY, Piece: PIECE } = DATA_TAGS

export class Receiver {
  /** The member at the other end; a new picture of it replaces the old one. */
  member: Member
  readonly #options: ReceiverOptions
  readonly #host: ReceiverHost
  readonly #counters: ChannelCounters
  readonly #cursor = new Cursor(Buffer.alloc(0))
  readonly #incoming = new Map<number, Incoming>()
  /** Closed channels of which the host has still messages in hand. */
  readonly #undealt = new Set<Incoming>()
  #lastNumber = -1
  /** The channel of the last message, by its number: most likely the next one's. */
  #current: Incoming | undefined
  #generation = -1
  readonly #assemblies: Assemblies
  readonly #answers: Answers
  #isClosed = false

  constructor(options: ReceiverOptions) {
    this.member = options.member
    this.#options = options
    this.#host = options.host
    this.#counters = options.host.counters
    this.#answers = new Answers(this.#counters)
    this.#assemblies = new Assemblies(
      {
        begins: (first, total) => this.#begins(first, total),
        whole: (content) => this.#whole(content),
        room: (stream, upTo, refusal) =>
          options.sender.put({ type: 'Room', stream, upTo, refusal }),
      },
      options.host.reassembly,
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

  /**
   * Takes the messages of one channel that follow each other, all of it in one loop: of what a message of 64 bytes
   * costs, a third was to go from frame to frame. It leaves whatever is no message in good order, to be looked at by
   * `receive`; until a message is in the listener's hands, nothing has changed.
   */
  receiveRun(bytes: Buffer, at: number, end: number, frames: Stoppable): number {
    if (end - at < MIN_MESSAGE_FRAME_BYTES || bytes[at + TAG_AT] !== MESSAGE) return at
    const numberByte = bytes[at + NUMBER_AT] as number
    if ((numberByte & 0x81) !== 0) return at // below 0, or of more than a byte
    const incoming = this.#openOne(numberByte >>> 1)
    const { channel, reader } = incoming ?? {}
    if (!incoming || !channel || !reader) return at
    const maxBytes = Math.min(channel.maxMessageBytes, MAX_WHOLE_BYTES)
    const generation = this.#generation
    const host = this.#host
    const counters = this.#counters
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
      const dealt = channel.deliver({ from: this.member, value })
      if (dealt === true) this.#giveBack(incoming, cost)
      else this.#notYet(incoming, cost, dealt)
      if (frames.isStopped || this.#isClosed || host.generation !== generation) return at
    }
  }

  /** The link is gone: nobody waits for answers any more. */
  close(): void {
    this.#isClosed = true
    this.#assemblies.close()
    this.#answers.cancelAll()
  }

  // --- messages without a value ---

  #plain(message: PlainData): void {
    const { sender, requests } = this.#options
    switch (message.type) {
      case 'Open':
        this.#open(message)
        return
      case 'Close':
        this.#close(message.channel)
        return
      case 'Failed':
        requests.take(message.id)?.reject(failureOf(message.code, message.message))
        return
      case 'Cancel':
        this.#answers.cancel(message.id)
        return
      case 'Room':
        sender.roomed(message.stream, message.upTo, message.refusal)
        return
      case 'Credit':
        sender.credited(message.channel, message.bytes)
        return
      case 'Unread':
        this.#unread(message)
        return
      default:
        message satisfies never
    }
  }

  #unread({ channel, message }: PlainData & { type: 'Unread' }): void {
    const name = this.#options.sender.nameOf(channel)
    if (name === undefined) return // it has been closed in the meantime
    this.#report(name, `cannot read our messages: ${message}`, 'ERR_IRIDIUM_SCHEMA')
  }

  #open({ channel: number, name, schema }: PlainData & { type: 'Open' }): void {
    if (number <= this.#lastNumber) throw protocolError(`the number ${number} is not a new one`)
    const channels = this.#incoming.size + this.#undealt.size
    if (channels >= MAX_CHANNELS) throw protocolError('too many channels')
    if (!isName(name, MAX_CHANNEL_NAME_BYTES)) throw protocolError('a channel without a sound name')
    this.#lastNumber = number
    const incoming = new Incoming(number, name, schema)
    this.#incoming.set(number, incoming)
    this.#bind(incoming)
  }

  /** What the host has still to deal with counts on: else a new number would be new credit. */
  #close(number: number): void {
    const incoming = this.#incoming.get(number)
    if (incoming && incoming.inHand > 0) this.#undealt.add(incoming)
    this.#incoming.delete(number)
    this.#current = undefined
  }

  // --- messages with a value ---

  /** One that comes in pieces has taken its credit when it began. */
  #message(cursor: Cursor, takesCredit: boolean): void {
    const incoming = this.#incomingOf(cursor.readInt())
    const cost = this.#beginValue(cursor) + MESSAGE_OVERHEAD_BYTES
    if (takesCredit) this.#take(incoming, cost)
    const counters = this.#counters
    counters.messagesReceived++
    const value = this.#read(incoming, cursor)
    if (value !== UNREADABLE) {
      const channel = incoming.channel as ReadableChannel
      const dealt = channel.deliver({ from: this.member, value })
      if (dealt === true) this.#giveBack(incoming, cost)
      else this.#notYet(incoming, cost, dealt)
    } else {
      this.#notYet(incoming, cost, false)
    }
  }

  /** A message is not dealt with when it has been delivered: it will be, or never is. */
  #notYet(incoming: Incoming, cost: number, dealt: Promise<unknown> | false): void {
    if (dealt !== false) {
      void dealt.then(() => this.#giveBack(incoming, cost))
      return
    }
    this.#counters.messagesDropped++
    this.#giveBack(incoming, cost)
  }

  #request(cursor: Cursor, takesCredit: boolean): void {
    const incoming = this.#incomingOf(cursor.readInt())
    const id = readNatural(cursor)
    const cost = this.#beginValue(cursor) + MESSAGE_OVERHEAD_BYTES
    if (takesCredit) this.#take(incoming, cost)
    this.#counters.requestsReceived++
    const { channel } = incoming
    const done = (): void => this.#giveBack(incoming, cost)
    const refusal = refusalOf(incoming, true)
    const value = refusal ? UNREADABLE : this.#read(incoming, cursor)
    if (!channel?.handler || value === UNREADABLE) {
      const [code, why] = refusal ?? (['BAD_MESSAGE', 'the value cannot be read there'] as const)
      this.#fail(id, code, why)
      done()
      return
    }
    this.#answers.run(id, channel.handler, this.member, value, {
      reply: (result) => this.#answer(channel, id, result),
      fail: (message) => this.#fail(id, 'HANDLER', message),
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
      if (code === 'ERR_IRIDIUM_LIMIT') this.#fail(id, 'LIMIT', message)
      else if (code === 'ERR_IRIDIUM_BAD_MESSAGE')
        this.#fail(id, 'HANDLER', `its reply: ${message}`)
      else this.#fail(id, 'NO_HANDLER', message)
    }
  }

  #reply(cursor: Cursor): void {
    const incoming = this.#incomingOf(cursor.readInt())
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
      if (value === UNREADABLE) {
        request.reject(failureOf('BAD_MESSAGE', 'the reply cannot be read, or is too large'))
      } else {
        request.resolve(value)
      }
    }
  }

  /** The value at the cursor, or UNREADABLE, after telling the host why. */
  #read(incoming: Incoming, cursor: Cursor): unknown {
    const { channel, reader, name } = incoming
    if (!channel || !reader) return UNREADABLE
    if (cursor.remaining > channel.maxMessageBytes) {
      const [code, why] = tooLarge(cursor.remaining, channel.maxMessageBytes)
      this.#report(name, `sent too much on the channel ${name}: ${why}`, `ERR_IRIDIUM_${code}`)
      return UNREADABLE
    }
    try {
      const value = reader._read(cursor)
      if (cursor.remaining === 0) return value
      throw new Malformed(`${cursor.remaining} bytes too many`)
    } catch (cause) {
      const why = `sent what cannot be read: ${(cause as Error).message}`
      this.#report(name, `${why}, on the channel ${name}`, 'ERR_IRIDIUM_BAD_MESSAGE', cause)
      return UNREADABLE
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

  /** Whether to take a large message, judged by its beginning. */
  #begins(first: Buffer, total: number): string | (() => void) {
    const cursor = new Cursor(first)
    const tag = cursor.buf[cursor.pos++]
    if (tag !== MESSAGE && tag !== REQUEST && tag !== REPLY) {
      throw protocolError('pieces of what is no message')
    }
    const incoming = this.#incomingOf(cursor.readInt())
    const id = tag === MESSAGE ? 0 : readNatural(cursor)
    const length = cursor.readLong()
    if (cursor.pos + length !== total) throw new Malformed('a message in pieces of another length')
    if (tag === REPLY) return this.#beginsReply(incoming, id, length)
    const cost = length + MESSAGE_OVERHEAD_BYTES
    this.#take(incoming, cost)
    const { maxMessageBytes = 0 } = incoming.channel ?? {}
    const refusal =
      refusalOf(incoming, tag === REQUEST) ??
      (length > maxMessageBytes ? tooLarge(length, maxMessageBytes) : undefined)
    if (!refusal) return () => this.#giveBack(incoming, cost)
    this.#giveBack(incoming, cost)
    const [code, why] = refusal
    if (tag === REQUEST) {
      this.#counters.requestsReceived++
      this.#fail(id, code, why)
    } else {
      this.#counters.messagesReceived++
      this.#counters.messagesDropped++
    }
    if (code === 'BAD_MESSAGE') {
      this.#report(
        incoming.name,
        `sent too much on the channel ${incoming.name}: ${why}`,
        'ERR_IRIDIUM_BAD_MESSAGE',
      )
    }
    return code
  }

  #beginsReply(incoming: Incoming, id: number, length: number): string | (() => void) {
    const { requests } = this.#options
    const request = requests.get(id)
    if (request && length <= request.channel.maxMessageBytes && incoming.reader) {
      return () => requests.take(id)?.reject(failureOf('HANDLER', 'the reply broke off'))
    }
    if (request) {
      const { problem } = incoming
      const why = problem ?? `the reply has ${length} bytes`
      requests.take(id)?.reject(failureOf(problem === undefined ? 'BAD_MESSAGE' : 'SCHEMA', why))
    } else {
      this.#counters.repliesLate++
    }
    return 'GONE'
  }

  // --- channels and their credit ---

  #incomingOf(number: number): Incoming {
    const incoming = this.#openOne(number)
    if (!incoming) throw protocolError(`a message on channel ${number}, which is not open`)
    return incoming
  }

  #openOne(number: number): Incoming | undefined {
    if (this.#generation !== this.#host.generation) this.#bindAll()
    if (this.#current?.number !== number) this.#current = this.#incoming.get(number)
    return this.#current
  }

  #bindAll(): void {
    this.#generation = this.#host.generation
    for (const incoming of this.#incoming.values()) this.#bind(incoming)
  }

  #bind(incoming: Incoming): void {
    const { name, number } = incoming
    const change = incoming.bind(this.#host.channelNamed(name))
    if (change === 'resolved') this.#counters.schemasResolved++
    if (change !== 'problem') return
    const message = cutText(`channel ${name}: ${incoming.problem}`)
    this.#options.sender.put({ type: 'Unread', channel: number, message })
    this.#report(name, `writes what we cannot read: ${message}`, 'ERR_IRIDIUM_SCHEMA')
  }

  #take(incoming: Incoming, cost: number): void {
    if (incoming.available <= 0) throw protocolError('a message without credit')
    incoming.available -= cost
  }

  #giveBack(incoming: Incoming, cost: number): void {
    incoming.owed += cost
    if (incoming.inHand <= 0) this.#undealt.delete(incoming)
    if (incoming.owed < CREDIT_STEP_BYTES || this.#isClosed) return
    const { number: channel, owed: bytes } = incoming
    incoming.available += bytes
    incoming.owed = 0
    if (this.#incoming.get(channel) === incoming) {
      this.#options.sender.put({ type: 'Credit', channel, bytes })
    }
  }

  #fail(id: number, code: FailureCode, message: string): void {
    this.#options.sender.put({ type: 'Failed', id, code, message: cutText(message) })
  }

  /** `channel` is the name of one that is open here: so the kinds of reports have a bound. */
  #report(
    channel: string,
    what: string,
    code: 'ERR_IRIDIUM_SCHEMA' | 'ERR_IRIDIUM_BAD_MESSAGE',
    cause?: unknown,
  ): void {
    const { member } = this
    const error = new IridiumError(code, `the member ${member.alias} ${what}`, { cause })
    this.#host.report(error, member, channel)
  }
}

/** Where in the frame of a message, whose channel has a number below 64, its parts stand. */
const TAG_AT = FRAME_HEADER_BYTES
const NUMBER_AT = TAG_AT + 1
const LENGTH_AT = NUMBER_AT + 1
/** Bytes of the frame of an empty message. */
const MIN_MESSAGE_FRAME_BYTES = LENGTH_AT + 1

const UNREADABLE = Symbol('unreadable')

type Refusal = readonly [FailureCode, string]

/** Why nothing, or no request, that comes on this channel can be taken; undefined if it can. */
function refusalOf({ channel, problem, name }: Incoming, isRequest: boolean): Refusal | undefined {
  if (!channel) return ['NO_HANDLER', `the channel ${name} is not open at that member`]
  if (isRequest && !channel.handler) {
    return ['NO_HANDLER', `the channel ${name} answers no requests at that member`]
  }
  return problem === undefined ? undefined : ['SCHEMA', problem]
}

function tooLarge(bytes: number, max: number) {
  return ['BAD_MESSAGE', `${bytes} bytes, where the most is ${max}`] as const
}
