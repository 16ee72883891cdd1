// Programs that mean harm, or mean nothing: no run throws, outlives its fuel, or takes more than its ceilings.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { prepare } from '../../src/vm/compiler/cache.js'
import { runBriefly } from '../../src/vm/vm.js'
import { type Program, Vm } from '../../src/vm-entry.js'
import { image } from './images.js'
import { stateOf } from './machines.js'

const START = 68
const MIB = 1024 * 1024

interface Attack {
  readonly program: Program
  readonly r?: Readonly<Record<number, number>>
}

const ATTACKS: Record<string, Attack> = {
  'an endless loop': { program: image('JMP 0'), r: { 0: START } },
  'an endless loop of a fused comparison': { program: image('EQ 0 0', `DJMPE ${START}`) },
  'a loop that never counts down': { program: image('CLOOP 2', `LOOP ${START}`) },
  recursion: { program: image(`CALL ${START}`) },
  'a push storm': { program: image('PUSH 0', 'JMP 1'), r: { 1: START } },
  'push and pop': { program: image('PUSH 0', 'POP 0', 'JMP 1'), r: { 1: START } },
  'an ALOC storm': { program: image('ALOC 0', 'JMP 1'), r: { 0: 1, 1: START } },
  'an ALOC storm that touches what it gets': {
    program: image('ALOC 0', 'SETM 2 2', 'ADD 2 0 2', 'JMP 1'),
    r: { 0: 997, 1: START, 2: 2044 },
  },
  'all the heap at once': {
    program: image('ALOC 0', 'SETM 0 0', 'LOADM 0 2', 'JMP 1'),
    r: { 0: 14 * MIB, 1: START + 4 },
  },
  'jumps between alignments': {
    program: image('JMP 0', [6, 0, 6, 1], [6, 1, 6, 0], 'NOP', 'NOP'),
    r: { 0: START + 6, 1: START + 4 },
  },
  'a PRTS storm of a long text': {
    program: image({ data: `${'x'.repeat(MIB / 2)}\0` }, 'PRTS 0', 'JMP 1'),
    r: { 1: START + MIB / 2 + 1 },
  },
  'a PRTS storm of no text': {
    program: image({ data: '\0' }, 'PRTS 0', 'JMP 1'),
    r: { 1: START + 1 },
  },
  'a large program that is all over the place': {
    program: image(
      'ADD 0 1 0',
      'AND 0 2 3',
      'ADD 3 4 3',
      'JMP 3',
      ...new Array(100_000).fill('JMP 5'),
    ),
    r: { 1: 7_368_787 * 4, 2: 0x3fffc, 4: START + 16, 5: START },
  },
}

for (const engine of ['interpreter', 'compiled'] as const) {
  for (const [name, { program, r }] of Object.entries(ATTACKS)) {
    test(`${name}, ${engine}`, () => {
      const vm = new Vm(program, { engine })
      for (const [index, value] of Object.entries(r ?? {})) vm.registers[+index] = value
      let count = 0
      for (let slice = 0; slice < 100; slice++) {
        const stop = vm.run({ fuel: 10_000 })
        if (stop.kind !== 'yielded') break
        count += 10_000
        assert.is(vm.instructionCount, count)
      }
      assert.ok(vm.heap.length <= 16 * MIB)
      assert.ok(vm.stackDepth <= 2_097_152)
      assert.ok(vm.output.length <= MIB)
      vm.close()
    })
  }
}

for (const engine of ['interpreter', 'compiled'] as const) {
  test(`for a host that must not be held up a run ends behind what is dear, ${engine}`, async () => {
    // After `skip` instructions each run stops at the next print, or where memory must be had.
    const ends = async (program: Program, registers: readonly number[]) => {
      if (engine === 'compiled') await prepare(program, async () => {})
      const vm = new Vm(program, { engine })
      runBriefly(vm)
      vm.registers.set(registers)
      const counts: number[] = []
      for (let run = 0; run < 100 && counts.length < 4; run++) {
        assert.is(vm.run({ fuel: 1_000_000 }).kind, 'yielded')
        // What takes several runs to be had leaves the instruction where it is.
        if (vm.instructionCount !== counts.at(-1)) counts.push(vm.instructionCount)
      }
      vm.close()
      return counts
    }
    const print = image({ data: 'x\0' }, 'PRTS 0', 'INC 1', `JMP 2`)
    assert.equal(await ends(print, [0, 0, START + 2]), [1, 4, 7, 10])
    // The start takes memory, then all at once; between that and the end of the fuel there is nothing dear.
    const grow = image('SETM 1 1', 'ALOC 0', 'SETM 0 0', 'JMP 2')
    assert.equal(await ends(grow, [14 * MIB, 0, START + 12]), [0, 2, 1_000_002, 2_000_002])
    assert.equal(await ends(image('PUSH 1', 'JMP 0'), [START]), [16, 256, 512, 1024])
  })
}

test('bytes that nobody meant as a program: sliced or whole, the same end', () => {
  // Opcodes and registers in range are likelier, so that something happens.
  const byte = fc.oneof(
    { weight: 3, arbitrary: fc.nat(47) },
    { weight: 2, arbitrary: fc.nat(31) },
    { weight: 1, arbitrary: fc.nat(255) },
    { weight: 1, arbitrary: fc.constantFrom(68, 72, 76, 80) },
  )
  const bytes = fc.array(byte, { maxLength: 200 })
  const ceilings = { maxHeapBytes: 5000, maxStackEntries: 50 }
  fc.assert(
    fc.property(bytes, bytes, fc.array(fc.nat(20), { maxLength: 30 }), (data, code, fuels) => {
      const program = image({ data }, code)
      const [whole, sliced] = [new Vm(program, ceilings), new Vm(program, ceilings)]
      for (const vm of [whole, sliced]) vm.registers.set([68, 72, 76, 2, 4, 100, -1])
      const total = fuels.reduce((sum, fuel) => sum + fuel, 0)
      const end = whole.run({ fuel: total })
      let last = sliced.run({ fuel: 0 })
      for (const fuel of fuels) last = sliced.run({ fuel })
      assert.equal(last, end)
      assert.equal(stateOf(sliced), stateOf(whole))
      assert.ok(whole.instructionCount <= total)
      if (end.kind === 'yielded') assert.is(whole.instructionCount, total)
      whole.close()
      sliced.close()
    }),
    { seed: 5, numRuns: 1500 },
  )
})

test('a thousand machines that take all they can: the memory goes when they go', () => {
  const program = image('ALOC 0', 'SETM 0 0', 'PUSH 0', 'HLT')
  const before = process.memoryUsage().external
  for (let i = 0; i < 1000; i++) {
    const vm = new Vm(program)
    vm.registers[0] = 8 * MIB
    assert.equal(vm.run(), { kind: 'halted', code: 0 })
    vm.close()
  }
  assert.ok(process.memoryUsage().external < before + 64 * MIB)
})

test.run()
