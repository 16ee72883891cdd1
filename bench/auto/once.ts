// Owns how a program is timed that runs once: its bytes were never seen before, and it ends after so many instructions.
import { assemble, type Program, Vm, type VmOptions } from '../../src/vm-entry.js'
import { processorTime } from '../measure.js'
import { SLICE } from '../slices.js'

export type Engine = NonNullable<VmOptions['engine']>

/** A loop of about `size` instructions without an end. `seed` makes it unlike all others. */
export function loopProgram(size: number, seed: number): Program {
  const body = Array.from({ length: size - 4 }, (_, at) => `ADD $1 $2 $${2 + (at % 5)}`)
  return assemble(
    `.data\n.code\nLOAD $8 #${seed}\nLOAD $9 @top\ntop: INC $1\n${body.join('\n')}\nJMP $9`,
  )
}

/** Nanoseconds of the processor, of all threads: V8 compiles on others, too. */
export function timeOnce(program: Program, engine: Engine, fuel: number): number {
  const start = processorTime()
  const vm = new Vm(program, { engine })
  for (let left = fuel; left > 0; left -= SLICE) vm.run({ fuel: Math.min(left, SLICE) })
  const time = processorTime() - start
  vm.close()
  return time
}
