// Owns what a machine remembers of its starts and stops.
import { MAX_VM_EVENTS } from '../core/limits.js'
import type { Stop } from './faults.js'

/** A program of this machine has started or stopped. `code` is the stop code, 0 for a start. */
export interface VmEvent {
  readonly type: 'start' | 'gracefulStop' | 'crash'
  readonly code: 0 | 1
  readonly at: Date
}

/** The latest MAX_VM_EVENTS events, oldest first. */
export class EventLog {
  readonly #events: {
    readonly type: VmEvent['type']
    readonly code: 0 | 1
    readonly at: number
  }[] = []

  /** `at` in milliseconds since the epoch. */
  started(at: number): void {
    this.#add({ type: 'start', code: 0, at })
  }

  stopped(stop: Exclude<Stop, { kind: 'yielded' }>, at: number): void {
    this.#add({ type: stop.kind === 'crashed' ? 'crash' : 'gracefulStop', code: stop.code, at })
  }

  list(): readonly VmEvent[] {
    return this.#events.map((event) => ({ ...event, at: new Date(event.at) }))
  }

  #add(event: { type: VmEvent['type']; code: 0 | 1; at: number }): void {
    if (this.#events.length === MAX_VM_EVENTS) this.#events.shift()
    this.#events.push(event)
  }
}
