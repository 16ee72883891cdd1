// Snapshots: taken anywhere, put back anywhere, read by others, and refused when they are not sound.
import { readFileSync, writeFileSync } from 'node:fs'
import avro from 'avsc'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { KERNELS } from '../../bench/kernels.js'
import { PRINT_STEP_BYTES } from '../../src/core/limits.js'
import * as record from '../../src/vm/layout.js'
import { Machine } from '../../src/vm/machine.js'
import { sha256 } from '../../src/vm/sha256.js'
import { snapshotOf } from '../../src/vm/snapshot.js'
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../../src/vm/snapshot-codec.js'
import { SNAPSHOT_SCHEMA } from '../../src/vm/snapshot-schema.js'
import { runBriefly } from '../../src/vm/vm.js'
import { type IridiumError, type Program, Vm } from '../../src/vm-entry.js'
import { CASES, type Case } from './cases.js'
import { refuses } from './expect.js'
import { image } from './images.js'
import { stateOf } from './machines.js'

const FUEL = 10_000
const { UPDATE } = process.env
const schemaFile = new URL('../../snapshot.avsc', import.meta.url)

/** A bit of everything: calls, stack, heap far out, floats, output. */
const BUSY = image(
  { data: 'tick \0' },
  'LOAD 1 50000',
  'ALOC 1',
  'CLOOP 5',
  'CALL 102', // the body, 34 bytes behind the start of the code
  'LOOP 86',
  'HLT',
  [16, 0, 0, 0],
  'PRTS 0',
  'PUSH 1',
  'PUSH 2',
  'SETM 2 1',
  'SETM 1 2',
  'INC 2',
  'DIVF64 0 1 2',
  'LOADF64 3 7',
  'ADDF64 3 4 4',
  'NEQ 1 2',
  'RET',
)

test('snapshot.avsc is the schema that the code writes', () => {
  const text = `${JSON.stringify(SNAPSHOT_SCHEMA, null, 2)}\n`
  if (UPDATE) writeFileSync(schemaFile, text)
  assert.equal(readFileSync(schemaFile, 'utf8'), text, 'run this test with UPDATE=1')
})

test('a snapshot decodes by snapshot.avsc alone, with plain avsc', () => {
  const type = avro.Type.forSchema(JSON.parse(readFileSync(schemaFile, 'utf8')))
  const vm = new Vm(BUSY)
  vm.run({ fuel: 20 })
  vm.registers[31] = -5
  vm.floatRegisters[5] = -0.75
  vm.heap[3000] = 9
  const fields = type.fromBuffer(Buffer.from(vm.snapshot()))
  assert.is(fields.version, 1)
  assert.is(fields.program.toString('hex'), BUSY.id)
  assert.is(fields.pc, vm.pc)
  assert.is(fields.instructionCount, 20)
  assert.is(fields.equalFlag, vm.equalFlag)
  assert.is(fields.loopCounter, vm.loopCounter)
  assert.equal(fields.registers, [...vm.registers])
  assert.equal(fields.floatRegisters, [...vm.floatRegisters])
  assert.is(fields.stack.length, vm.stackDepth * 4)
  assert.is(fields.heapLength, 52_048)
  const heap = Buffer.alloc(fields.heapLength)
  for (const { offset, bytes } of fields.heap) heap.set(bytes, offset)
  assert.ok(heap.equals(vm.heap))
  assert.is(fields.stop, 'running')
  assert.is(fields.fault, null)
  assert.is(fields.output, vm.output)
  assert.is(fields.outputTruncated, false)

  vm.load(image('POP 0'))
  vm.load(image('RET'))
  while (vm.stackDepth > 0) vm.step()
  vm.load(image('RET'))
  vm.run()
  const crashed = type.fromBuffer(Buffer.from(vm.snapshot()))
  assert.is(crashed.stop, 'crashed')
  assert.is(crashed.fault, 'returnWithoutCall')
})

test('a machine that is put back goes on to the same end, wherever it was cut', () => {
  const whole = new Vm(BUSY)
  const end = whole.run()
  assert.is(end.kind, 'halted')
  assert.is(whole.output, 'tick '.repeat(6))
  for (let fuel = 0; fuel <= whole.instructionCount; fuel++) {
    const vm = new Vm(BUSY)
    vm.run({ fuel })
    const restored = Vm.restore(BUSY, vm.snapshot())
    assert.equal(stateOf(restored), stateOf(vm))
    assert.equal(restored.snapshot(), vm.snapshot())
    assert.equal(restored.run(), end)
    assert.equal(stateOf(restored), stateOf(whole))
  }
})

test('a long text that is half printed is in the snapshot, all of it', () => {
  const text = '0123456789'.repeat(PRINT_STEP_BYTES / 4)
  const program = image({ data: `${text}\0` }, 'PRTS 0', 'HLT')
  const vm = new Vm(program)
  runBriefly(vm)
  assert.is(vm.run().kind, 'yielded') // a step of the text
  const snapshot = vm.snapshot()
  assert.ok(Buffer.from(decodeSnapshot(snapshot).output).toString() === text)
  const restored = Vm.restore(program, snapshot)
  assert.is(restored.run().kind, 'halted')
  assert.ok(restored.output === text)
  while (vm.run().kind === 'yielded');
  assert.ok(vm.output === text)
})

test('so do all cases and kernels, cut at random', () => {
  const programs: [Case | undefined, Program][] = [
    ...CASES.map((example): [Case, Program] => [example, image(...example.program)]),
    ...KERNELS.map(({ program }): [undefined, Program] => [undefined, program]),
  ]
  const machine = ([example, program]: (typeof programs)[number]) => {
    const vm = new Vm(program, example?.ceilings)
    for (const [index, value] of Object.entries(example?.r ?? { 0: 20 }))
      vm.registers[+index] = value
    for (const [index, value] of Object.entries(example?.f ?? {})) vm.floatRegisters[+index] = value
    return vm
  }
  fc.assert(
    fc.property(
      fc.constantFrom(...programs),
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 5 }),
      (example, fuels) => {
        const whole = machine(example)
        const end = whole.run({ fuel: FUEL })
        let vm = machine(example)
        let left = FUEL
        for (const fuel of fuels) {
          const before = vm.instructionCount
          vm.run({ fuel })
          left -= vm.instructionCount - before
          vm = Vm.restore(example[1], vm.snapshot(), example[0]?.ceilings)
        }
        assert.equal(vm.run({ fuel: left }), end)
        assert.equal(stateOf(vm), stateOf(whole))
      },
    ),
    { seed: 3, numRuns: 300 },
  )
})

test('taken under one engine, put back under the other, again and again', () => {
  const engines = ['interpreter', 'compiled', 'auto'] as const
  const program = KERNELS.find(({ name }) => name === 'sieve')?.program as Program
  const start = () => {
    const vm = new Vm(program, { engine: 'interpreter' })
    vm.registers[0] = 500
    return vm
  }
  const whole = start()
  const end = whole.run()
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...engines), fc.nat(3000)), { minLength: 1, maxLength: 8 }),
      (slices) => {
        let vm = start()
        for (const [engine, fuel] of slices) {
          const next = Vm.restore(program, vm.snapshot(), { engine })
          assert.equal(next.snapshot(), vm.snapshot())
          vm.close()
          next.run({ fuel })
          vm = next
        }
        assert.equal(vm.run(), end)
        assert.equal(stateOf(vm), stateOf(whole))
        vm.close()
      },
    ),
    { seed: 6, numRuns: 100 },
  )
})

test('a stopped machine stays stopped, without another event', () => {
  const vm = new Vm(image('POP 3'))
  const stop = vm.run()
  const restored = Vm.restore(vm.program, vm.snapshot())
  assert.equal(restored.run(), stop)
  assert.equal(restored.events, [])
  restored.load(image('HLT'))
  assert.equal(restored.run(), { kind: 'halted', code: 0 })
})

test('a NaN of the host is canonical in it', () => {
  const vm = new Vm(BUSY)
  new Uint32Array(vm.floatRegisters.buffer, vm.floatRegisters.byteOffset, 2).set([1, 0xfff80000])
  const hex = Buffer.from(vm.snapshot()).toString('hex')
  assert.ok(hex.includes('000000000000f87f'))
  assert.not.ok(hex.includes('010000000000f8ff'))
})

test('an empty heap costs nothing, however long', () => {
  const vm = new Vm(image('ALOC 0', 'SETM 0 0', 'HLT'))
  vm.registers[0] = 10_000_000
  vm.run()
  assert.ok(vm.heap.length > 10_000_000)
  assert.ok(vm.snapshot().length < 1000)
})

test('a collected output goes along, with what did not fit', () => {
  const text = image({ data: '\ufeffé!\0' }, 'PRTS 0', 'PRTS 0', 'HLT')
  const vm = new Vm(text, { maxOutputBytes: 8 })
  vm.run({ fuel: 1 })
  const restored = Vm.restore(text, vm.snapshot(), { maxOutputBytes: 8 })
  assert.is(restored.output, '\ufeffé!')
  vm.run()
  restored.run()
  assert.is(restored.output, vm.output)
  assert.is(restored.outputTruncated, true)
  refuses('ERR_IRIDIUM_BAD_SNAPSHOT', () => Vm.restore(text, vm.snapshot(), { maxOutputBytes: 5 }))
})

test('ceilings are those of the new host', () => {
  const vm = new Vm(BUSY)
  vm.run({ fuel: 12 })
  const snapshot = vm.snapshot()
  refuses('ERR_IRIDIUM_BAD_SNAPSHOT', () => Vm.restore(BUSY, snapshot, { maxHeapBytes: 52_047 }))
  refuses('ERR_IRIDIUM_BAD_SNAPSHOT', () => Vm.restore(BUSY, snapshot, { maxStackEntries: 3 }))
  Vm.restore(BUSY, snapshot, { maxHeapBytes: 52_048, maxStackEntries: 4 }).close()
})

test('of another program, or no bytes at all: refused', () => {
  const snapshot = new Vm(BUSY).snapshot()
  refuses('ERR_IRIDIUM_BAD_SNAPSHOT', () => Vm.restore(image('HLT'), snapshot))
  refuses('ERR_IRIDIUM_BAD_OPTION', () => Vm.restore(BUSY, 'x' as unknown as Uint8Array))
  refuses('ERR_IRIDIUM_BAD_OPTION', () => Vm.restore(BUSY, snapshot, { fuel: 1 } as object))
})

test('cut off or lengthened anywhere, altered in any byte: refused', () => {
  const vm = new Vm(BUSY)
  vm.run({ fuel: 30 })
  const snapshot = vm.snapshot()
  for (let length = 0; length < snapshot.length; length++) {
    refuses('ERR_IRIDIUM_BAD_SNAPSHOT', () => Vm.restore(BUSY, snapshot.slice(0, length)))
  }
  refuses('ERR_IRIDIUM_BAD_SNAPSHOT', () => Vm.restore(BUSY, Uint8Array.of(...snapshot, 0)))
  for (let index = 0; index < snapshot.length; index++) {
    const altered = snapshot.slice()
    altered[index] = (altered[index] as number) ^ (1 << (index % 8))
    refuses('ERR_IRIDIUM_BAD_SNAPSHOT', () => Vm.restore(BUSY, altered))
  }
})

const sound = decodeSnapshot(new Vm(BUSY).snapshot())
const stack = (...entries: number[]) => new Uint8Array(Int32Array.from(entries).buffer)
const ones = (length: number) => new Uint8Array(length).fill(1)
const FORGED: Record<string, Partial<Snapshot>> = {
  'pc beyond i32': { pc: 2 ** 31 },
  'loop counter too high': { loopCounter: 65_536 },
  'negative loop counter': { loopCounter: -1 },
  'negative count': { instructionCount: -1 },
  'register beyond i32': { registers: [...(sound.registers as number[])].with(3, -(2 ** 31) - 1) },
  'a register too few': { registers: new Array(31).fill(0) },
  'a register too many': { registers: new Array(33).fill(0) },
  'a float register too few': { floatRegisters: new Array(31).fill(0) },
  'half a stack entry': { stack: new Uint8Array(6) },
  'frame without its entries': { stack: stack(1), basePointer: 1 },
  'frame above the stack': { stack: stack(1, 0), basePointer: 3 },
  'negative frame': { basePointer: -1 },
  'frame that leads to itself': { stack: stack(0, 2), basePointer: 2 },
  'frame that leads up': { stack: stack(0, 4, 0, 2), basePointer: 4 },
  'negative frame within': { stack: stack(0, -2), basePointer: 2 },
  'heap beyond all ceilings': { heapLength: 2 ** 30 + 1 },
  'heap piece outside': { heap: [{ offset: 2048, bytes: ones(256) }] },
  'heap piece below 0': { heap: [{ offset: -256, bytes: ones(256) }] },
  'heap piece of nothing': { heap: [{ offset: 0, bytes: new Uint8Array(0) }] },
  'heap piece between chunks': { heap: [{ offset: 4, bytes: ones(252) }] },
  'heap piece that is cut': { heap: [{ offset: 0, bytes: ones(255) }] },
  'heap pieces out of order': {
    heap: [
      { offset: 512, bytes: ones(256) },
      { offset: 0, bytes: ones(256) },
    ],
  },
  'heap piece of zeros': {
    heap: [
      { offset: 0, bytes: ones(256) },
      { offset: 1024, bytes: new Uint8Array(256) },
    ],
  },
  'heap piece that begins with a chunk of zeros': {
    heap: [{ offset: 0, bytes: ones(512).fill(0, 0, 256) }],
  },
  'heap piece that ends with a chunk of zeros': {
    heap: [{ offset: 0, bytes: ones(512).fill(0, 256) }],
  },
  'heap pieces that touch': {
    heap: [
      { offset: 0, bytes: ones(256) },
      { offset: 256, bytes: ones(256) },
    ],
  },
  'no such stop': { stop: 4 },
  'no such fault': { stop: record.STOP_CRASHED, fault: 10 },
  'output that is not UTF-8': { output: Uint8Array.of(0xff) },
}

for (const [name, fields] of Object.entries(FORGED)) {
  test(`forged: ${name}`, () => {
    const snapshot = encodeSnapshot({ ...sound, ...fields })
    refuses('ERR_IRIDIUM_BAD_SNAPSHOT', () => Vm.restore(BUSY, snapshot))
  })
}

test('ceilings are looked at before the contents, which take time', () => {
  const snapshot = encodeSnapshot({ ...sound, stack: new Uint8Array(80) })
  snapshot.set([0, 0], snapshot.length - 2)
  const restore = (maxStackEntries: number) => Vm.restore(BUSY, snapshot, { maxStackEntries })
  assert.throws(() => restore(10), /its stack has 20 entries, the ceiling here is 10/)
  assert.throws(() => restore(20), /the checksum does not fit/)
})

test('an instruction count up to 2^53 - 1 is taken', () => {
  const instructionCount = Number.MAX_SAFE_INTEGER - 1
  const vm = Vm.restore(BUSY, encodeSnapshot({ ...sound, instructionCount }))
  assert.is(vm.instructionCount, instructionCount)
})

test('forged at random, with the right checksum: refused, or a machine like any other', () => {
  const vm = new Vm(BUSY)
  vm.run({ fuel: 25 })
  const snapshot = vm.snapshot()
  let restored = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(snapshot.length - 33), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(100),
      (changes, fuel) => {
        const forged = snapshot.slice()
        for (const [index, value] of changes) forged[index] = value
        forged.set(sha256(forged.subarray(0, -32)), forged.length - 32)
        let machine: Vm
        try {
          machine = Vm.restore(BUSY, forged)
        } catch (error) {
          assert.is((error as IridiumError).code, 'ERR_IRIDIUM_BAD_SNAPSHOT')
          return
        }
        restored++
        machine.run({ fuel })
        Vm.restore(BUSY, machine.snapshot()).close()
        machine.close()
      },
    ),
    { seed: 4, numRuns: 2000 },
  )
  assert.ok(restored > 100, `${restored} restored`)
})

test('a snapshot may hold its arrays in several blocks, as Avro allows', () => {
  const machine = new Machine(BUSY, { maxHeapBytes: 4096, maxStackEntries: 10 })
  const bytes = encodeSnapshot(snapshotOf(machine, undefined))
  // The 32 integer registers: a count of 32 (zig-zag: 64), 32 zeros, the end.
  const at = Buffer.from(bytes).indexOf(Buffer.from([64, ...new Array(32).fill(0), 0]))
  const blocks = [20, ...new Array(10).fill(0), 43, 44, ...new Array(22).fill(0), 0]
  const body = [...bytes.subarray(0, at), ...blocks, ...bytes.subarray(at + 34, -32)]
  const forged = Uint8Array.of(...body, ...sha256(Uint8Array.from(body)))
  assert.equal(decodeSnapshot(forged).registers, new Array(32).fill(0))
})

test.run()
