// Owns what a command may see of its session.
import type { Seat } from './seat.js'
import type { Spawns } from './spawns.js'
import type { Workbench } from './workbench.js'

export interface Context {
  readonly bench: Workbench
  readonly seat: Seat
  readonly spawns: Spawns
  /** The lines typed so far, this one included. */
  readonly history: readonly string[]
  /** Fires when the user interrupts this command. */
  readonly signal: AbortSignal
  /** One line of the reply. */
  readonly print: (line: string) => void
  /** Puts a question; the next line is its answer, not a request. */
  readonly ask: (
    question: string,
    answered: (answer: string, context: Context) => Promise<void>,
  ) => void
  /** No further line is taken. */
  readonly end: () => void
}
