// Owns the contract between a Vm and what executes its machine. Two implementations: the interpreter, and
// compiled code with the interpreter behind it.
//
// An engine keeps nothing between two calls: all it knows of a machine stands in the machine's record
// (layout.ts), before and after each call. Inside a call it may keep registers where it likes.
//
// Before a call: STOP is STOP_NONE, FUEL is above 0. The engine executes instructions from PC on, and for
// each one that completes it takes 1 from FUEL and adds 1 to INSTRUCTION_COUNT. It returns
//
//   EXIT_DONE    when FUEL is 0, or the program has stopped: STOP says how. HLT has completed, and PC is
//                behind it; an illegal, faulting or truncated instruction has not, has changed nothing,
//                and PC is its address.
//   EXIT_PRINT   after a PRTS that has completed, and whose offset is in TEXT, within the read-only
//                section and with a NUL behind it. The host prints, then calls again.
//   EXIT_BACKED  after more of the stack or heap has been backed by memory, perhaps not yet enough, before the
//                instruction that needs it. Like printing that is dear, so hosts that must not be held up look at the clock.
//   n above 0    when the interpreter has to execute the next n instructions (or up to the end of the
//                fuel, if that comes first) before this engine is called again. For compiled code only:
//                where it has no entry, where fuel runs low, where backed heap or stack must grow. It
//                need not have executed anything.
//
// A float register that an instruction writes never holds a NaN other than 0x7ff8000000000000.
//
// A call may move the machine (only the interpreter does, when it backs stack or heap): `block` and `base`
// are to be read again after every call.
import type { Machine } from './machine.js'

export const EXIT_DONE = 0
export const EXIT_PRINT = -1
export const EXIT_BACKED = -3

export interface Engine {
  run(machine: Machine): number
}
