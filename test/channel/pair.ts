// Two nodes' channels on one link, without sockets and without time: bytes wait on the wire until the test lets
// them flow. Everything above the transport is the real thing: outbox, framing, channels.
import type { Member } from '../../src/cluster/member.js'
import type { Cancel, Clock } from '../../src/core/clock.js'
import type { IridiumError } from '../../src/core/errors.js'
import { MAX_DATA_FRAME_BYTES } from '../../src/core/limits.js'
import { Channels } from '../../src/node/channel/channels.js'
import type { MemberLink } from '../../src/node/channel/member-link.js'
import { Outbox } from '../../src/node/outbox.js'
import { PendingCalls } from '../../src/node/pending.js'
import { FRAME_HEADER_BYTES } from '../../src/protocol/codec.js'
import { FrameReader, frameLength } from '../../src/protocol/framing.js'
import type { Connection } from '../../src/transport/transport.js'

/** Bytes that a wire takes before it asks its writer to wait. */
const HIGH_WATER_BYTES = 64 * 1024

/** One way of the wire. What was written is looked at only when it flows, as a socket may do. */
class Wire {
  readonly remote = { host: 'test', port: 1 }
  readonly #held: Uint8Array[] = []
  #isFull = false
  drained = (): void => {}
  /** All that has flowed. */
  flowedBytes = 0

  get writableLength(): number {
    return this.#held.reduce((sum, { length }) => sum + length, 0)
  }

  write(bytes: Uint8Array): boolean {
    this.#held.push(bytes)
    this.#isFull = this.writableLength >= HIGH_WATER_BYTES
    return !this.#isFull
  }

  /** The next chunk, as the reader gets it. */
  take(): Buffer | undefined {
    const bytes = this.#held.shift()
    if (!bytes) return undefined
    this.flowedBytes += bytes.length
    return Buffer.from(bytes)
  }

  tellDrained(): void {
    if (!this.#isFull || this.writableLength >= HIGH_WATER_BYTES) return
    this.#isFull = false
    this.drained()
  }
}

export class Side {
  readonly alias: string
  readonly channels: Channels
  readonly calls = new PendingCalls()
  readonly members = new Map<string, Member>()
  readonly errors: IridiumError[] = []
  readonly wire = new Wire()
  /** What has come in, by the tag of the frame. */
  readonly tags: number[] = []
  outbox!: Outbox
  link!: MemberLink
  /** Why the link had to be closed, if it had. */
  fault: IridiumError | undefined
  #reader!: FrameReader
  #now = 0
  readonly #timers = new Map<() => void, number>()
  readonly #soon = new Set<() => void>()

  constructor(alias: string) {
    this.alias = alias
    this.channels = new Channels({
      alias,
      clock: this.clock,
      calls: this.calls,
      members: this.members,
      report: (error) => this.errors.push(error),
    })
  }

  linkUp(other: Side): void {
    const member = memberNamed(other.alias)
    const outbox = new Outbox(this.wire as unknown as Connection)
    this.outbox = outbox
    this.link = this.channels.linkUp(member, outbox, 1)
    this.wire.drained = () => {
      outbox.drained()
      this.link.drained()
    }
    this.#reader = new FrameReader(MAX_DATA_FRAME_BYTES, (bytes, at, end) => {
      const next = this.link.receiveRun(bytes, at, end, this.#reader)
      for (; at < next; at += FRAME_HEADER_BYTES + frameLength(bytes, at)) {
        this.tags.push(bytes[at + FRAME_HEADER_BYTES] as number)
      }
      return next
    })
    this.members.set(other.alias, member)
  }

  linkDown(): void {
    this.#reader.close()
    this.channels.linkDown(this.link)
    this.channels.tellReset(this.link.member)
    while (this.wire.take()) {
      // lost
    }
  }

  /** What is due at the end of the turn, then the flush. */
  turn(): void {
    const due = [...this.#soon]
    this.#soon.clear()
    for (const callback of due) callback()
    this.outbox.flush()
  }

  receive(bytes: Buffer): void {
    if (this.fault) return
    try {
      this.#reader.push(bytes, (chunk, start, end, isLasting) => {
        this.tags.push(chunk[start] as number)
        this.link.receive(chunk, start, end, isLasting)
      })
    } catch (error) {
      this.fault = error as IridiumError
    }
  }

  /** Bytes of the peer that never went through its channels. */
  receiveFrame(hex: string): void {
    const content = Buffer.from(hex.replace(/\s+/g, ''), 'hex')
    const header = Buffer.alloc(4)
    header.writeUInt32LE(content.length)
    this.receive(Buffer.concat([header, content]))
  }

  advance(ms: number): void {
    this.#now += ms
    for (const [callback, at] of [...this.#timers]) {
      if (at <= this.#now && this.#timers.delete(callback)) callback()
    }
  }

  get clock(): Clock {
    const soon = (callback: () => void): Cancel => {
      this.#soon.add(callback)
      return () => this.#soon.delete(callback)
    }
    return {
      now: () => this.#now,
      date: () => this.#now,
      timer: (delayMs, callback) => {
        this.#timers.set(callback, this.#now + delayMs)
        return () => this.#timers.delete(callback)
      },
      soon,
      turn: soon,
    }
  }
}

export interface Pair {
  readonly a: Side
  readonly b: Side
}

export function pair(): Pair {
  const a = new Side('a')
  const b = new Side('b')
  a.linkUp(b)
  b.linkUp(a)
  return { a, b }
}

/** One chunk each way, if there is one. Returns whether anything moved. */
export function step({ a, b }: Pair): boolean {
  let moved = false
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.turn()
    const chunk = from.wire.take()
    if (!chunk) continue
    moved = true
    to.receive(chunk)
    from.wire.tellDrained()
  }
  return moved
}

/** Lets everything flow until nothing moves any more; promises run in between. */
export async function settle(both: Pair): Promise<void> {
  for (let idle = 0; idle < 3; ) {
    await new Promise((resolve) => setImmediate(resolve))
    idle = step(both) ? 0 : idle + 1
  }
}

export function memberNamed(alias: string): Member {
  return {
    id: alias.charCodeAt(0).toString(16).padStart(32, '0'),
    alias,
    host: '127.0.0.1',
    port: 1,
    incarnation: 1,
    tags: {},
    status: 'alive',
  }
}

/** The code of what a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'fulfilled'
  } catch (error) {
    return (error as IridiumError).code
  }
}
