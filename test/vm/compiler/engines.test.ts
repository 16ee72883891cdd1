// When programs are compiled, what is shared and given up, and that a platform that refuses does not matter.
import { execFileSync } from 'node:child_process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_COMPILED_IMAGE_BYTES } from '../../../src/core/limits.js'
import { compiledCode, prepare } from '../../../src/vm/compiler/cache.js'
import { compileInSteps } from '../../../src/vm/compiler/compile.js'
import { compileAfter, wantsCompilation } from '../../../src/vm/engines.js'
import { buildImage } from '../../../src/vm/program.js'
import { runBriefly } from '../../../src/vm/vm.js'
import { Program, Vm } from '../../../src/vm-entry.js'
import { image } from '../images.js'
import { stateOf } from '../machines.js'
import { CodeBuilder } from './code-builder.js'

/** Counts register 1 up to register 0; `mark` makes programs differ. */
const counting = (mark = 0): Program =>
  image(`LOAD 9 ${mark}`, 'INC 1', 'NEQ 1 0', 'DJMPE 72', 'HLT')

const start = (
  program: Program,
  engine: 'auto' | 'interpreter' | 'compiled',
  count: number,
): Vm => {
  const vm = new Vm(program, { engine, now: () => 0 })
  vm.registers[0] = count
  return vm
}

test("'compiled' compiles at the first run, 'interpreter' never", () => {
  const program = counting(1)
  start(program, 'interpreter', 200_000).run()
  assert.is(compiledCode(program), undefined)
  const vm = start(program, 'compiled', 10)
  assert.is(compiledCode(program), undefined)
  assert.equal(vm.run(), { kind: 'halted', code: 0 })
  assert.ok(compiledCode(program) !== undefined)
})

test("'auto' compiles what has run long enough, in all machines together", () => {
  const program = counting(2)
  const count = Math.ceil(compileAfter(program) / 6)
  start(program, 'auto', count).run()
  assert.is(compiledCode(program), undefined)
  start(program, 'auto', count + 100).run()
  assert.ok(compiledCode(program) !== undefined)
})

test("'auto' gives what the interpreter gives, across the change of engine", () => {
  const after = compileAfter(counting())
  for (const fuel of [1, 7, after - 1, after, after + 1, after + 150_000]) {
    const program = counting(3 + (fuel % 9973))
    const [auto, interpreted] = [
      start(program, 'auto', after),
      start(program, 'interpreter', after),
    ]
    assert.equal(auto.run({ fuel }), interpreted.run({ fuel }))
    assert.equal(stateOf(auto), stateOf(interpreted))
    assert.equal(auto.run(), interpreted.run())
    assert.equal(stateOf(auto), stateOf(interpreted))
  }
})

test('programs with the same bytes share their code', () => {
  const [first, second] = [counting(4), counting(4)]
  start(first, 'compiled', 10).run()
  start(second, 'compiled', 10).run()
  assert.ok(compiledCode(first) !== undefined)
  assert.is(compiledCode(first), compiledCode(second))
})

test('a machine that defers compiling uses what has been prepared', async () => {
  const program = counting(5)
  const vm = start(program, 'auto', 10_000_000)
  runBriefly(vm)
  vm.run({ fuel: Math.ceil(compileAfter(program)) })
  assert.is(compiledCode(program), undefined)
  assert.ok(wantsCompilation(program))
  let pauses = 0
  const pause = async (): Promise<void> => void pauses++
  const preparation = prepare(program, pause)
  assert.not.ok(wantsCompilation(program))
  assert.is(prepare(program, pause), preparation)
  await preparation
  assert.ok(pauses > 1)
  assert.ok(compiledCode(program) !== undefined)
  assert.is(vm.run().kind, 'halted')
  assert.is(vm.instructionCount, 30_000_002)
})

test('where the platform refuses, the interpreter serves', async () => {
  const { Module, Instance } = WebAssembly
  const refuse = () => {
    throw new EvalError('a policy against generated code')
  }
  const run = (program: Program) => {
    const vm = start(program, 'compiled', 1000)
    assert.equal(vm.run({ fuel: 100 }), { kind: 'yielded' })
    assert.equal(vm.run(), { kind: 'halted', code: 0 })
    assert.is(vm.registers[1], 1000)
  }
  try {
    Object.assign(WebAssembly, { Module: refuse })
    run(counting(6))
    Object.assign(WebAssembly, { Module, Instance: refuse })
    run(counting(7))
  } finally {
    Object.assign(WebAssembly, { Module, Instance })
  }
  const prepared = counting(6)
  await prepare(prepared, async () => {})
  assert.ok(compiledCode(prepared) !== undefined, 'another Program of these bytes is not refused')
})

test('where the platform refuses to compile in the background, the interpreter serves', async () => {
  const { compile, Memory } = WebAssembly
  const refuse = () => Promise.reject(new EvalError('a policy against generated code'))
  const noMemory = () => {
    throw new RangeError('no memory')
  }
  try {
    for (const refusal of [{ compile: refuse }, { Memory: noMemory }]) {
      const program = counting(30_000 + Object.keys(refusal).join().length)
      const vm = start(program, 'compiled', 1000)
      runBriefly(vm)
      Object.assign(WebAssembly, refusal)
      await prepare(program, async () => {})
      Object.assign(WebAssembly, { compile, Memory })
      assert.is(compiledCode(program), undefined)
      assert.not.ok(wantsCompilation(program))
      assert.equal(vm.run(), { kind: 'halted', code: 0 })
      assert.is(vm.registers[1], 1000)
    }
  } finally {
    Object.assign(WebAssembly, { compile, Memory })
  }
})

for (const [what, flags] of [
  ['without WebAssembly', ['--import', 'data:text/javascript,delete globalThis.WebAssembly']],
  ['that generates no code at all', ['--jitless']],
] as const) {
  test(`on a platform ${what}, the interpreter serves`, () => {
    const source = `
      import { assemble, Vm } from ${JSON.stringify(new URL('../../../dist/vm.js', import.meta.url).href)}
      const program = assemble('.data .code LOAD $1 #0 loop: INC $1 NEQ $1 $0 DJMPE @loop HLT')
      const results = ['compiled', 'auto', 'interpreter'].map((engine) => {
        const vm = new Vm(program, { engine })
        vm.registers[0] = 20000
        while (vm.run({ fuel: 777 }).kind === 'yielded');
        return [vm.registers[1], vm.instructionCount, vm.pc]
      })
      console.log(JSON.stringify([typeof WebAssembly, results]))`
    const args = [...flags, '--input-type=module', '--eval', source]
    const output = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 })
    const expected = [20_000, 60_002, 88]
    assert.equal(JSON.parse(output), ['undefined', [expected, expected, expected]])
  })
}

test('a program that does nothing but jump becomes many small functions, in many small steps', () => {
  const builder = new CodeBuilder()
  const labels = Array.from({ length: 8000 }, () => builder.newLabel())
  for (const [at, label] of labels.entries()) {
    builder.place(label)
    builder.to('DJMPE', labels[(at * 7919) % labels.length] as number)
  }
  const steps = compileInSteps(image([...builder.build(68)]))
  let count = 0
  let step = steps.next()
  for (; !step.done; step = steps.next()) count++
  const functions = step.value?.functionNames.length ?? 0
  assert.ok(functions >= 16, `${functions} functions`)
  assert.ok(count >= 10 * functions, `${count} steps`)
})

test('an image beyond the bound is interpreted, and nothing as long as the image is done about it first', async () => {
  const code = Uint8Array.from([0, 0, 0, 7, 5, 0, 0, 0])
  const program = Program.from(buildImage(new Uint8Array(MAX_COMPILED_IMAGE_BYTES), code))
  Object.defineProperty(program, 'id', { get: () => assert.unreachable('the id was asked for') })
  await prepare(program, () => Promise.resolve())
  assert.is(compiledCode(program), undefined)
  const vm = new Vm(program, { engine: 'compiled' })
  assert.equal(vm.run(), { kind: 'halted', code: 0 })
  assert.is(vm.registers[0], 7)
})

test('a program of 16,000 instructions is compiled, and runs across its functions', () => {
  const builder = new CodeBuilder()
  const [top, end] = [builder.here(), builder.newLabel()]
  builder.emit('INC', 1)
  for (let i = 0; builder.count < 15_990; i++)
    builder.emit(i % 7 === 0 ? 'XOR' : 'ADD', 1, 2, 2 + (i % 5))
  builder.emit('EQ', 1, 0)
  builder.to('DJMPE', end)
  builder.emit('EQ', 0, 0)
  builder.to('DJMPE', top)
  builder.place(end)
  builder.emit('HLT')
  const program = image([...builder.build(68)])
  const [compiled, interpreted] = [start(program, 'compiled', 9), start(program, 'interpreter', 9)]
  for (const fuel of [10_000, 1, 31_999, Number.POSITIVE_INFINITY]) {
    assert.equal(compiled.run({ fuel }), interpreted.run({ fuel }))
    assert.equal(stateOf(compiled), stateOf(interpreted))
  }
  assert.ok(compiledCode(program) !== undefined)
})

test('code of too many programs is given up, and made again when it is needed', () => {
  const programs = Array.from({ length: 1100 }, (_, index) => counting(1000 + index))
  for (const program of programs) start(program, 'compiled', 3).run()
  const kept = programs.filter((program) => compiledCode(program) !== undefined)
  assert.ok(kept.length < 1000, `${kept.length} kept`)
  assert.ok(kept.includes(programs[programs.length - 1] as Program))
  const first = programs[0] as Program
  assert.is(compiledCode(first), undefined)
  assert.is(start(first, 'compiled', 3).run().kind, 'halted')
  assert.ok(compiledCode(first) !== undefined)
})

test.run()
