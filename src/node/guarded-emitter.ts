// Owns that no listener can harm the emitter, or keep an event from the other listeners.
// Must not know which events there are.
import { Emitter, type EventMap } from './emitter.js'
import { isThenable } from './thenable.js'

type Listener = (...args: unknown[]) => unknown

/**
 * An emitter that calls each listener in its own try. What a listener throws, or, if it is asynchronous,
 * rejects with, goes to `listenerFailed`. Works with `once` and `on` of node:events.
 */
export abstract class GuardedEmitter<E extends EventMap> extends Emitter<E> {
  readonly #guards = new Map<keyof E, WeakMap<Listener, Listener>>()

  /** Told what a listener of `event` has thrown. Must not throw. */
  protected abstract listenerFailed(event: keyof E, cause: unknown): void

  override on<K extends keyof E>(event: K, listener: E[K]): this {
    return super.on(event, this.#guarded(event, listener))
  }

  override addListener<K extends keyof E>(event: K, listener: E[K]): this {
    return this.on(event, listener)
  }

  override once<K extends keyof E>(event: K, listener: E[K]): this {
    return super.once(event, this.#guarded(event, listener))
  }

  override off<K extends keyof E>(event: K, listener: E[K]): this {
    return this.removeListener(event, listener)
  }

  /** Removes `listener` from `event`, as often as it was added. */
  // biome-ignore format: the rest arguments are eventemitter3's own, which calls this for `once`.
  override removeListener<K extends keyof E>(event: K, listener: E[K], ...rest: unknown[]): this {
    const guard = this.#guards.get(event)?.get(listener as Listener) ?? listener
    return super.removeListener(event, guard as E[K], ...(rest as []))
  }

  /** The same listener always gets the same guard, so that it can be removed. */
  #guarded<K extends keyof E>(event: K, listener: E[K]): E[K] {
    if (typeof listener !== 'function') return listener // eventemitter3 refuses it
    const guards = this.#guards.get(event) ?? new WeakMap<Listener, Listener>()
    const guard = guards.get(listener) ?? this.#guard(event, listener as Listener)
    this.#guards.set(event, guards.set(listener, guard))
    return guard as E[K]
  }

  #guard(event: keyof E, listener: Listener): Listener {
    return (...args) => {
      try {
        const result = listener.apply(this, args)
        if (isThenable(result)) result.then(undefined, (cause) => this.listenerFailed(event, cause))
      } catch (cause) {
        this.listenerFailed(event, cause)
      }
    }
  }
}
