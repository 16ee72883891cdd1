// Owns how the bench runs a program on our engines: in slices, as a scheduler does.
import { type Program, Vm } from '../src/vm-entry.js'

export const ENGINES = ['interpreter', 'compiled'] as const
export type Engine = (typeof ENGINES)[number]

/** Instructions of a slice: what a scheduler would give a program before it looks at the others. */
export const SLICE = 10_000

/** What the program leaves in $1. */
export function runInSlices(program: Program, size: number, engine: Engine): number {
  const vm = new Vm(program, { engine })
  vm.registers[0] = size
  while (vm.run({ fuel: SLICE }).kind === 'yielded');
  const result = vm.registers[1] as number
  vm.close()
  return result
}
