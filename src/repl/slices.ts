// Owns running a machine without holding the event loop: a slice of fuel, a turn of the loop, and so on.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { TERMINAL_SLICE_FUEL } from '../core/limits.js'
import type { Stop } from '../vm/faults.js'
import type { Vm } from '../vm/vm.js'

/**
 * Runs until the machine stops; resolves to `yielded` if `signal` fires first. `written` is awaited after
 * every slice, so that a program cannot print faster than its reader reads.
 */
export async function runInSlices(
  vm: Vm,
  { signal, written }: { signal?: AbortSignal; written?: () => Promise<void> } = {},
): Promise<Stop> {
  while (true) {
    const stop = vm.run({ fuel: TERMINAL_SLICE_FUEL })
    await written?.()
    if (stop.kind !== 'yielded' || signal?.aborted) return stop
    await nextTurn()
  }
}
