// The life of a Vm: options, properties, loading, closing, events, output.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PRINT_STEP_BYTES } from '../../src/core/limits.js'
import { runBriefly } from '../../src/vm/vm.js'
import { type IridiumError, type Program, Vm } from '../../src/vm-entry.js'
import { refuses } from './expect.js'
import { image } from './images.js'

const COUNT = image('LOAD 0 0', 'LOAD 1 3', 'INC 0', 'NEQ 0 1', 'DJMPE 76', 'HLT')

test('a fresh machine', () => {
  const vm = new Vm(COUNT)
  assert.is(vm.pc, 68)
  assert.is(vm.program, COUNT)
  assert.equal([...vm.registers], new Array(32).fill(0))
  assert.equal([...vm.floatRegisters], new Array(32).fill(0))
  assert.equal([...vm.heap], new Array(2048).fill(0))
  assert.is(vm.equalFlag, false)
  assert.is(vm.remainder, 0)
  assert.is(vm.loopCounter, 0)
  assert.is(vm.stackDepth, 0)
  assert.is(vm.output, '')
  assert.is(vm.outputTruncated, false)
  assert.is(vm.instructionCount, 0)
  assert.equal(vm.events, [])
})

test('runs to its end, and stays there', () => {
  const vm = new Vm(COUNT)
  assert.equal(vm.run(), { kind: 'halted', code: 0 })
  assert.is(vm.instructionCount, 12)
  assert.is(vm.registers[0], 3)
  const registers = [...vm.registers]
  assert.equal(vm.run({ fuel: 5 }), { kind: 'halted', code: 0 })
  assert.equal(vm.step(), { kind: 'halted', code: 0 })
  assert.is(vm.instructionCount, 12)
  assert.equal([...vm.registers], registers)
})

test('the views are live, both ways', () => {
  const vm = new Vm(image('INC 31', 'ADDF64 0 1 2', 'LOADM 0 1', 'SETM 2 31', 'HLT'))
  vm.registers[31] = 41
  vm.registers[2] = 2044
  vm.floatRegisters[0] = 1.5
  vm.floatRegisters[1] = 2.25
  vm.heap.set([1, 2, 3, 4])
  vm.run()
  assert.is(vm.registers[31], 42)
  assert.is(vm.registers[1], 0x04030201)
  assert.is(vm.floatRegisters[2], 3.75)
  assert.equal([...vm.heap.subarray(2044)], [42, 0, 0, 0])
})

test('events: one start per load, and how it ended', () => {
  let time = 0
  const vm = new Vm(COUNT, { now: () => ++time })
  while (vm.run({ fuel: 2 }).kind === 'yielded');
  vm.load(image('POP 0'))
  vm.run()
  vm.load(image('IGL'))
  vm.run()
  vm.run()
  assert.equal(
    vm.events.map(({ type, code, at }) => [type, code, at.getTime()]),
    [
      ['start', 0, 1],
      ['gracefulStop', 0, 2],
      ['start', 0, 3],
      ['crash', 1, 4],
      ['start', 0, 5],
      ['gracefulStop', 1, 6],
    ],
  )
})

test('events: only the latest are kept', () => {
  let time = 0
  const vm = new Vm(COUNT, { now: () => ++time })
  for (let i = 0; i < 1000; i++) {
    vm.load(COUNT)
    vm.run()
  }
  assert.is(vm.events.length, 1024)
  assert.is(vm.events.at(-1)?.at.getTime(), 2000)
})

test('bad options are refused', () => {
  const fuels = [Number.NaN, -1, 0.5, '3', null, Number.NEGATIVE_INFINITY, 3n]
  const bad: (() => unknown)[] = [
    () => new Vm({} as Program),
    () => new Vm(COUNT, { fuel: 3 } as object),
    () => new Vm(COUNT, null as unknown as object),
    () => new Vm(COUNT, [] as object),
    () => new Vm(COUNT, Promise.resolve({}) as object),
    () => new Vm(COUNT).run(null as unknown as object),
    () => new Vm(COUNT).run(new Map() as object),
    () => new Vm(COUNT).load(COUNT, new Date() as object),
    () => new Vm(COUNT).run([] as object),
    () => new Vm(COUNT).run(Object.assign([], { fuel: 1 })),
    () => new Vm(COUNT).load(COUNT, [] as object),
    () => new Vm(COUNT, { maxHeapBytes: -1 }),
    () => new Vm(COUNT, { maxStackEntries: null as unknown as number }),
    () => new Vm(COUNT, { maxHeapBytes: 2 ** 31 }),
    () => new Vm(COUNT, { maxStackEntries: 1.5 }),
    () => new Vm(COUNT, { maxOutputBytes: Number.NaN }),
    () => new Vm(COUNT, { output: 'x' as unknown as () => void }),
    () => new Vm(COUNT, { engine: 'fast' as 'auto' }),
    () => new Vm(COUNT, { now: 3 as unknown as () => number }),
    ...fuels.map((fuel) => () => new Vm(COUNT).run({ fuel: fuel as number })),
    () => new Vm(COUNT).run({ feul: 3 } as object),
    () => new Vm(COUNT).run(3 as unknown as object),
    () => new Vm(COUNT).load(COUNT, { pc: -4 }),
    () => new Vm(COUNT).load({} as Program),
  ]
  for (const action of bad) refuses('ERR_IRIDIUM_BAD_OPTION', action)
})

test('load keeps the state and clears a stop', () => {
  const vm = new Vm(COUNT)
  vm.run()
  vm.load(image('IGL', 'PUSH 0', 'INC 0', 'HLT'), { pc: 72 })
  assert.is(vm.pc, 72)
  assert.equal(vm.run(), { kind: 'halted', code: 0 })
  assert.is(vm.registers[0], 4)
  assert.is(vm.stackDepth, 1)
  assert.is(vm.instructionCount, 15)
})

test('closed: everything that would touch the memory throws', () => {
  const vm = new Vm(COUNT)
  vm.run()
  vm.close()
  vm.close()
  vm[Symbol.dispose]()
  for (const action of [
    () => vm.run(),
    () => vm.step(),
    () => vm.load(COUNT),
    () => vm.snapshot(),
    () => vm.registers,
    () => vm.floatRegisters,
    () => vm.heap,
    () => vm.pc,
    () => vm.stackDepth,
    () => vm.instructionCount,
    () => vm.equalFlag,
    () => vm.remainder,
    () => vm.loopCounter,
    () => vm.events,
  ]) {
    refuses('ERR_IRIDIUM_CLOSED', action)
  }
  assert.is(vm.output, '')
  assert.is(vm.outputTruncated, false)
  assert.is(vm.program, COUNT)
})

test('output: what a callback may do and throw', () => {
  const hello = image({ data: 'hello\0' }, 'PRTS 0', 'INC 0', 'PRTS 1', 'HLT')
  const seen: string[] = []
  const vm: Vm = new Vm(hello, {
    output: (text) => {
      seen.push(text)
      refuses('ERR_IRIDIUM_BUSY', () => vm.run())
      refuses('ERR_IRIDIUM_BUSY', () => vm.step())
      refuses('ERR_IRIDIUM_BUSY', () => vm.load(hello))
      refuses('ERR_IRIDIUM_BUSY', () => vm.close())
      refuses('ERR_IRIDIUM_BUSY', () => vm.snapshot())
      vm.heap[0] = 7
      vm.registers[1] = 9
      new Vm(COUNT).run()
      if (text === 'hello') throw new Error('full')
    },
  })
  assert.throws(() => vm.run(), 'full')
  assert.is(vm.instructionCount, 1)
  assert.is(vm.pc, hello.codeStart + 4)
  assert.equal(vm.run(), { kind: 'halted', code: 0 })
  assert.equal(seen, ['hello', 'ello'])
  assert.is(vm.output, '')
  assert.is(vm.heap[0], 7)
  assert.is(vm.registers[1], 9)
})

for (const engine of ['interpreter', 'compiled'] as const) {
  test(`output: a callback that closes other machines moves the running one, ${engine}`, () => {
    const others = Array.from({ length: 10_000 }, () => new Vm(COUNT))
    const program = image({ data: '.\0' }, 'PUSH 3', 'PRTS 0', 'SETM 4 3', 'INC 3', 'POP 5', 'HLT')
    const vm: Vm = new Vm(program, {
      engine,
      output: () => {
        for (const other of others) other.close()
      },
    })
    vm.registers[3] = 41
    const { buffer } = vm.registers
    assert.equal(vm.run(), { kind: 'halted', code: 0 })
    assert.is.not(vm.registers.buffer, buffer)
    assert.is(vm.registers[3], 42)
    assert.is(vm.registers[5], 41)
    assert.is(vm.heap[0], 41)
    vm.close()
  })
}

test('output: collected up to the bound, cut between characters', () => {
  const text = 'aé€😀\ufeff'
  const program = image({ data: `${text}\0` }, 'PRTS 0', 'PRTS 0', 'HLT')
  const bytes = new TextEncoder().encode(text + text)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for (let maxOutputBytes = 0; maxOutputBytes <= bytes.length; maxOutputBytes++) {
    const vm = new Vm(program, { maxOutputBytes })
    vm.run()
    let cut = maxOutputBytes
    while (((bytes[cut] ?? 0) & 0xc0) === 0x80) cut--
    assert.is(vm.output, decoder.decode(bytes.subarray(0, cut)))
    assert.is(vm.outputTruncated, maxOutputBytes < bytes.length)
  }
})

test('output: bad UTF-8 prints replacement characters, each text by itself', () => {
  const program = image({ data: [0xe2, 0x82, 0, 0xac, 0x41, 0] }, 'PRTS 0', 'PRTS 3', 'HLT')
  const vm = new Vm(program)
  vm.run()
  assert.is(vm.output, '\ufffd\ufffdA')
})

test('output: a long text, wherever its characters lie and whatever is none', () => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const sample = [...new TextEncoder().encode('😀€é'), 0xf0, 0x9f, 0x98, 0xe2, 0x82, 0x80, 0x80]
  for (let shift = 0; shift < sample.length; shift++) {
    const text = Uint8Array.from(
      { length: 200_000 },
      (_, at) => sample[(at + shift) % 16] as number,
    )
    const data = [...text, 0]
    const expected = decoder.decode(text)
    const vm = new Vm(image({ data }, 'PRTS 0', 'HLT'))
    vm.run()
    assert.ok(vm.output === expected)
    const cut = new Vm(image({ data }, 'PRTS 0', 'HLT'), { maxOutputBytes: 170_000 })
    cut.run()
    assert.ok(cut.outputTruncated)
    assert.ok(expected.startsWith(cut.output))
    assert.ok(new TextEncoder().encode(cut.output).length > 169_996)
  }
})

for (const isBrief of [false, true]) {
  test(`output: long texts in a row lose nothing, ${isBrief ? 'in steps' : 'in one run'}`, () => {
    const text = '0123456789'.repeat(PRINT_STEP_BYTES / 4)
    const program = image({ data: `${text}\0` }, 'PRTS 0', 'PRTS 3', 'PRTS 60000', 'HLT')
    const vm = new Vm(program)
    if (isBrief) runBriefly(vm)
    let runs = 1
    while (vm.run().kind === 'yielded') runs++
    assert.is(runs > 3, isBrief)
    assert.ok(vm.output === text + text.slice(3) + text.slice(60_000))
    assert.not.ok(vm.outputTruncated)
    vm.close()
  })
}

for (const engine of ['interpreter', 'compiled'] as const) {
  test(`${engine}: a stack has its ceiling also when the heap has grown`, () => {
    const grow = ['SETM 1 0', 'ALOC 2', 'SETM 3 0']
    const pushes = ['PUSH 0', 'PUSH 0', 'PUSH 0', 'PUSH 0', 'HLT']
    for (const heapBytes of [4096, 2 ** 20]) {
      const vm = new Vm(image(...grow, ...pushes), { engine, maxStackEntries: 3 })
      vm.registers.set([7, 0, heapBytes, heapBytes])
      const stop = vm.run()
      assert.is(stop.kind === 'crashed' && stop.fault.reason, 'stackOverflow')
      assert.is(vm.stackDepth, 3)
      assert.is(vm.instructionCount, 6)
      assert.is(vm.heap[heapBytes], 7)
      vm.close()
    }
  })
}

for (const engine of ['interpreter', 'compiled'] as const) {
  test(`${engine}: the clock of a machine finds it running, and may fail`, () => {
    const codes: unknown[] = []
    let fails = true
    const now = (): number => {
      for (const call of [() => vm.close(), () => vm.run(), () => vm.snapshot()]) {
        try {
          call()
          codes.push('done')
        } catch (error) {
          codes.push((error as IridiumError).code)
        }
      }
      if (fails) throw new Error('no time')
      return 1000
    }
    const vm: Vm = new Vm(image('INC 0', 'HLT'), { now, engine })
    assert.throws(() => vm.run(), 'no time')
    assert.is(vm.instructionCount, 0)
    assert.equal(vm.events, [])
    fails = false
    vm.step()
    fails = true
    assert.throws(() => vm.run(), 'no time')
    fails = false
    assert.is(vm.run().kind, 'halted')
    assert.equal(
      vm.events.map(({ type, at }) => [type, at.getTime()]),
      [
        ['start', 1000],
        ['gracefulStop', 1000],
      ],
    )
    assert.equal(new Set(codes), new Set(['ERR_IRIDIUM_BUSY']))
    vm.close()
  })
}

test.run()
