// Prints the figures of `npm run bench`; `npm run bench -- PATTERN` only those sections whose title matches.
import { cpus } from 'node:os'
import { countingLoop, idleMachines, kernels, manyMachines } from './machine.js'

const SECTIONS: readonly (readonly [title: string, measure: () => string[]])[] = [
  ['The counting loop, per instruction', countingLoop],
  ['Kernels, in slices of 10,000 instructions', kernels],
  ['100,000 machines, per machine', manyMachines],
  ['100,000 idle machines, per machine', idleMachines],
]

const pattern = new RegExp(process.argv[2] ?? '', 'i')
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`)
for (const [title, measure] of SECTIONS) {
  if (!pattern.test(title)) continue
  console.log(`\n${title}`)
  for (const line of measure()) console.log(`  ${line}`)
}
