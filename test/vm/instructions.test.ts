// The table of cases against both engines: whole, and cut by fuel at every instruction.
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as decoded from '../../src/vm/decode.js'
import { BY_OPCODE, INSTRUCTIONS } from '../../src/vm/instructions.js'
import * as opcodes from '../../src/vm/opcodes.js'
import { type Program, Vm } from '../../src/vm-entry.js'
import { CASES, type Case } from './cases.js'
import { image } from './images.js'
import { bits, stateOf, stopText } from './machines.js'

/** Enough for every case; those that never end stop here. */
const FUEL = 10_000

const ENGINES = ['interpreter', 'compiled'] as const
type Engine = (typeof ENGINES)[number]

function machine(example: Case, program: Program, engine: Engine): Vm {
  const vm = new Vm(program, { engine, ...example.ceilings })
  for (const [index, value] of Object.entries(example.r ?? {})) vm.registers[+index] = value
  for (const [index, value] of Object.entries(example.f ?? {})) vm.floatRegisters[+index] = value
  for (const [offset, value] of Object.entries(example.heap ?? {})) vm.heap[+offset] = value
  return vm
}

function expected(example: Case, before: ReturnType<typeof stateOf>, program: Program) {
  const { after } = example
  const lines = example.program.filter((part) => typeof part === 'string' || Array.isArray(part))
  const set = <T>(list: readonly T[], changes: Record<number, T> = {}) =>
    list.map((old, index) => changes[index] ?? old)
  const floats = Object.entries(after.f ?? {}).map(([i, value]) => [i, bits(value)])
  return {
    registers: set(before.registers, after.r),
    floats: set(before.floats, Object.fromEntries(floats)),
    equalFlag: after.flag ?? false,
    remainder: after.remainder ?? 0,
    loopCounter: after.loopCounter ?? 0,
    pc: after.pc ?? program.bytes.length,
    stackDepth: after.stackDepth ?? 0,
    heapLength: after.heapLength ?? before.heapLength,
    heap: { ...before.heap, ...after.heap },
    output: after.output ?? '',
    instructionCount: after.count ?? lines.length,
  }
}

for (const example of CASES) for (const engine of ENGINES) defineTests(example, engine)

function defineTests(example: Case, engine: Engine): void {
  test(`${example.name}, ${engine}`, () => {
    const program = image(...example.program)
    const vm = machine(example, program, engine)
    const before = stateOf(vm)
    const stop = vm.run({ fuel: FUEL })
    assert.is(stopText(stop), example.after.stop ?? 'halted 0')
    assert.equal(stateOf(vm), expected(example, before, program))
    if (stop.kind === 'crashed') assert.is(stop.fault.pc, vm.pc)
  })

  test(`${example.name}, ${engine}, cut by fuel`, () => {
    const program = image(...example.program)
    const whole = machine(example, program, engine)
    const end = whole.run({ fuel: FUEL })
    const total = whole.instructionCount
    const stepped = machine(example, program, 'interpreter')
    for (let fuel = 0; fuel <= Math.min(total, 64); fuel++) {
      const cut = machine(example, program, engine)
      const stop = cut.run({ fuel })
      // HLT on the last unit has halted; whatever does not count needs one unit more to be found out.
      const isOver = fuel === total && stopText(end) === 'halted 0'
      assert.is(stopText(stop), isOver ? 'halted 0' : 'yielded')
      assert.is(cut.instructionCount, fuel)
      assert.equal(stateOf(cut), stateOf(stepped))
      assert.equal(cut.run({ fuel: FUEL - fuel }), end)
      assert.equal(stateOf(cut), stateOf(whole))
      stepped.step()
    }
  })
}

test('every instruction has a case', () => {
  const named = new Set(
    CASES.flatMap(({ program }) =>
      program.map((part) => (typeof part === 'string' ? part.split(' ')[0] : '')),
    ),
  )
  assert.equal(
    INSTRUCTIONS.map(({ mnemonic }) => mnemonic).filter((mnemonic) => !named.has(mnemonic)),
    [],
  )
})

test('every fault has a case', () => {
  const seen = new Set(CASES.map(({ after }) => after.stop))
  for (const { faults } of INSTRUCTIONS)
    for (const fault of faults) assert.ok(seen.has(fault), fault)
  assert.ok(seen.has('truncatedInstruction'))
})

test('the names of the opcodes are those of the table', () => {
  const names = Object.entries(opcodes).sort(([, a], [, b]) => a - b)
  assert.equal(
    names,
    INSTRUCTIONS.map(({ mnemonic, opcode }) => [mnemonic, opcode]),
  )
  for (const [mnemonic, opcode] of names) assert.is(BY_OPCODE[opcode]?.mnemonic, mnemonic)
})

test('the cases of the interpreter are numbered like the opcodes', () => {
  const source = readFileSync(new URL('../../src/vm/stretch.ts', import.meta.url), 'utf8')
  const found = [...source.matchAll(/case (\d+):(?: \{\s+)? \/\/ (\w+)(, DJMPE)?/g)]
  const codes: Record<string, unknown> = { ...opcodes, ...decoded }
  const fused = (name: string) => (name.endsWith('F64') ? decoded.FUSED_FLOAT : decoded.FUSED_INT)
  for (const [text, number, name = '', isFused] of found) {
    const expected = (codes[name] as number) + (isFused ? fused(name) : 0)
    assert.is(Number(number), expected, text)
  }
  // 48 instructions, 12 fused comparisons, 2 other codes; ILLEGAL is the default.
  assert.is(found.length, 62)
  assert.is(source.match(/case \d/g)?.length, 62)
})

test.run()
