// Owns how a run ends: stops and faults, as hosts see them.
import { FAULTS, type FaultReason } from './instructions.js'

/** What a program did wrong, and where. The faulting instruction has changed nothing. */
export interface Fault {
  readonly reason: FaultReason
  /** Byte address of the faulting instruction in the image. */
  readonly pc: number
  readonly message: string
}

/** Why a run ended. */
export type Stop =
  | { readonly kind: 'halted'; readonly code: 0 | 1 }
  | { readonly kind: 'crashed'; readonly code: 1; readonly fault: Fault }
  | { readonly kind: 'yielded' }

/** The reasons in a fixed order: a record holds the index. Append only, snapshots rely on it. */
export const FAULT_REASONS = Object.keys(FAULTS) as readonly FaultReason[]

export function faultAt(reason: FaultReason, pc: number): Fault {
  return { reason, pc, message: `${FAULTS[reason]}, at ${pc}` }
}
