// Owns the node's listener: one attempt to bind, shared by all who wait for it, and given up with the last of them.
import type { Address } from '../core/address.js'
import { IridiumError, messageOf } from '../core/errors.js'
import type { Listener, StrangerCounts } from '../transport/transport.js'
import type { Settle } from './pending.js'

export class Listening {
  readonly #bind: () => Promise<Listener>
  readonly #bound: (address: Address) => void
  readonly #waiting = new Set<Settle<Address>>()
  #isBinding = false
  #listener: Listener | undefined
  #strangers: StrangerCounts | undefined

  /** `bound` is called when the listener is there, before those who wait go on. */
  constructor(bind: () => Promise<Listener>, bound: (address: Address) => void) {
    this.#bind = bind
    this.#bound = bound
  }

  /** Where the node listens; null until it does. */
  get address(): Address | null {
    return this.#listener?.address ?? null
  }

  /** What the listener has seen of strangers, also after its end, if the transport counts them. */
  get strangers(): StrangerCounts | undefined {
    return this.#strangers
  }

  /** Whether somebody waits for the listener. */
  get isOpening(): boolean {
    return this.#isBinding && this.#waiting.size > 0
  }

  /** Listens, and resolves when it does; at once if it does already. The returned function stops to wait. */
  open(settle: Settle<Address>): () => void {
    if (this.#listener) {
      settle.resolve(this.#listener.address)
    } else {
      this.#waiting.add(settle)
      if (!this.#isBinding) this.#attempt()
    }
    return () => this.#waiting.delete(settle)
  }

  /** Stops to listen; an attempt under way is given up. */
  close(): void {
    this.#waiting.clear()
    this.#listener?.close()
    this.#listener = undefined
  }

  #attempt(): void {
    this.#isBinding = true
    // In a then, so that what `bind` throws counts as a rejection.
    Promise.resolve()
      .then(this.#bind)
      .then(
        (listener) => this.#succeeded(listener),
        (cause: unknown) => this.#failed(cause),
      )
  }

  #succeeded(listener: Listener): void {
    this.#isBinding = false
    if (this.#waiting.size === 0) {
      listener.close() // nobody wants it any more
      return
    }
    this.#listener = listener
    this.#strangers = listener.strangers
    this.#bound(listener.address)
    for (const { resolve } of this.#take()) resolve(listener.address)
  }

  #failed(cause: unknown): void {
    this.#isBinding = false
    const error = listenFailed(cause, 'cannot listen')
    for (const { reject } of this.#take()) reject(error)
  }

  #take(): Settle<Address>[] {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    return waiting
  }
}

/** What went wrong with one that wanted to connect: of strangers it has a code already; the rest is the system's. */
export function notAccepted(cause: unknown): IridiumError {
  return listenFailed(cause, 'a connection could not be accepted')
}

function listenFailed(cause: unknown, what: string): IridiumError {
  if (cause instanceof IridiumError) return cause
  return new IridiumError('ERR_IRIDIUM_LISTEN_FAILED', `${what}: ${messageOf(cause)}`, { cause })
}
