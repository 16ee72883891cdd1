// Stand-ins for what surrounds the driver: time that the test moves, connections that the test answers for.
import type { Address } from '../../src/core/address.js'
import type { Cancel, Clock } from '../../src/core/clock.js'
import { decodeMessage, encodeMessage } from '../../src/protocol/codec.js'
import { FrameReader } from '../../src/protocol/framing.js'
import type { Message } from '../../src/protocol/messages.js'
import type {
  Connection,
  ConnectionHandler,
  DialHandler,
  Listener,
  Transport,
} from '../../src/transport/transport.js'

/** A clock that stands still until the test moves it. */
export class FakeClock implements Clock {
  #now = 0
  #timers: { at: number; callback: () => void }[] = []
  #soon: (() => void)[] = []

  now = () => this.#now
  date = () => this.#now

  timer(delayMs: number, callback: () => void): Cancel {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  soon(callback: () => void): Cancel {
    this.#soon.push(callback)
    return () => {
      this.#soon = this.#soon.filter((each) => each !== callback)
    }
  }

  turn(callback: () => void): Cancel {
    return this.soon(() => this.#soon.push(callback))
  }

  get timers(): number {
    return this.#timers.length
  }

  /** Ends the current turn. */
  endTurn(): void {
    for (const callback of this.#soon.splice(0)) callback()
  }

  advance(ms: number): void {
    this.#now += ms
    for (const timer of this.#timers.filter(({ at }) => at <= this.#now)) {
      this.#timers = this.#timers.filter((each) => each !== timer)
      timer.callback()
    }
  }
}

/** One connection, whose other end is the test. */
export class FakeConnection implements Connection {
  readonly remote: Address = { host: '192.0.2.7', port: 7 }
  readonly log: string[] = []
  readonly sent: Message[] = []
  handler: ConnectionHandler | undefined
  writableLength = 0
  /** What `write` answers. */
  more = true
  readonly #reader = new FrameReader(2 ** 30)

  write(bytes: Uint8Array): boolean {
    this.log.push('write')
    this.#reader.push(Buffer.from(bytes), (content, start, end) => {
      this.sent.push(decodeMessage(content, start, end))
    })
    return this.more
  }

  end(): void {
    this.log.push('end')
  }

  pause(): void {
    this.log.push('pause')
  }

  resume(): void {
    this.log.push('resume')
  }

  destroy(): void {
    this.log.push('destroy')
  }

  keep(): void {
    this.log.push('keep')
  }

  /** Lets the node receive messages, or bare bytes. */
  deliver(...contents: (Message | Uint8Array)[]): void {
    this.handler?.data(Buffer.concat(contents.map((c) => (c instanceof Uint8Array ? c : frame(c)))))
  }

  closed(error?: Error): void {
    this.handler?.closed(error)
  }
}

export function frame(message: Message): Buffer {
  const buffer = Buffer.alloc(70_000)
  return buffer.subarray(0, encodeMessage(message, buffer, 0))
}

/** Keeps the dials for the test to answer. */
export class FakeTransport implements Transport {
  readonly dials: { address: Address; handler: DialHandler; cancelled: boolean }[] = []

  async listen(): Promise<Listener> {
    throw new Error('not here')
  }

  dial(address: Address, _timeoutMs: number, handler: DialHandler): Cancel {
    const dial = { address, handler, cancelled: false }
    this.dials.push(dial)
    return () => {
      dial.cancelled = true
    }
  }
}
