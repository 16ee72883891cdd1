// `npm run fuzz -- --minutes N [--seed S]`: draws programs until the time is over, and prints those on which
// the engines differ, as lines to be added to test/vm/compiler/failures.json.
import { parseArgs } from 'node:util'
import { runTrial } from '../vm/compiler/differential.js'
import { randomTrial } from '../vm/compiler/random-program.js'

const REPORT_MS = 10_000

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' } },
})
const first = values.seed === undefined ? Date.now() & 0x3fffffff : Number(values.seed)
const end = Date.now() + Number(values.minutes) * 60_000
if (!Number.isInteger(first) || Number.isNaN(end)) {
  console.error('usage: npm run fuzz -- --minutes N [--seed S]')
  process.exit(2)
}

let failed = 0
let reported = Date.now()
let seed = first
for (; Date.now() < end; seed++) {
  const difference = differenceOf(seed)
  if (difference !== undefined) {
    failed++
    console.log(`seed ${seed}: ${difference}`)
    console.log(JSON.stringify({ reason: '', ...randomTrial(seed) }))
  }
  if (Date.now() - reported < REPORT_MS) continue
  reported = Date.now()
  console.log(`${seed - first + 1} programs, ${failed} failed, from seed ${first}`)
}
console.log(`${seed - first} programs, ${failed} failed, from seed ${first}`)
process.exitCode = failed === 0 ? 0 : 1

function differenceOf(seed: number): string | undefined {
  try {
    return runTrial(randomTrial(seed)).difference
  } catch (error) {
    return String(error instanceof Error ? error.stack : error)
  }
}
