// Owns the engine that can do everything: it executes stretches of instructions (stretch.ts), and between
// them does what the next one needs. Its contract stands in engine.ts.
import { MAX_STRETCH_INSTRUCTIONS } from '../core/limits.js'
import { EXIT_BACKED, EXIT_DONE, EXIT_PRINT } from './engine.js'
import { FAULT_REASONS } from './faults.js'
import type { FaultReason } from './instructions.js'
import * as record from './layout.js'
import type { Machine } from './machine.js'
import {
  AT_LIMIT,
  FAULTED,
  HALTED,
  HEAP_NOT_BACKED,
  JUMPED_AWAY,
  NOT_DECODED,
  PRINTED,
  STACK_NOT_BACKED,
  STOPPED_ILLEGAL,
  stretch,
} from './stretch.js'

/** Executes at most `limit` instructions of `machine`, within its fuel. Returns EXIT_DONE, EXIT_PRINT or EXIT_BACKED. */
export function interpret(machine: Machine, limit: number): number {
  let rest = limit
  while (machine.word(record.STOP) === record.STOP_NONE) {
    const fuel = machine.float(record.FUEL)
    const most = Math.min(rest, fuel, MAX_STRETCH_INSTRUCTIONS)
    if (most <= 0) break
    const count = machine.float(record.INSTRUCTION_COUNT)
    const why = stretch(machine, most)
    // The common end of the short stretches between two pieces of compiled code.
    if (why === AT_LIMIT && most === limit) return EXIT_DONE
    rest -= machine.float(record.INSTRUCTION_COUNT) - count
    if (why === PRINTED) return EXIT_PRINT
    serve(machine, why)
    if (why === STACK_NOT_BACKED || why === HEAP_NOT_BACKED) return EXIT_BACKED
  }
  return EXIT_DONE
}

/** Does what the end of a stretch asks for: what the next stretch needs, or the stop. */
function serve(machine: Machine, why: number): void {
  const pc = machine.word(record.PC)
  switch (why) {
    case AT_LIMIT:
    case JUMPED_AWAY:
      break
    case NOT_DECODED:
      machine.decoded.decodeFrom(pc >> 2, pc & 3)
      break
    case STACK_NOT_BACKED: {
      // Two more entries are enough for PUSH and CALL alike.
      const entries = machine.word(record.STACK_DEPTH) + 2
      const isBacked = machine.backStack(Math.min(entries, machine.word(record.STACK_LIMIT)))
      if (!isBacked) crash(machine, 'stackOverflow')
      break
    }
    case HEAP_NOT_BACKED: {
      const register = machine.program.bytes[pc + 1] as number
      const offset = machine.word(record.REGISTERS + register * 4)
      if (!machine.growHeap(offset + 4)) crash(machine, 'heapLimit')
      break
    }
    case HALTED:
      machine.setWord(record.STOP, record.STOP_HALTED)
      break
    case STOPPED_ILLEGAL:
      machine.setWord(record.STOP, record.STOP_ILLEGAL)
      break
    default:
      crash(machine, FAULT_REASONS[why - FAULTED] as FaultReason)
  }
}

function crash(machine: Machine, reason: FaultReason): void {
  machine.setWord(record.STOP, record.STOP_CRASHED)
  machine.setWord(record.FAULT, FAULT_REASONS.indexOf(reason))
}
