// The hostile world: the same seeds with every change, and those that have failed once.
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runChaos } from './chaos.js'
import { FAULTS_PER_FILE, runFile, runSeeds } from './seeds.js'

/** Seeds that have found a fault: one a line, what it was behind it. */
const FAILED = readFileSync(new URL('./seeds.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => Number.parseInt(line, 10))

test('seeds that have failed once', () => {
  runSeeds(FAILED)
})

test('a quarter of a million faults at least: safe at every step, and one view once everything has healed', () => {
  const faults = runFile(0)
  assert.ok(faults >= FAULTS_PER_FILE, `${faults}`)
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
