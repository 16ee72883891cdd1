// Runs the simulation by hand: npm run sim -- [--nodes N] [--minutes M] [--seed S] [--count C] [--trace]
//   or, for the figures of the documentation, a longer run with more minutes: npm run sim -- --figures [--minutes M]
// Prints each failing seed with what it violated, and at the end the figures. A seed replays exactly.
import { parseArgs } from 'node:util'
import { runChaos } from './chaos.js'
import { figures } from './figures.js'

const { values } = parseArgs({
  options: {
    nodes: { type: 'string' },
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    count: { type: 'string' },
    trace: { type: 'boolean', default: false },
    figures: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})

if (values.figures) {
  for (const { name, value, bound, unit, violations } of figures(Number(values.minutes))) {
    const verdict = value <= bound && violations.length === 0 ? 'ok  ' : 'FAIL'
    console.log(`${verdict} ${name}: ${value} ${unit} (at most ${bound})`.replaceAll('  (', ' ('))
    for (const violation of violations) console.log(`       ${violation}`)
    if (verdict === 'FAIL') process.exitCode = 1
  }
  process.exit()
}

const first = Number(values.seed ?? Date.now() % 1e9)
const count = Number(values.count ?? (values.seed ? 1 : Number.POSITIVE_INFINITY))
const until = performance.now() + Number(values.minutes) * 60_000
const options = {
  ...(values.nodes && { nodes: Number(values.nodes) }),
  ...(values.trace && { trace: (line: string) => console.log(line) }),
}
const converged: number[] = []
let runs = 0
let faults = 0
let losses = 0
let failed = 0
let simulatedMs = 0
let steps = 0

for (let seed = first; runs < count && performance.now() < until; seed++) {
  const report = runChaos({ ...options, seed })
  runs++
  faults += report.faults
  losses += report.losses
  simulatedMs += report.simulatedMs
  steps += report.steps
  if (report.convergedMs !== null) converged.push(report.convergedMs)
  if (report.violations.length > 0) {
    failed++
    console.log(`seed ${seed} (${report.nodes} nodes, ${report.faults} faults):`)
    for (const violation of report.violations) console.log(`  ${violation}`)
  } else if (values.verbose) {
    console.log(
      `seed ${seed}: ${report.nodes} nodes, ${report.faults} faults, ${report.convergedMs} ms`,
    )
  }
}

converged.sort((a, b) => a - b)
const at = (share: number): string =>
  ((converged[Math.floor((converged.length - 1) * share)] ?? 0) / 1000).toFixed(1)
console.log(
  `${runs} seeds from ${first}, ${failed} failing; ${faults} faults, ${losses} packets lost, ${(simulatedMs / 3_600_000).toFixed(1)} simulated hours, ${(steps / 1e6).toFixed(1)} million events`,
)
console.log(`one view after: median ${at(0.5)} s, 99 % ${at(0.99)} s, worst ${at(1)} s`)
process.exitCode = failed > 0 ? 1 : 0
