// Owns the listeners of one event of a channel: each is called in its own try, and what they return is waited for.
// Not an EventEmitter, because that drops what listeners return, and the promises tell when a message is dealt with.
import { isThenable } from '../thenable.js'

export type Listener<E> = (event: E) => unknown

interface Entry<E> {
  /** What the host gave. */
  readonly listener: Listener<E>
  readonly call: Listener<E>
}

export class Listeners<E> {
  readonly #failed: (cause: unknown) => void
  /** Replaced, never changed: a round that is under way goes on as it began. */
  #entries: readonly Entry<E>[] = []

  /** `failed` is told what a listener throws or rejects with. Must not throw. */
  constructor(failed: (cause: unknown) => void) {
    this.#failed = failed
  }

  add(listener: Listener<E>): void {
    this.#entries = [...this.#entries, { listener, call: listener }]
  }

  addOnce(listener: Listener<E>): void {
    const call = (event: E): unknown => {
      this.#entries = this.#entries.filter((entry) => entry.call !== call)
      return listener(event)
    }
    this.#entries = [...this.#entries, { listener, call }]
  }

  remove(listener: Listener<E>): void {
    this.#entries = this.#entries.filter((entry) => entry.listener !== listener)
  }

  clear(): void {
    this.#entries = []
  }

  /** Calls every listener. False: there is none. A promise, if one of them returned one: it fulfils when all have settled. */
  emit(event: E): Promise<unknown> | boolean {
    const entries = this.#entries
    if (entries.length === 1) {
      const promise = this.#call(entries[0] as Entry<E>, event)
      return promise === undefined || Promise.resolve(promise)
    }
    const promises: unknown[] = []
    for (const entry of entries) {
      const promise = this.#call(entry, event)
      if (promise !== undefined) promises.push(promise)
    }
    return promises.length > 0 ? Promise.all(promises) : entries.length > 0
  }

  /** What the listener returned, if it is a promise; this one is never rejected. */
  #call({ call }: Entry<E>, event: E): PromiseLike<unknown> | undefined {
    try {
      const result = call(event)
      if (result === undefined || !isThenable(result)) return undefined
      // By a promise of ours: another's `then` may return nothing, and is dealt with all the same when it has settled.
      return Promise.resolve(result).then(undefined, this.#failed)
    } catch (cause) {
      this.#failed(cause)
      return undefined
    }
  }
}
