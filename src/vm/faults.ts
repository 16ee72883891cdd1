// Owns how a run ends: stops and faults, as hosts see them.
import { FAULTS, type FaultReason } from './instructions.js'

/** What a program did wrong, and where. The faulting instruction has changed nothing. */
export interface Fault {
  readonly reason: FaultReason
  /** Byte address of the faulting instruction in the image. */
  readonly pc: number
  readonly message: string
}

/** How a program ended: 0 for HLT, 1 for an illegal opcode or a way out of the image, or a fault. */
export type FinalStop =
  | { readonly kind: 'halted'; readonly code: 0 | 1 }
  | { readonly kind: 'crashed'; readonly code: 1; readonly fault: Fault }

/** Why a run ended: with its program, or with its fuel. */
export type Stop = FinalStop | { readonly kind: 'yielded' }

/** The reasons in a fixed order: a record holds the index. Append only, snapshots rely on it. */
export const FAULT_REASONS = Object.keys(FAULTS) as readonly FaultReason[]

export function faultAt(reason: FaultReason, pc: number): Fault {
  return { reason, pc, message: `${FAULTS[reason]}, at ${pc}` }
}
