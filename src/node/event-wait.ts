// Owns `waitFor`: a promise of the next event of a name.
import { badOption, IridiumError, messageOf } from '../core/errors.js'
import { readRecord } from '../core/record.js'
import { EVENTS, type EventPayload, type NodeEvents } from './events.js'
import type { CallOptions, PendingCalls } from './pending.js'
import { isThenable } from './thenable.js'

/** The options of `waitFor`. */
export interface WaitOptions<Name extends keyof NodeEvents> extends CallOptions {
  /**
   * Only an event for which this returns true ends the waiting. What it throws rejects the promise, as the cause of an
   * ERR_IRIDIUM_LISTENER; so does a promise in place of the answer.
   */
  readonly filter?: ((payload: EventPayload<Name>) => boolean) | undefined
}

/** What has events. */
interface Source {
  on<Name extends keyof NodeEvents>(event: Name, listener: NodeEvents[Name]): unknown
  off<Name extends keyof NodeEvents>(event: Name, listener: NodeEvents[Name]): unknown
}

/** Resolves to the payload of the next event of this name that passes the filter; waits among `waits`. */
export function waitForEvent<Name extends keyof NodeEvents>(
  source: Source,
  waits: PendingCalls,
  event: Name,
  options: WaitOptions<Name>,
): Promise<EventPayload<Name>> {
  if (!Object.hasOwn(EVENTS, event)) throw badOption('event', 'the name of an event', event)
  const { filter, signal } = readRecord('options', options, ['filter', 'signal']) as typeof options
  if (filter !== undefined && typeof filter !== 'function') {
    throw badOption('filter', 'a function', filter)
  }
  return waits.begin<EventPayload<Name>>({ signal }, (settle) => {
    const listener = ((payload: EventPayload<Name>) => {
      try {
        if (filter && !answerOf(filter, payload)) return
        settle.resolve(payload)
      } catch (cause) {
        const message = `the filter of waitFor(${event}) failed: ${messageOf(cause)}`
        settle.reject(new IridiumError('ERR_IRIDIUM_LISTENER', message, { cause }))
      }
      source.off(event, listener)
    }) as NodeEvents[Name]
    source.on(event, listener)
    return () => source.off(event, listener)
  })
}

/** A promise would pass every event, and its rejection would be nobody's. */
function answerOf<P>(filter: (payload: P) => unknown, payload: P): unknown {
  const answer = filter(payload)
  if (!isThenable(answer)) return answer
  answer.then(undefined, () => {})
  throw badOption('filter', 'a function that answers with true or false at once', answer)
}
