// Owns the listeners of one event of a channel: each is called in its own try, and what they return is waited for.
// Not an EventEmitter, because that drops what listeners return, and the promises tell when a message is dealt with.

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

  get count(): number {
    return this.#entries.length
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

  /** Calls every listener. Returns a promise if one of them did: it fulfils when all of them have settled. */
  emit(event: E): Promise<unknown> | undefined {
    let promises: PromiseLike<unknown>[] | undefined
    const entries = this.#entries
    for (let i = 0; i < entries.length; i++) {
      try {
        const result = (entries[i] as Entry<E>).call(event)
        if (isThenable(result)) {
          promises ??= []
          promises.push(result.then(undefined, this.#failed))
        }
      } catch (cause) {
        this.#failed(cause)
      }
    }
    return promises && Promise.all(promises)
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
