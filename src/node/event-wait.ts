// Owns `waitFor`: a promise of the next event of a name.
import { badOption } from '../core/errors.js'
import { readRecord } from '../core/record.js'
import { EVENTS, type EventPayload, type NodeEvents } from './events.js'
import type { CallOptions, PendingCalls } from './pending.js'

/** The options of `waitFor`. */
export interface WaitOptions<Name extends keyof NodeEvents> extends CallOptions {
  /** Only an event for which this returns true ends the waiting. */
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
        if (filter && !filter(payload)) return
        settle.resolve(payload)
      } catch (error) {
        settle.reject(error)
      }
      source.off(event, listener)
    }) as NodeEvents[Name]
    source.on(event, listener)
    return () => source.off(event, listener)
  })
}
