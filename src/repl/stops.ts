// Owns how the end of a run is put into words.
import type { Stop } from '../vm/faults.js'
import type { Ending } from './workbench.js'

/** A clause about a program as a whole. */
export function stopText(stop: Stop): string {
  switch (stop.kind) {
    case 'halted':
      return stop.code === 0
        ? 'halted with code 0'
        : 'stopped with code 1, at an illegal opcode or past its end'
    case 'crashed':
      return `crashed with code 1: ${stop.fault.message}`
    case 'yielded':
      return 'used up its fuel'
    default:
      return stop satisfies never
  }
}

/** A sentence about what a line came to; null where there is nothing to tell. */
export function endingText(ending: Ending): string | null {
  switch (ending.kind) {
    case 'done':
      return null
    case 'halted':
      return 'The program has halted with code 0.'
    case 'lost':
      return `The program has stopped with code 1: there is no instruction at ${ending.pc}.`
    case 'crashed':
      return `The program has crashed with code 1: ${ending.message}.`
    case 'interrupted':
      return `Interrupted at ${ending.pc}.`
    case 'exhausted':
      return `Stopped at ${ending.pc}: a line may execute ${ending.fuel} instructions here.`
    default:
      return ending satisfies never
  }
}
