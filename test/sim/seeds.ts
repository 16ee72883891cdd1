// Owns which seeds of the hostile world the tests run: so many that together they hold half a million faults and more.
// They are bound by number, never by time, and dealt to files that run beside each other.
import * as assert from 'uvu/assert'
import { runChaos } from './chaos.js'

/** Seeds of one file: some 15 s of a core that is idle. */
const SEEDS_PER_FILE = 150

/** Faults of one file, at least. */
export const FAULTS_PER_FILE = 250_000

/** Runs the seeds of the file with this number, from 0; returns how many faults they held. */
export function runFile(file: number): number {
  return runSeeds(Array.from({ length: SEEDS_PER_FILE }, (_, i) => file * SEEDS_PER_FILE + i + 1))
}

export function runSeeds(seeds: readonly number[]): number {
  let faults = 0
  for (const seed of seeds) {
    const report = runChaos({ seed })
    faults += report.faults
    assert.equal(report.violations, [], `npm run sim -- --seed ${seed} --trace`)
  }
  return faults
}
