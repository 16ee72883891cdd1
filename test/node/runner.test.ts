// Programs in slices: what they leave, what is refused, and that the event loop stays the host's.
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { assemble } from '../../src/assembler/assemble.js'
import type { Clock } from '../../src/core/clock.js'
import type { IridiumError } from '../../src/core/errors.js'
import { MAX_TURNS_LEFT } from '../../src/core/limits.js'
import { realClock } from '../../src/node/clock.js'
import { PendingCalls } from '../../src/node/pending.js'
import {
  type ProgramOptions,
  Runner,
  type RunResult,
  readProgramOptions,
} from '../../src/node/runner.js'
import { compiledCode } from '../../src/vm/compiler/cache.js'
import type { Program } from '../../src/vm/program.js'

const program = (source: string): Program => assemble(source, { sections: 'optional' })
const FOREVER = program('again: eq $0 $0  djmpe @again')

function setUp() {
  const runner = new Runner(realClock)
  const calls = new PendingCalls()
  const run = (program: Program, options: ProgramOptions = {}) =>
    calls.begin<RunResult>(options, (settle) =>
      runner.run(program, readProgramOptions(options), settle),
    )
  return { runner, calls, run }
}

/** A clock at which every look takes `lookMs`, and what is due at the end of the turn, to be called by the test. */
function slowClock(lookMs: number): { readonly due: (() => void)[]; readonly clock: Clock } {
  const due: (() => void)[] = []
  let now = 0
  const clock: Clock = {
    ...realClock,
    now: () => (now += lookMs),
    soon: (callback) => {
      due.push(callback)
      return () => {}
    },
  }
  return { due, clock }
}

/**
 * Runs `work` while a timer of the host's ticks. How long the loop was held between two ticks, the longest
 * first: in milliseconds of this process's own time, since the machine may be busy with others.
 */
async function holds(found: number[], work: () => Promise<unknown>): Promise<number[]> {
  let last = process.cpuUsage()
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(last)
    last = process.cpuUsage()
    found.push((user + system) / 1000)
  }, 1)
  await work()
  clearInterval(timer)
  return found.sort((a, b) => b - a)
}

test('a run resolves to all that the program left', async () => {
  const { run } = setUp()
  const result = await run(
    program(`.data
      text: .asciiz 'hello'
      .code
      ADD $0 $1 $2
      ADDF64 $0 $1 $2
      PRTS @text
      HLT`),
    { registers: [40, 2], floatRegisters: new Float64Array([0.5, 0.25]) },
  )
  assert.equal(result.stop, { kind: 'halted', code: 0 })
  assert.is(result.registers.length, 32)
  assert.is(result.registers[2], 42)
  assert.is(result.floatRegisters[2], 0.75)
  assert.is(result.output, 'hello')
  assert.not.ok(result.outputTruncated)
  assert.is(result.instructionCount, 4)
})

test('fuel is exact over many chunks', async () => {
  const { run } = setUp()
  for (const fuel of [0, 1, 999, 1000, 1001, 123_456]) {
    const { stop, instructionCount } = await run(FOREVER, { fuel })
    assert.is(stop.kind, 'yielded')
    assert.is(instructionCount, fuel)
  }
})

test('a heap that grows in steps, where others have been, costs no instruction', async () => {
  const { run } = setUp()
  // Fills a heap of 4 MiB and 2 KiB from its end, after it has read what lies there.
  const fill = program(`load $0 #64 lui $0 #0 aloc $0 load $1 #65 lui $1 #0 load $2 #4
    loadm $0 $9
    again: sub $0 $2 $0 loadm $0 $8 or $8 $9 $9 setm $0 $1 neq $0 $7 djmpe @again hlt`)
  const first = await run(fill)
  assert.equal(first.stop, { kind: 'halted', code: 0 })
  assert.is(first.instructionCount, 7 + 6 * 2 ** 20 + 1)
  assert.is(first.registers[9], 0)
  assert.equal(await run(fill), first)
})

test('a long text is printed in steps, all of it', async () => {
  const { run, runner } = setUp()
  const text = 'é'.repeat(200_000)
  const print = program(`.data\nt: .asciiz '${text}'\n.code\nprts @t\nprts @t\nprts @t\nhlt`)
  const whole = await run(print)
  assert.equal(whole.stop, { kind: 'halted', code: 0 })
  assert.ok(whole.output === (text + text + text).slice(0, 2 ** 19))
  assert.ok(whole.outputTruncated)
  const cut = await run(print, { fuel: 1 })
  assert.ok(cut.output === text && !cut.outputTruncated)
  assert.is(runner.counters.instructions, 5)
})

test('a long text is printed in as many turns if the fuel ends with it', async () => {
  // Every look at the clock takes longer than a turn may: each turn has one chunk.
  const { due, clock } = slowClock(10)
  const runner = new Runner(clock)
  const calls = new PendingCalls()
  const text = 'é'.repeat(2 ** 18)
  const print = program(`.data\nt: .asciiz '${text}'\n.code\nprts @t\nhlt`)
  const running = calls.begin<RunResult>({}, (settle) => runner.run(print, { fuel: 1 }, settle))
  let turns = 0
  for (; runner.counters.running > 0; turns++) for (const callback of due.splice(0)) callback()
  assert.ok((await running).output === text)
  assert.ok(turns >= 4, `${turns} turns`)
  calls.close()
})

test('a fault is a stop, not a rejection', async () => {
  const { stop } = await setUp().run(program('div $0 $1 $2'))
  assert.is(stop.kind === 'crashed' && stop.fault.reason, 'divisionByZero')
})

test('endless programs, also several, leave the event loop to the host', async () => {
  const { run, calls, runner } = setUp()
  const alloc = program('load $0 #64  again: aloc $0  setm $1 $1  jmpf $2  eq $0 $0  djmpe @again')
  const print = program(".data\nt: .asciiz 'x'\n.code\nagain: prts @t\neq $0 $0\ndjmpe @again")
  const found: number[] = []
  await holds(found, async () => {
    for (const each of [FOREVER, FOREVER, alloc, print, FOREVER]) {
      run(each, { maxHeapBytes: 1 << 20 }).catch(() => {})
    }
    for (const end = performance.now() + 5000; found.length < 60 && performance.now() < end; ) {
      await sleep(20)
    }
    assert.ok(runner.counters.running >= 4)
    calls.close()
  })
  assert.ok(found.length > 20, `${found.length} times the host had its turn`)
  // The own time also counts the threads of the compiler and the collector, now and then.
  const [longest = 0] = found
  const median = found[found.length >> 1] as number
  assert.ok(median < 10 && longest < 60, `median ${median} ms, longest ${longest} ms`)
  assert.is(runner.counters.running, 0)
})

test('a program that runs long, or asks for it, is compiled in the background, with the same result', async () => {
  const { run } = setUp()
  const source = (n: number) =>
    `load $1 #1000\nlui $1 #0\nagain: inc $0\nneq $0 $1\ndjmpe @again\nload $2 #${n}\nhlt`
  for (const engine of ['auto', 'compiled'] as const) {
    const each = program(source(engine.length))
    const compiled = await run(each, { engine, fuel: 100_000_000 })
    assert.ok(compiledCode(each) !== undefined, engine)
    const interpreted = await run(each, { engine: 'interpreter', fuel: 100_000_000 })
    assert.equal(compiled, interpreted)
  }
  const short = program('load $0 #77 hlt')
  await run(short)
  assert.is(compiledCode(short), undefined)
})

test('programs whose runs are given up before their turn are not compiled', async () => {
  const { run } = setUp()
  const controller = new AbortController()
  const each = (n: number): Program => program(`load $0 #${n} again: inc $1 eq $0 $0 djmpe @again`)
  const options = { engine: 'compiled', signal: controller.signal } as const
  const given = [1, 2, 3].map(each)
  const ends = given.map((one) => run(one, options).catch(() => {}))
  const kept = each(4)
  const end = run(kept, { engine: 'compiled', fuel: 100_000_000 })
  controller.abort()
  await Promise.all(ends)
  const again = run(given[2] as Program, { engine: 'compiled', fuel: 100_000_000 })
  await end
  await again
  assert.equal(
    [...given, kept].map((one) => compiledCode(one) !== undefined),
    [false, false, true, true],
  )
})

test('while a large program is compiled the host has its turns', async () => {
  const { run } = setUp()
  const large = program(`${'add $0 $1 $2\neq $0 $1\ninc $3\n'.repeat(4000)}hlt`)
  await run(large, { engine: 'compiled' })
  let turns = 0
  for (; compiledCode(large) === undefined && turns < 100_000; turns++) await turn()
  assert.ok(compiledCode(large) !== undefined)
  assert.ok(turns >= 5, `${turns} turns`)
})

test('a turn of the event loop is for the programs or for the compiler, never for both', async () => {
  // Every look at the clock takes a while, so that turns are short and the compilation takes many.
  const { due, clock } = slowClock(0.5)
  const runner = new Runner(clock)
  const calls = new PendingCalls()
  const large = program(`again: ${'add $0 $1 $2\neq $0 $1\ninc $3\n'.repeat(2000)}jmp $4`)
  const running = calls.begin<RunResult>({}, (settle) =>
    runner.run(large, { engine: 'compiled', registers: [0, 0, 0, 0, 68] }, settle),
  )
  running.catch(() => {})
  let [steps, rests] = [0, 0]
  for (let idle = 0; compiledCode(large) === undefined && idle < 10_000; ) {
    const callbacks = due.splice(0)
    assert.ok(callbacks.length <= 1, 'one callback for all of a turn')
    const before = runner.counters.instructions
    for (const callback of callbacks) callback()
    await turn()
    if (runner.counters.instructions > before) {
      rests = 0
      idle++
    } else {
      steps++
      assert.is(++rests, 1, 'programs wait for one turn at most')
    }
  }
  assert.ok(compiledCode(large) !== undefined)
  assert.ok(steps > 10, `${steps} turns of the compiler`)
  calls.close()
})

test('programs leave turns to those that connect, but not all', () => {
  const { due, clock } = slowClock(0.5)
  let arrived = 0
  const runner = new Runner(clock, { arrivals: () => arrived })
  const calls = new PendingCalls()
  calls
    .begin<RunResult>({}, (settle) => runner.run(FOREVER, { engine: 'interpreter' }, settle))
    .catch(() => {})
  const runsInTurn = (): boolean => {
    const before = runner.counters.instructions
    for (const callback of due.splice(0)) callback()
    assert.is(due.length, 1, 'the next turn is asked for')
    return runner.counters.instructions > before
  }
  assert.ok(runsInTurn())
  arrived += 3
  assert.not.ok(runsInTurn(), 'somebody has come')
  assert.ok(runsInTurn(), 'and nobody else')
  for (let round = 0; round < 3; round++) {
    for (let left = 0; left < MAX_TURNS_LEFT; left++) {
      arrived++
      assert.not.ok(runsInTurn())
    }
    arrived++
    assert.ok(runsInTurn(), 'they come without end')
  }
  calls.close()
})

test('several programs share the time', async () => {
  const { run } = setUp()
  const order: string[] = []
  const done = (name: string) => () => order.push(name)
  await Promise.all([
    run(FOREVER, { fuel: 3_000_000 }).then(done('long')),
    run(FOREVER, { fuel: 1000 }).then(done('short')),
  ])
  assert.equal(order, ['short', 'long'])
})

test('a signal ends a run', async () => {
  const { run, runner } = setUp()
  const controller = new AbortController()
  const running = run(FOREVER, { signal: controller.signal }).catch((error: unknown) => error)
  await sleep(20)
  controller.abort('enough')
  const error = (await running) as IridiumError
  assert.is(error.code, 'ERR_IRIDIUM_ABORTED')
  assert.is(error.cause, 'enough')
  assert.is(runner.counters.running, 0)
})

test('bad arguments are refused', async () => {
  const { run } = setUp()
  const bad: [Program, object][] = [
    [undefined as unknown as Program, {}],
    [FOREVER, { fuel: -1 }],
    [FOREVER, { fuel: Number.NaN }],
    [FOREVER, { fuel: 0.5 }],
    [FOREVER, { feul: 1 }],
    [FOREVER, { registers: Array(33).fill(0) }],
    [FOREVER, { registers: [1.5] }],
    [FOREVER, { registers: [2 ** 31] }],
    [FOREVER, { registers: ['1'] }],
    [FOREVER, { registers: 5 }],
    [FOREVER, { floatRegisters: ['1'] }],
    [FOREVER, { maxHeapBytes: -1 }],
    [FOREVER, { engine: 'fast' }],
  ]
  for (const [program, options] of bad) {
    const error = (await run(program, options as ProgramOptions).catch(
      (e: unknown) => e,
    )) as IridiumError
    assert.is(error.code, 'ERR_IRIDIUM_BAD_OPTION', JSON.stringify(options))
  }
})

test('counts what has run', async () => {
  const { run, runner } = setUp()
  await run(FOREVER, { fuel: 5000 })
  await run(program('hlt'))
  assert.equal(runner.counters, { running: 0, finished: 2, instructions: 5001 })
})

test.run()
