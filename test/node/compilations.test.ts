// Compiling in the background: one program after the other, in the turns that it is given, and only what is still wanted.
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { assemble } from '../../src/assembler/assemble.js'
import { COMPILE_TURN_MS } from '../../src/core/limits.js'
import { Compilations } from '../../src/node/compilations.js'
import { compiledCode } from '../../src/vm/compiler/cache.js'
import type { Program } from '../../src/vm/program.js'
import { FakeClock } from './fakes.js'

let made = 0
/** No two have the same id. */
const program = (): Program => {
  const source = `load $0 #${++made}  again: sub $0 $1 $0  neq $0 $2  djmpe @again  hlt`
  return assemble(source, { sections: 'optional' })
}
const isCompiled = (program: Program): boolean => compiledCode(program) !== undefined

function setUp() {
  const clock = new FakeClock()
  clock.advance(1)
  let wanted = 0
  const compilations = new Compilations(clock, () => wanted++)
  /** Gives the compiler turns of so long until this one is compiled: the platform takes its time. Returns how many it had. */
  const compiled = async (last: Program, turnMs = 0): Promise<number> => {
    let turns = 0
    for (let waits = 0; !isCompiled(last); waits++) {
      assert.ok(waits < 10_000)
      await sleep(1)
      if (!compilations.isWaiting) continue
      clock.advance(COMPILE_TURN_MS)
      compilations.turn()
      clock.advance(turnMs)
      turns++
    }
    for (let i = 0; i < 10; i++) await turn()
    return turns
  }
  return { compilations, compiled, wanted: () => wanted }
}

test('nothing is compiled without a turn, and what is asked for again is compiled once', async () => {
  const { compilations, compiled, wanted } = setUp()
  const one = program()
  for (let i = 0; i < 10; i++) compilations.add(one)
  for (let i = 0; i < 10; i++) await turn()
  assert.ok(compilations.isWaiting)
  assert.is(wanted(), 1)
  assert.not.ok(isCompiled(one))
  const turns = await compiled(one, COMPILE_TURN_MS)
  assert.ok(turns > 1, 'as many as there are steps')
  assert.is(wanted(), turns)
  assert.not.ok(compilations.isWaiting)
  compilations.add(one)
  await turn()
  assert.ok(compilations.isWaiting, 'which is nothing to do, but it is asked for')
})

test('one turn is enough for several, while it lasts', async () => {
  const { compilations, compiled } = setUp()
  const last = program()
  const all = [program(), program(), last]
  for (const each of all) compilations.add(each)
  assert.is(await compiled(last), 1)
  assert.equal(all.map(isCompiled), [true, true, true])
})

test('what is given up before its turn is not compiled, and may come again', async () => {
  const { compilations, compiled } = setUp()
  const [one, other] = [program(), program()]
  compilations.add(one)
  compilations.add(other)
  compilations.giveUp(one)
  await compiled(other)
  assert.equal([one, other].map(isCompiled), [false, true])
  compilations.add(one)
  await compiled(one)
  assert.ok(isCompiled(one))
})

test.run()
