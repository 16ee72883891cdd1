// Both engines and the reference, over random programs in random slices: see differential.ts.
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { KERNELS } from '../../../bench/kernels.js'
import { FUEL_PER_CALL } from '../../../src/core/limits.js'
import { Pool } from '../../../src/vm/memory/pool.js'
import { buildImage, HEADER_BYTES } from '../../../src/vm/program.js'
import { Vm } from '../../../src/vm-entry.js'
import { stateOf } from '../machines.js'
import { CodeBuilder } from './code-builder.js'
import { runTrial } from './differential.js'
import { randomTrial, type Trial } from './random-program.js'

/** Programs that are drawn in this test; `npm run fuzz` draws others, for as long as one likes. */
const PROGRAMS = 2000
/** On a machine that is busy with other work, fewer have to do. */
const LIMIT_MS = 40_000
const LEAST_PROGRAMS = 500
const SHARED_PROGRAMS = 200
const SHARED_LIMIT_MS = 10_000
const LEAST_SHARED_PROGRAMS = 50

/** Trials that have failed once, each with the reason, which is mended. */
const past: readonly (Trial & { reason: string })[] = JSON.parse(
  readFileSync(new URL('./failures.json', import.meta.url), 'utf8'),
)

for (const { reason, ...trial } of past) {
  test(reason, () => assert.is(runTrial(trial).difference, undefined))
}

test('random programs end in the same state on both engines and on the reference', () => {
  const ends = new Map<string, number>()
  const end = performance.now() + LIMIT_MS
  let instructions = 0
  let seed = 0
  while (seed < PROGRAMS && (seed < LEAST_PROGRAMS || performance.now() < end)) {
    seed++
    const outcome = runTrial(randomTrial(seed))
    assert.is(outcome.difference, undefined, `seed ${seed}: ${outcome.difference}`)
    ends.set(outcome.stop, (ends.get(outcome.stop) ?? 0) + 1)
    instructions += outcome.instructions
  }
  // The draw is worth something only if programs get somewhere, and end in every way there is.
  assert.ok(instructions > 100 * seed, `${instructions} instructions`)
  assert.is(ends.size, 13, [...ends].join(' '))
})

test('in a memory that threads can share, too', () => {
  const pool = new Pool({ isForThreads: true })
  const block = pool.blockForRecord()
  assert.instance(block.bytes.buffer, SharedArrayBuffer)
  const end = performance.now() + SHARED_LIMIT_MS
  let instructions = 0
  let seed = 0
  while (seed < SHARED_PROGRAMS && (seed < LEAST_SHARED_PROGRAMS || performance.now() < end)) {
    seed++
    const outcome = runTrial(randomTrial(seed), pool)
    assert.is(outcome.difference, undefined, `seed ${seed}: ${outcome.difference}`)
    instructions += outcome.instructions
  }
  assert.ok(instructions > 100 * seed, `${instructions} instructions`)
  assert.ok(block.latestCode !== undefined, 'compiled code has run there')
})

test('a program of more functions than a byte counts', () => {
  const code = new CodeBuilder()
  const end = code.newLabel()
  code.loadLabel(20, end)
  code.emit('JMP', 20)
  for (let i = 0; i < 300 * 32; i++) code.emit('INC', i % 8)
  code.place(end)
  for (let i = 0; i < 100; i++) code.emit('INC', i % 8)
  code.emit('HLT')
  const image = buildImage(new Uint8Array(0), code.build(HEADER_BYTES))
  const trial: Trial = {
    ...randomTrial(1),
    image: Buffer.from(image).toString('hex'),
    bounds: {
      unitInstructions: 32,
      pathInstructions: 32,
      resumeDepth: 12,
      stepInstructions: 256,
      fuelPerCall: FUEL_PER_CALL,
    },
  }
  assert.equal(runTrial(trial), { difference: undefined, stop: 'halted 0', instructions: 103 })
})

test('at the end of what one call of compiled code takes, too', () => {
  for (const { name, program, size } of KERNELS) {
    for (const calls of [1, 2]) {
      for (const more of [-33, -1, 0, 1, 2, 31, 32, 33]) {
        const fuel = calls * FUEL_PER_CALL + more
        const [compiled, interpreted] = (['compiled', 'interpreter'] as const).map((engine) => {
          const vm = new Vm(program, { engine, now: () => 0 })
          vm.registers[0] = size
          assert.is(vm.run({ fuel }).kind, 'yielded')
          const state = stateOf(vm)
          vm.close()
          return state
        })
        assert.equal(compiled, interpreted, `${name}, fuel ${fuel}`)
      }
    }
  }
})

test.run()
