// Owns the calls of the host that wait: each ends once, by its result, by its caller's signal, or by the
// node's close. Must not know what they wait for.
import { Chain, type Chained } from '../core/chain.js'
import type { Cancel } from '../core/clock.js'
import { badOption, IridiumError } from '../core/errors.js'

/** What every method that waits takes. */
export interface CallOptions {
  /** Ends the waiting: the call rejects with ERR_IRIDIUM_ABORTED, whose `cause` is the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Ends one call. Later calls of either do nothing. */
export interface Settle<T> {
  resolve(value: T): void
  reject(error: unknown): void
}

/** A call that waits. */
interface Call extends Chained<Call> {
  readonly giveUp: (error: IridiumError) => void
}

export class PendingCalls {
  readonly #open = new Chain<Call>()
  #closed = false

  /** Calls that wait. */
  get size(): number {
    return this.#open.size
  }

  /**
   * Begins a call. `start` is called unless the node is closed or the signal has fired already; what it
   * returns is called if the call ends by its signal or the node's close, to give up what it began; that may
   * happen while `start` still runs, as when it reads a value's getter that aborts.
   */
  begin<T>(
    { signal }: CallOptions,
    start: (settle: Settle<T>) => (() => void) | undefined,
  ): Promise<T> {
    if (signal !== undefined && !isSignal(signal)) {
      return Promise.reject(badOption('signal', 'an AbortSignal', signal))
    }
    if (this.#closed) return Promise.reject(closedError())
    if (signal?.aborted) return Promise.reject(abortedError(signal))
    return new Promise<T>((resolve, reject) => {
      let abandon: (() => void) | undefined
      let ended = false
      let isGivenUp = false
      const end = (how: () => void): void => {
        if (ended) return
        ended = true
        this.#open.remove(call)
        stopListening?.()
        how()
      }
      const giveUp = (error: IridiumError): void =>
        end(() => {
          isGivenUp = true
          abandon?.()
          reject(error)
        })
      const stopListening = signal && whenAborted(signal, () => giveUp(abortedError(signal)))
      const call: Call = { giveUp, previous: undefined, next: undefined }
      this.#open.push(call)
      try {
        abandon = start({
          resolve: (value) => end(() => resolve(value)),
          reject: (error) => end(() => reject(error)),
        })
        if (isGivenUp) abandon?.()
      } catch (error) {
        end(() => reject(error))
      }
    })
  }

  /** Rejects every call that waits, and every later one, with ERR_IRIDIUM_CLOSED. */
  close(): void {
    this.#closed = true
    for (const { giveUp } of this.#open.toArray()) giveUp(closedError())
  }
}

export function closedError(): IridiumError {
  return new IridiumError('ERR_IRIDIUM_CLOSED', 'the node is closed')
}

/** By signal, who waits for it: they share one listener, since the platform warns of a leak at the eleventh. */
const waiting = new WeakMap<AbortSignal, Shared>()

interface Shared {
  readonly listeners: Chain<Listening>
  readonly listener: () => void
}

interface Listening extends Chained<Listening> {
  readonly callback: () => void
}

function whenAborted(signal: AbortSignal, callback: () => void): Cancel {
  const { listeners, listener } = waiting.get(signal) ?? listenTo(signal)
  const listening: Listening = { callback, previous: undefined, next: undefined }
  listeners.push(listening)
  return () => {
    listeners.remove(listening)
    if (listeners.size > 0) return
    signal.removeEventListener('abort', listener)
    waiting.delete(signal)
  }
}

function listenTo(signal: AbortSignal): Shared {
  const listeners = new Chain<Listening>()
  const listener = (): void => {
    for (const { callback } of listeners.toArray()) callback()
  }
  const shared = { listeners, listener }
  waiting.set(signal, shared)
  signal.addEventListener('abort', listener)
  return shared
}

function isSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>
  return typeof aborted === 'boolean' && typeof addEventListener === 'function'
}

function abortedError(signal: AbortSignal): IridiumError {
  return new IridiumError('ERR_IRIDIUM_ABORTED', 'the call was aborted by its signal', {
    cause: signal.reason,
  })
}
