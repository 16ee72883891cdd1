// The hostile world: the same seeds with every change, and those that have failed once.
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runChaos } from './chaos.js'

/** Seeds that have found a fault: one a line, what it was behind it. */
const FAILED = readFileSync(new URL('./seeds.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => Number.parseInt(line, 10))

/** npm run sim has no end: so many here keep the test short. */
const FAULTS = 100_000

function runAll(seeds: Iterable<number>, isEnough: (faults: number) => boolean): number {
  let faults = 0
  for (const seed of seeds) {
    const report = runChaos({ seed })
    faults += report.faults
    assert.equal(report.violations, [], `npm run sim -- --seed ${seed} --trace`)
    if (isEnough(faults)) break
  }
  return faults
}

function* from(first: number): Generator<number> {
  for (let seed = first; ; seed++) yield seed
}

test('seeds that have failed once', () => {
  runAll(FAILED, () => false)
})

test('a hundred thousand faults: safe at every step, and one view once everything has healed', () => {
  const faults = runAll(from(1), (sum) => sum >= FAULTS)
  assert.ok(faults >= FAULTS)
})

test('a seed replays exactly', () => {
  const trace = (): string[] => {
    const lines: string[] = []
    runChaos({ seed: 7, nodes: 5, faultsMs: 20_000, trace: (line) => lines.push(line) })
    return lines
  }
  const first = trace()
  assert.ok(first.length > 100)
  assert.equal(trace(), first)
})

test.run()
