// Owns the list of what the writers of a unit's function share.
import type { Exits } from './exits.js'
import type { Frame } from './frame.js'
import type { FunctionWriter } from './function-writer.js'
import type { Graph } from './graph.js'
import type { Resumption } from './routes.js'
import type { StraightWriter } from './straight.js'

export interface Parts {
  readonly graph: Graph
  readonly resumption: Resumption
  /** By node, 1: the flag's value at its beginning may be seen. */
  readonly flagUses: Uint8Array
  readonly frame: Frame
  readonly writer: FunctionWriter
  readonly exits: Exits
  readonly straight: StraightWriter
}
