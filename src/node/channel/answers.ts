// Owns the requests of one peer that this node's handlers are dealing with: each is answered once, or not any
// more when the peer has given it up or the channel is closed. Must not know how answers travel.
import type { Member } from '../../cluster/member.js'
import { messageOf } from '../../core/errors.js'
import { isThenable } from '../thenable.js'
import type { ChannelRequest, RequestHandler } from './channel.js'
import type { ChannelCounters } from './counters.js'
import { protocolError } from './faults.js'
import type { ReadableChannel } from './incoming.js'
import { Numbered } from './numbered.js'

export interface Answer {
  reply(value: unknown): void
  fail(message: string): void
  /** The handler is done, whether or not anybody still waited. */
  done(): void
}

export class Answers {
  readonly #counters: ChannelCounters
  readonly #running = new Numbered<Running>()

  constructor(counters: ChannelCounters) {
    this.#counters = counters
  }

  /** Lets `handler`, the one of `channel`, deal with a request. */
  run(
    id: number,
    channel: ReadableChannel,
    handler: RequestHandler<unknown>,
    from: Member,
    value: unknown,
    answer: Answer,
  ): void {
    if (this.#running.get(id)) throw protocolError(`request ${id} is being dealt with already`)
    const running = new Running(channel, from, value)
    const counters = this.#counters
    this.#running.add(id, running)
    counters.requestsRunning++
    const end = (how: () => void): void => {
      counters.requestsRunning--
      if (this.#running.delete(id, running)) how()
      answer.done()
    }
    const fail = (thrown: unknown): void => end(() => answer.fail(messageOf(thrown)))
    try {
      const result = handler(running)
      if (!isThenable(result)) end(() => answer.reply(result))
      // By a promise of ours: another's may settle twice, or throw after it has settled.
      else Promise.resolve(result).then((reply) => end(() => answer.reply(reply)), fail)
    } catch (thrown) {
      fail(thrown)
    }
  }

  /** Nobody waits for the answer any more. */
  cancel(id: number): void {
    const running = this.#running.get(id)
    if (running && this.#running.delete(id, running)) running.abort()
  }

  cancelAll(): void {
    for (const [id] of this.#running.entries()) this.cancel(id)
  }

  /** This channel is closed, and its handler's answers go nowhere: `refuse` tells the peer, before the handler learns of it. */
  close(channel: ReadableChannel, refuse: (id: number) => void): void {
    for (const [id, running] of this.#running.entries()) {
      if (!running.isOf(channel) || !this.#running.delete(id, running)) continue
      refuse(id)
      running.abort()
    }
  }
}

/** A request, as its handler sees it. Its signal is made only for those who ask for it. */
class Running implements ChannelRequest<unknown> {
  readonly from: Member
  readonly value: unknown
  readonly #channel: ReadableChannel
  #controller: AbortController | undefined
  #isAborted = false

  constructor(channel: ReadableChannel, from: Member, value: unknown) {
    this.#channel = channel
    this.from = from
    this.value = value
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#isAborted) this.#controller.abort()
    return this.#controller.signal
  }

  isOf(channel: ReadableChannel): boolean {
    return channel === this.#channel
  }

  abort(): void {
    this.#isAborted = true
    this.#controller?.abort()
  }
}
