// Owns what goes out on one link between members, apart from control messages: values are written in place
// behind what waits in the outbox; what cannot go at once waits in its channel's line, and the lines take
// turns, a piece of 64 KiB each. Must not know members, hosts or time.
//
// Nothing goes out while the connection is full, a message begins only while its channel has credit, and a
// large one goes only as far as its receiver has room (docs/channels.md, "Back-pressure").
import type { Cancel } from '../../core/clock.js'
import { IridiumError } from '../../core/errors.js'
import {
  CHANNEL_WINDOW_BYTES,
  MAX_ENVELOPE_BYTES,
  MAX_WAITING_BYTES,
  MAX_WHOLE_BYTES,
  MESSAGE_OVERHEAD_BYTES,
  PIECE_BYTES,
  PUMP_BYTES,
} from '../../core/limits.js'
import { FRAME_HEADER_BYTES } from '../../protocol/codec.js'
import { Cursor } from '../../protocol/cursor.js'
import { closeFrame, DATA_TAGS, type PlainData, writePlain } from '../../protocol/data-codec.js'
import { knows } from '../../protocol/versions.js'
import type { Outbox } from '../outbox.js'
import type { ChannelCounters } from './counters.js'
import { protocolError } from './faults.js'
import type { Line, Outgoing, Waiting, WritableChannel } from './outgoing.js'
import { tooLarge } from './payload.js'
import type { Payload } from './payload-memory.js'

export interface SenderOptions {
  /** Where the link's frames are put. */
  readonly outbox: Outbox
  /** Of the protocol, as both ends speak it. */
  readonly version: number
  readonly counters: ChannelCounters
  /** Calls back at the end of the turn. */
  readonly soon: (callback: () => void) => Cancel
}

const { Message: MESSAGE, Reply: REPLY } = DATA_TAGS

export class Sender {
  readonly #outbox: Outbox
  readonly #version: number
  readonly #counters: ChannelCounters
  readonly #soon: SenderOptions['soon']
  #isWriting = false
  #lastNumber = -1
  readonly #byNumber = new Map<number, Outgoing>()
  #lastStream = 0
  readonly #streams = new Map<number, Line>()
  /** The lines that can go on, in turn. */
  readonly #ready: Line[] = []
  /** The channels with somebody who waits for a clear way. */
  readonly #awaited = new Set<Outgoing>()
  #waitingBytes = 0
  #cancelPump: Cancel | undefined
  #lost: IridiumError | undefined

  constructor({ outbox, version, counters, soon }: SenderOptions) {
    this.#outbox = outbox
    this.#version = version
    this.#counters = counters
    this.#soon = soon
  }

  /**
   * Sends a message now, if nothing is in its way; else returns false and does nothing. `tag` says of which
   * kind it is, `id` of which request.
   * @throws IridiumError ERR_IRIDIUM_BAD_MESSAGE
   */
  sendNow(out: Outgoing, tag: number, id: number, value: unknown): boolean {
    const outbox = this.#outbox
    const { schema, maxMessageBytes } = out.channel
    for (;;) {
      if (lineOf(out, tag).first || outbox.isFull || this.#lost || out.channel.expectsLarge)
        return false
      if (tag !== REPLY && out.credit <= 0) return false
      if (out.number < 0) this.#open(out)
      const cursor = outbox.begin()
      const start = cursor.pos
      const lengthAt = headAt(cursor, start + FRAME_HEADER_BYTES, tag, out.number, id)
      const valueAt = lengthAt + out.lengthBytes
      cursor.pos = valueAt
      this.#writeValue(schema, cursor, value)
      const length = cursor.pos - valueAt
      if (length > MAX_WHOLE_BYTES || length > maxMessageBytes) {
        outbox.cancel()
        if (length > maxMessageBytes) throw tooLarge(out.channel, length)
        return false
      }
      writeLength(out, cursor, lengthAt, length)
      closeFrame(cursor, start)
      if (outbox.commit(cursor)) {
        if (tag !== REPLY) this.#take(out, length + MESSAGE_OVERHEAD_BYTES)
        this.#counted(tag, length)
        return true
      }
    }
  }

  /**
   * Lets a message wait in its line, and sends it as soon as it may go. The returned function withdraws it, if
   * it has not gone yet.
   * @throws IridiumError ERR_IRIDIUM_LIMIT
   */
  sendLater(
    out: Outgoing,
    tag: number,
    id: number,
    payload: Payload,
    ended?: (error?: IridiumError) => void,
  ): () => void {
    if (this.#lost) throw this.#lost
    const bytes = payload.bytes.length
    const cost = bytes + MESSAGE_OVERHEAD_BYTES
    if (this.#waitingBytes + cost > MAX_WAITING_BYTES) {
      this.#counters.boundsHit++
      throw new IridiumError(
        'ERR_IRIDIUM_LIMIT',
        `more than ${MAX_WAITING_BYTES} bytes wait for this member`,
      )
    }
    if (out.number < 0) this.#open(out)
    const head = headOf(tag, out.number, id, bytes)
    const waiting: Waiting = {
      tag,
      head,
      payload: payload.hold(),
      length: head.length + bytes,
      cost: tag === REPLY ? 0 : cost,
      ended,
      isWithdrawn: false,
      sent: 0,
      stream: 0,
      upTo: 0,
      next: undefined,
    }
    const line = lineOf(out, tag)
    this.#count(waiting, 1)
    line.push(waiting)
    this.#goOn(line)
    return () => this.#withdraw(line, waiting)
  }

  /** Puts a message without a value behind what waits in the outbox. */
  put(message: PlainData): void {
    if (this.#lost || !knows(this.#version, message.type)) return
    let cursor: Cursor
    do {
      cursor = this.#outbox.begin()
      writePlain(cursor, message)
    } while (!this.#outbox.commit(cursor))
  }

  /** Whether a message of this channel would go at once, and the connection does not ask us to stop. */
  isClear({ messages, credit }: Outgoing): boolean {
    return !messages.first && credit > 0 && !this.#outbox.isBlocked && !this.#outbox.isFull
  }

  /** Calls back when the way is clear, or with an error when the link is lost or the channel closed. */
  whenClear(out: Outgoing, callback: (error?: IridiumError) => void): () => void {
    out.drains.add(callback)
    this.#awaited.add(out)
    return () => out.drains.delete(callback)
  }

  /** Ends a channel here: what waits ends with `error`. */
  close(out: Outgoing, error: IridiumError): void {
    this.#end(out, error)
    if (out.number < 0) return
    this.#byNumber.delete(out.number)
    this.put({ type: 'Close', channel: out.number })
  }

  /** The link is gone: everything that waits ends with `error`. */
  lose(error: IridiumError): void {
    this.#lost = error
    this.#cancelPump?.()
    for (const out of new Set([...this.#byNumber.values(), ...this.#awaited])) this.#end(out, error)
    this.#ready.length = 0
    this.#streams.clear()
  }

  /** The name of the channel that has this number here; undefined if none has, or it has been closed. */
  nameOf(number: number): string | undefined {
    return this.#byNumber.get(number)?.channel.name
  }

  // --- what the link and its other end tell ---

  /** The connection takes more. */
  drained(): void {
    this.#pump()
  }

  /** The receiver has dealt with messages that took so much credit. */
  credited(number: number, bytes: number): void {
    const out = this.#byNumber.get(number)
    if (!out) {
      if (number > this.#lastNumber) throw protocolError(`credit for channel ${number}, not opened`)
      return
    }
    out.credit += bytes
    if (out.credit > CHANNEL_WINDOW_BYTES) throw protocolError('more credit than was taken')
    this.#goOn(out.messages)
  }

  /** The receiver has room for so much of a message in pieces; or none, and says why. */
  roomed(stream: number, upTo: number, refusal: string): void {
    const line = this.#streams.get(stream)
    const waiting = line?.first
    if (!line || waiting?.stream !== stream) {
      if (stream > this.#lastStream) throw protocolError(`room for message ${stream}, not begun`)
      return
    }
    if (upTo > 0) {
      waiting.upTo = Math.min(waiting.length, upTo)
    } else {
      this.#giveUp(waiting)
      this.#finish(line, waiting, refusal === 'BAD_MESSAGE' ? refusedSize() : undefined)
    }
    this.#goOn(line)
  }

  // --- lines ---

  #goOn(line: Line): void {
    this.#list(line)
    this.#pump()
  }

  #list(line: Line): void {
    if (line.isListed || !line.canGoOn) return
    line.isListed = true
    this.#ready.push(line)
  }

  /** Lets the lines take turns, as long as the connection takes what they give, and for a while only. */
  #pump(): void {
    if (this.#lost) return
    for (let bytes = 0; this.#ready.length > 0 && !this.#outbox.isBlocked; ) {
      if (bytes > PUMP_BYTES || this.#isWriting) {
        this.#pumpLater()
        break
      }
      const line = this.#ready.shift() as Line
      line.isListed = false
      if (line.canGoOn) bytes += this.#advance(line)
      this.#list(line)
    }
    for (const out of this.#awaited) {
      if (!this.isClear(out)) continue
      this.#awaited.delete(out)
      settleAll(out.drains)
    }
  }

  #pumpLater(): void {
    this.#cancelPump ??= this.#soon(() => {
      this.#cancelPump = undefined
      this.#pump()
    })
  }

  /** Sends the next message of a line, or the next piece of it. Returns its bytes. */
  #advance(line: Line): number {
    const waiting = line.first as Waiting
    const before = waiting.sent
    if (waiting.isWithdrawn) {
      if (waiting.sent > 0) this.#giveUp(waiting)
      this.#finish(line, waiting)
      return 0
    }
    if (waiting.sent === 0) this.#take(line.outgoing, waiting.cost)
    if (waiting.payload.bytes.length <= MAX_WHOLE_BYTES) {
      this.#putFrame(waiting, waiting.length)
    } else {
      if (waiting.sent === 0) {
        waiting.stream = ++this.#lastStream
        waiting.upTo = PIECE_BYTES
        this.#streams.set(waiting.stream, line)
      }
      this.#putFrame(waiting, Math.min(waiting.sent + PIECE_BYTES, waiting.upTo))
    }
    const bytes = waiting.sent - before
    if (waiting.sent === waiting.length) {
      this.#counted(waiting.tag, waiting.payload.bytes.length)
      this.#finish(line, waiting)
    }
    return bytes
  }

  #finish(line: Line, waiting: Waiting, error?: IridiumError): void {
    line.shift()
    this.#streams.delete(waiting.stream)
    this.#count(waiting, -1)
    waiting.payload.letGo()
    waiting.ended?.(error)
  }

  #withdraw(line: Line, waiting: Waiting): void {
    waiting.isWithdrawn = true
    if (line.first === waiting) this.#goOn(line)
  }

  #end(out: Outgoing, error: IridiumError): void {
    for (const line of [out.messages, out.replies]) {
      for (let waiting = line.first; waiting; waiting = line.first) {
        if (waiting.sent > 0) this.#giveUp(waiting)
        this.#finish(line, waiting, error)
      }
    }
    this.#awaited.delete(out)
    settleAll(out.drains, error)
  }

  // --- frames ---

  #open(out: Outgoing): void {
    out.number = ++this.#lastNumber
    this.#byNumber.set(out.number, out)
    const { name, schema } = out.channel
    this.put({ type: 'Open', channel: out.number, name, schema: schema.text })
  }

  #writeValue(schema: WritableChannel['schema'], cursor: Cursor, value: unknown): void {
    const wasWriting = this.#isWriting
    this.#isWriting = true
    try {
      schema.write(cursor, value)
    } catch (cause) {
      this.#outbox.cancel()
      throw schema.explain(value, cause)
    } finally {
      this.#isWriting = wasWriting
    }
  }

  /** Puts what has not gone of a message, up to its byte `end`: whole as it is, in part as a piece. */
  #putFrame(waiting: Waiting, end: number): void {
    const { head, payload, length, sent } = waiting
    let cursor: Cursor
    do {
      cursor = this.#outbox.begin()
      const start = cursor.pos
      cursor.pos += FRAME_HEADER_BYTES
      if (waiting.stream > 0) writePieceHead(cursor, waiting.stream, length - end, end - sent)
      if (sent === 0) cursor.writeFixed(head)
      cursor.writeFixed(payload.bytes.subarray(Math.max(0, sent - head.length), end - head.length))
      closeFrame(cursor, start)
    } while (!this.#outbox.commit(cursor))
    waiting.sent = end
  }

  /** Tells the receiver that no more comes of a message that has begun. */
  #giveUp({ stream }: Waiting): void {
    if (this.#lost) return
    let cursor: Cursor
    do {
      cursor = this.#outbox.begin()
      const start = cursor.pos
      cursor.pos += FRAME_HEADER_BYTES
      writePieceHead(cursor, stream, 0, 0)
      closeFrame(cursor, start)
    } while (!this.#outbox.commit(cursor))
  }

  // --- accounts ---

  #count({ length }: Waiting, sign: 1 | -1): void {
    const bytes = sign * (length + MESSAGE_OVERHEAD_BYTES)
    this.#waitingBytes += bytes
    this.#counters.waitingBytes += bytes
  }

  #counted(tag: number, bytes: number): void {
    if (tag === MESSAGE) this.#counters.messagesSent++
    this.#counters.bytesSent += bytes
  }

  #take(out: Outgoing, cost: number): void {
    out.credit -= cost
    if (cost > 0 && out.credit <= 0) this.#counters.stalls++
  }
}

function writeHead(cursor: Cursor, tag: number, number: number, id: number): void {
  cursor.writeLong(tag / 2)
  cursor.writeLong(number)
  if (tag !== MESSAGE) cursor.writeLong(id)
}

/** Writes the head at `at`, and returns where it ends. That of most messages takes two bytes: the calls would cost more. */
function headAt(cursor: Cursor, at: number, tag: number, number: number, id: number): number {
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

function lineOf({ messages, replies }: Outgoing, tag: number): Line {
  return tag === REPLY ? replies : messages
}

/** Writes the length before a value for which `out.lengthBytes` were left free, and moves the value if they do not suit. */
function writeLength(out: Outgoing, cursor: Cursor, at: number, length: number): void {
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

function headOf(tag: number, number: number, id: number, length: number): Buffer {
  const cursor = new Cursor(Buffer.allocUnsafe(MAX_ENVELOPE_BYTES))
  writeHead(cursor, tag, number, id)
  cursor.writeLong(length)
  return cursor.buf.subarray(0, cursor.pos)
}

function writePieceHead(cursor: Cursor, stream: number, rest: number, length: number): void {
  cursor.writeLong(DATA_TAGS.Piece / 2)
  cursor.writeLong(stream)
  cursor.writeLong(rest)
  cursor.writeLong(length)
}

function settleAll(callbacks: Set<(error?: IridiumError) => void>, error?: IridiumError): void {
  const all = [...callbacks]
  callbacks.clear()
  for (const callback of all) callback(error)
}

function refusedSize(): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_BAD_MESSAGE',
    'the value is larger than the member takes on this channel',
  )
}
