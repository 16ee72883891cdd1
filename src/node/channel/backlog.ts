// Owns the messages of one link that could not go at once: each waits in its channel's line, and the lines take turns, a
// piece of 64 KiB each. Must not know how a value is written, nor which channels are open.
//
// Nothing goes out while the connection is full, a message begins only while its channel has credit, and a
// large one goes only as far as its receiver has room (docs/channels.md, "Back-pressure").
import type { Cancel } from '../../core/clock.js'
import { IridiumError } from '../../core/errors.js'
import {
  MAX_WAITING_BYTES,
  MAX_WHOLE_BYTES,
  MESSAGE_OVERHEAD_BYTES,
  PIECE_BYTES,
  PUMP_BYTES,
} from '../../core/limits.js'
import { FRAME_HEADER_BYTES } from '../../protocol/codec.js'
import { closeFrame, DATA_TAGS } from '../../protocol/data-codec.js'
import type { Outbox } from '../outbox.js'
import type { ChannelCounters } from './counters.js'
import { protocolError } from './faults.js'
import { headOf, writePieceHead } from './heads.js'
import { isClear, type Line, lineOf, type Outgoing, type Waiting } from './outgoing.js'
import type { Payload } from './payload-memory.js'

export interface BacklogOptions {
  /** Where the link's frames are put. */
  readonly outbox: Outbox
  readonly counters: ChannelCounters
  /** Calls back at the end of the turn. */
  readonly soon: (callback: () => void) => Cancel
}

const { Message: MESSAGE, Reply: REPLY } = DATA_TAGS

export class Backlog {
  readonly #outbox: Outbox
  readonly #counters: ChannelCounters
  readonly #soon: BacklogOptions['soon']
  #lastStream = 0
  readonly #streams = new Map<number, Line>()
  /** The lines that can go on, in turn. */
  readonly #ready: Line[] = []
  /** The channels with somebody who waits for a clear way. */
  readonly #awaited = new Set<Outgoing>()
  #waitingBytes = 0
  #cancelPump: Cancel | undefined
  #isLost = false

  constructor({ outbox, counters, soon }: BacklogOptions) {
    this.#outbox = outbox
    this.#counters = counters
    this.#soon = soon
  }

  /** @throws IridiumError ERR_IRIDIUM_LIMIT if there is no room for a value of so many bytes */
  checkRoom(bytes: number): void {
    if (this.#waitingBytes + bytes + MESSAGE_OVERHEAD_BYTES <= MAX_WAITING_BYTES) return
    this.#counters.boundsHit++
    throw new IridiumError(
      'ERR_IRIDIUM_LIMIT',
      `more than ${MAX_WAITING_BYTES} bytes wait for this member`,
    )
  }

  /** Lets a message wait in its line; see Sender.sendLater. */
  add(
    out: Outgoing,
    tag: number,
    id: number,
    payload: Payload,
    ended?: (error?: IridiumError) => void,
  ): () => void {
    const bytes = payload.bytes.length
    const head = headOf(tag, out.number, id, bytes)
    const waiting: Waiting = {
      tag,
      head,
      payload: payload.hold(),
      length: head.length + bytes,
      cost: tag === REPLY ? 0 : bytes + MESSAGE_OVERHEAD_BYTES,
      ended,
      isOver: false,
      sent: 0,
      stream: 0,
      upTo: 0,
      previous: undefined,
      next: undefined,
    }
    const line = lineOf(out, tag)
    this.#count(waiting, 1)
    line.push(waiting)
    this.goOn(line)
    return () => this.#withdraw(line, waiting)
  }

  /** Calls back when the way is clear, or with an error when the link is lost or the channel closed. */
  whenClear(out: Outgoing, callback: (error?: IridiumError) => void): () => void {
    out.drains.add(callback)
    this.#awaited.add(out)
    return () => out.drains.delete(callback)
  }

  /** What waits of a channel ends with `error`. */
  end(out: Outgoing, error: IridiumError): void {
    for (const line of [out.messages, out.replies]) {
      for (let waiting = line.first; waiting; waiting = line.first) {
        this.#giveUp(line, waiting, error)
      }
    }
    this.#awaited.delete(out)
    settleAll(out.drains, error)
  }

  /** The link is gone: what waits, of these channels and of all that are waited for, ends with `error`. */
  lose(channels: Iterable<Outgoing>, error: IridiumError): void {
    this.#isLost = true
    this.#cancelPump?.()
    for (const out of new Set([...channels, ...this.#awaited])) this.end(out, error)
    this.#ready.length = 0
    this.#streams.clear()
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
      this.#giveUp(line, waiting, refusal === 'BAD_MESSAGE' ? refusedSize() : undefined)
    }
    this.goOn(line)
  }

  /** Something has changed for this line. */
  goOn(line: Line): void {
    this.#list(line)
    this.pump()
  }

  #list(line: Line): void {
    if (line.isListed || !line.canGoOn) return
    line.isListed = true
    this.#ready.push(line)
  }

  /** Lets the lines take turns, as long as the connection takes what they give, and for a while only. */
  pump(): void {
    if (this.#isLost) return
    for (let bytes = 0; this.#ready.length > 0 && !this.#outbox.isBlocked; ) {
      if (bytes > PUMP_BYTES) {
        this.#pumpLater()
        break
      }
      const line = this.#ready.shift() as Line
      line.isListed = false
      if (line.canGoOn) bytes += this.#advance(line)
      this.#list(line)
    }
    for (const out of this.#awaited) {
      if (!isClear(out, this.#outbox)) continue
      this.#awaited.delete(out)
      settleAll(out.drains)
    }
  }

  #pumpLater(): void {
    this.#cancelPump ??= this.#soon(() => {
      this.#cancelPump = undefined
      this.pump()
    })
  }

  /** Sends the next message of a line, or the next piece of it. Returns its bytes. */
  #advance(line: Line): number {
    const waiting = line.first as Waiting
    const before = waiting.sent
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
      if (waiting.tag === MESSAGE) this.#counters.messagesSent++
      this.#counters.bytesSent += waiting.payload.bytes.length
      this.#finish(line, waiting)
    }
    return bytes
  }

  #finish(line: Line, waiting: Waiting, error?: IridiumError): void {
    waiting.isOver = true
    line.remove(waiting)
    this.#streams.delete(waiting.stream)
    this.#count(waiting, -1)
    waiting.payload.letGo()
    waiting.ended?.(error)
  }

  /** At once, wherever it stands: what nobody wants any more must take no room from the rest. */
  #withdraw(line: Line, waiting: Waiting): void {
    if (waiting.isOver) return
    this.#giveUp(line, waiting)
    this.goOn(line)
  }

  /** Ends a message that has not gone, or not all of it. */
  #giveUp(line: Line, waiting: Waiting, error?: IridiumError): void {
    if (waiting.sent > 0) this.#breakOff(waiting)
    this.#finish(line, waiting, error)
  }

  /** Puts what has not gone of a message, up to its byte `end`: whole as it is, in part as a piece. */
  #putFrame(waiting: Waiting, end: number): void {
    const { head, payload, length, sent } = waiting
    this.#outbox.putFrame((cursor) => {
      const start = cursor.pos
      cursor.pos += FRAME_HEADER_BYTES
      if (waiting.stream > 0) writePieceHead(cursor, waiting.stream, length - end, end - sent)
      if (sent === 0) cursor.writeFixed(head)
      cursor.writeFixed(payload.bytes.subarray(Math.max(0, sent - head.length), end - head.length))
      closeFrame(cursor, start)
    })
    waiting.sent = end
  }

  /** Tells the receiver that no more comes of a message that has begun. */
  #breakOff({ stream }: Waiting): void {
    if (this.#isLost) return
    this.#outbox.putFrame((cursor) => {
      const start = cursor.pos
      cursor.pos += FRAME_HEADER_BYTES
      writePieceHead(cursor, stream, 0, 0)
      closeFrame(cursor, start)
    })
  }

  #take(out: Outgoing, cost: number): void {
    out.credit -= cost
    if (cost > 0 && out.credit <= 0) this.#counters.stalls++
  }

  #count({ length }: Waiting, sign: 1 | -1): void {
    const bytes = sign * (length + MESSAGE_OVERHEAD_BYTES)
    this.#waitingBytes += bytes
    this.#counters.waitingBytes += bytes
  }
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
