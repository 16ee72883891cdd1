// Owns when the machine has to look at the time next. To find that among all members at each of the many inputs of a
// join would cost more than the join: so whoever sets a time says so here, and the rest is left for when it comes.
import type { State } from './state.js'

/** Something is to be done, or looked at, at this time: `s.alarmAt` is never later. */
export function wake(s: State, at: number): void {
  if (at < s.alarmAt) s.alarmAt = at
}
