// Owns one session over a connection: bytes to lines, lines to replies one after the other, a prompt after each,
// and the bounds that keep a stranger's session from being a burden.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../core/clock.js'
import {
  LINK_END_TIMEOUT_MS,
  MAX_REMOTE_LINE_BYTES,
  MAX_REMOTE_QUEUED_BYTES,
  MAX_REMOTE_REPLY_BYTES,
  REMOTE_IDLE_TIMEOUT_MS,
} from '../core/limits.js'
import type { Connection, ConnectionHandler } from '../node/repl-transport.js'
import { type Line, LineCutter } from './line-reader.js'
import type { Seat } from './seat.js'
import { BANNER, type Outlet, Session } from './session.js'

export class RemoteSession implements ConnectionHandler, Outlet {
  readonly #session: Session
  readonly #connection: Connection
  readonly #clock: Clock
  readonly #over: () => void
  readonly #lines = new LineCutter(MAX_REMOTE_LINE_BYTES)
  readonly #waiting: Line[] = []
  #waitingBytes = 0
  #replyBytes = 0
  #working: Promise<void> = Promise.resolve()
  /** Its first line has been seen. */
  #isGreeted = false
  #isWorking = false
  #ended = false
  #isFull = false
  #wake: (() => void) | undefined
  #stopIdleTimer = (): void => {}
  #tellGone: () => void = () => {}
  readonly #gone = new Promise<void>((resolve) => {
    this.#tellGone = resolve
  })

  /** `over` is called once, when the session and its connection have ended. */
  constructor(seat: Seat, connection: Connection, clock: Clock, over: () => void) {
    this.#session = new Session(seat, this, { remote: true })
    this.#connection = connection
    this.#clock = clock
    this.#over = over
  }

  greet(): void {
    this.#send(`${BANNER}\n${this.#session.prompt}`)
    this.#stay()
  }

  /** Ends the session and its connection. */
  close(): Promise<void> {
    this.#end()
    return this.#gone
  }

  // --- what the connection tells ---

  data(bytes: Uint8Array): void {
    if (this.#ended) return
    this.#stay()
    for (const line of this.#lines.push(Uint8Array.from(bytes))) {
      if (!this.#isGreeted && isHttp(line)) {
        this.#end()
        return
      }
      this.#isGreeted = true
      this.#waiting.push(line)
      this.#waitingBytes += sizeOf(line)
    }
    if (this.#waitingBytes > MAX_REMOTE_QUEUED_BYTES) {
      this.#send('\nToo many lines at once: wait for the prompt.\n')
      this.#end()
    } else if (this.#waiting.length > 0 && !this.#isWorking) {
      this.#working = this.#work().catch((error: Error) => this.#fail(error))
    }
  }

  drained(): void {
    this.#stay()
    this.#isFull = false
    this.#wake?.()
  }

  closed(): void {
    this.#ended = true
    this.#stopIdleTimer()
    this.#session.interrupt()
    this.#wake?.()
    void this.#release()
  }

  // --- what the session says ---

  write(text: string): void {
    const left = MAX_REMOTE_REPLY_BYTES - this.#replyBytes
    if (left <= 0) return
    const bytes = Buffer.from(text)
    this.#replyBytes += bytes.length
    if (bytes.length <= left) {
      this.#isFull = !this.#connection.write(bytes)
      return
    }
    this.#session.interrupt()
    this.#send(
      `${bytes.subarray(0, left)}\n... cut off: more than ${MAX_REMOTE_REPLY_BYTES} bytes.\n`,
    )
  }

  notice(text: string): void {
    this.#send(`${text}\n`)
  }

  ready(): Promise<void> {
    if (!this.#isFull || this.#ended) return Promise.resolve()
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /** Answers the lines that wait: in order, and no two in one turn of the event loop. */
  async #work(): Promise<void> {
    this.#isWorking = true
    for (let line = this.#waiting.shift(); line && !this.#ended; line = this.#waiting.shift()) {
      this.#waitingBytes -= sizeOf(line)
      this.#replyBytes = 0
      if ('tooLong' in line) this.#send('Unable to parse input: the line is too long\n')
      else await this.#session.handle(line.text)
      if (this.#session.ended) this.#end()
      else this.#send(this.#session.prompt)
      await nextTurn()
    }
    this.#isWorking = false
  }

  /** A fault of ours: the session ends, the host goes on. */
  #fail({ message }: Error): void {
    this.#send(`\nThe session has failed: ${message}\n`)
    this.#end()
  }

  async #release(): Promise<void> {
    await this.#working
    await this.#session.close()
    this.#over()
    this.#tellGone()
  }

  #send(text: string): void {
    if (!this.#ended) this.#isFull = !this.#connection.write(Buffer.from(text))
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#session.interrupt()
    this.#connection.end(LINK_END_TIMEOUT_MS)
  }

  /** Something has moved: the time of idleness begins anew. */
  #stay(): void {
    this.#stopIdleTimer()
    this.#stopIdleTimer = this.#clock.timer(REMOTE_IDLE_TIMEOUT_MS, () => {
      this.#send('\nNothing has moved for a while: the session ends.\n')
      this.#end()
    })
  }
}

/** What a line costs while it waits; an empty one is not free. */
function sizeOf(line: Line): number {
  return 'text' in line ? line.text.length + 1 : 1
}

/** A page in a browser on this machine can send a request here, whose body would be lines that we carry out. */
function isHttp(line: Line): boolean {
  return 'text' in line && /^[A-Z]+ .* HTTP\/\d/.test(line.text)
}
