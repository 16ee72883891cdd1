// Owns what a machine remembers of its starts and stops.
import { MAX_VM_EVENTS } from '../core/limits.js'
import type { FinalStop } from './faults.js'

/** A program of this machine has started or stopped. `code` is the stop code, 0 for a start. */
export interface VmEvent {
  readonly type: 'start' | 'gracefulStop' | 'crash'
  readonly code: 0 | 1
  readonly at: Date
}

export function startEvent(atMs: number): VmEvent {
  return { type: 'start', code: 0, at: new Date(atMs) }
}

export function stopEvent(stop: FinalStop, atMs: number): VmEvent {
  const type = stop.kind === 'crashed' ? 'crash' : 'gracefulStop'
  return { type, code: stop.code, at: new Date(atMs) }
}

/** `events` and then `more`, as a new list; without the oldest if there are too many. */
export function appended(events: readonly VmEvent[], more: readonly VmEvent[]): VmEvent[] {
  return [...events, ...more].slice(-MAX_VM_EVENTS)
}
