// Prints the figures of `npm run bench`; `npm run bench -- PATTERN` only those sections whose title matches.
import { cpus } from 'node:os'
import * as machine from './machine.js'

const SECTIONS: readonly (readonly [title: string, measure: () => string[]])[] = [
  ['The counting loop, per instruction', machine.countingLoop],
  ['Kernels, in slices of 10,000 instructions, as multiples of JavaScript', machine.kernels],
  ['Leaving a program and coming back', machine.slices],
  ['From bytes to the first instruction', machine.firstInstruction],
  ['100,000 idle machines, per machine', machine.idleMachines],
  ['100,000 machines, per machine', machine.manyMachines],
]

const pattern = new RegExp(process.argv[2] ?? '', 'i')
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`)
for (const [title, measure] of SECTIONS) {
  if (!pattern.test(title)) continue
  console.log(`\n${title}`)
  for (const line of measure()) console.log(`  ${line}`)
}
