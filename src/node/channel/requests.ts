// Owns the requests that this node has sent over one link and that wait for a reply. Must not know how they
// were sent, nor when they time out.
import type { IridiumError } from '../../core/errors.js'
import { MAX_REQUEST_ID } from '../../core/limits.js'
import type { ChannelCounters } from './counters.js'
import type { ReadableChannel } from './incoming.js'
import { Numbered } from './numbered.js'

export interface WaitingRequest {
  readonly channel: ReadableChannel
  resolve(value: unknown): void
  reject(error: IridiumError): void
}

export class Requests {
  readonly #counters: ChannelCounters
  readonly #maxId: number
  readonly #waiting = new Numbered<WaitingRequest>()
  #lastId = 0

  /** Behind `maxId` the ids begin again. */
  constructor(counters: ChannelCounters, maxId: number = MAX_REQUEST_ID) {
    this.#counters = counters
    this.#maxId = maxId
  }

  /** Begins to wait; returns the request's id, which no other one has that waits. */
  add(request: WaitingRequest): number {
    do this.#lastId = (this.#lastId % this.#maxId) + 1
    while (this.#waiting.get(this.#lastId))
    this.#waiting.add(this.#lastId, request)
    this.#counters.requestsWaiting++
    return this.#lastId
  }

  get(id: number): WaitingRequest | undefined {
    return this.#waiting.get(id)
  }

  /** The request with this id, which waits no longer; undefined if none does. */
  take(id: number): WaitingRequest | undefined {
    const request = this.#waiting.get(id)
    if (request && this.#waiting.delete(id, request)) this.#counters.requestsWaiting--
    return request
  }

  /** Rejects those of one channel, or all, in the order of their numbers; `gone` is told each of these. */
  rejectAll(error: IridiumError, channel?: object, gone?: (id: number) => void): void {
    for (const [id, request] of this.#waiting.entries()) {
      if (channel !== undefined && request.channel !== channel) continue
      this.take(id)?.reject(error)
      gone?.(id)
    }
  }
}
