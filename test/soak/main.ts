// `npm run soak -- [--count N]`: joins and leaves, a fiftieth of them over sockets. `npm run soak -- --strangers N`: a
// scanner's malformed connections. Prints what was measured; ends with 1 if it was not flat.
import { parseArgs } from 'node:util'
import { endAll } from '../process/harness.js'
import { type Footprint, growth, inMemory, overSockets, soak } from './joins.js'
import { scan } from './strangers.js'

/** How much more may be in use at the end than at first. */
const TOLERANCE = 0.05

const { values } = parseArgs({
  options: { count: { type: 'string', default: '100000' }, strangers: { type: 'string' } },
})
const count = Number(values.strangers ?? values.count)
if (!Number.isInteger(count) || count < 100) {
  console.error('usage: npm run soak -- [--count N | --strangers N]')
  process.exit(2)
}

let flat: boolean
if (values.strangers === undefined) {
  flat = report('in memory', await soak(await inMemory(), count))
  flat = report('over sockets', await soak(await overSockets(), Math.ceil(count / 50))) && flat
} else {
  const tally = await scan(count)
  console.log(tally)
  const more = growth(tally.heaps)
  console.log(`heap ${percent(more)}`)
  flat = more <= TOLERANCE && tally.alarms === 0 && tally.faults === 0
}
await endAll()
process.exitCode = flat ? 0 : 1

function report(name: string, footprints: readonly Footprint[]): boolean {
  console.log(name)
  console.table(footprints)
  const more = growth(footprints.map(({ heap }) => heap))
  const handles = footprints.map((each) => each.handles)
  console.log(`heap ${percent(more)}, handles ${handles.join(' ')}`)
  return more <= TOLERANCE && Math.max(...handles) <= (handles[0] as number)
}

function percent(share: number): string {
  return `${share < 0 ? '' : '+'}${(100 * share).toFixed(2)} %`
}
