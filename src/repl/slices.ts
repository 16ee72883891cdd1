// Owns running a machine without holding the event loop: a slice of fuel, a turn of the loop, and so on.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { TERMINAL_SLICE_FUEL } from '../core/limits.js'
import type { Stop } from '../vm/faults.js'
import type { Vm } from '../vm/vm.js'

/**
 * Runs until the machine stops; resolves to `yielded` if `signal` fires first, or when `fuel` is used up. `written`
 * is awaited after every slice, so that a program cannot print faster than its reader reads.
 */
export async function runInSlices(
  vm: Vm,
  {
    fuel = Number.POSITIVE_INFINITY,
    signal,
    written,
  }: { fuel?: number; signal?: AbortSignal; written?: () => Promise<void> } = {},
): Promise<Stop> {
  for (let left = fuel; ; left -= TERMINAL_SLICE_FUEL) {
    const stop = vm.run({ fuel: Math.min(left, TERMINAL_SLICE_FUEL) })
    await written?.()
    if (stop.kind !== 'yielded' || signal?.aborted || left <= TERMINAL_SLICE_FUEL) return stop
    await nextTurn()
  }
}
