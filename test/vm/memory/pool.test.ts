// Machines in shared memory: growth, moves, reuse, and that nothing leaks or overlaps.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_SHARED_EXTENT_BYTES } from '../../../src/core/limits.js'
import { EXIT_BACKED, EXIT_DONE } from '../../../src/vm/engine.js'
import { interpret } from '../../../src/vm/interpreter.js'
import * as record from '../../../src/vm/layout.js'
import { Machine } from '../../../src/vm/machine.js'
import { LoneBlock } from '../../../src/vm/memory/block.js'
import { Pool } from '../../../src/vm/memory/pool.js'
import { Vm } from '../../../src/vm-entry.js'
import { image } from '../images.js'

const MIB = 1024 * 1024
const CEILINGS = { maxHeapBytes: 16 * MIB, maxStackEntries: 2 * MIB }
const IDLE = image('HLT')

const machineIn = (pool: Pool) => new Machine(IDLE, CEILINGS, pool)

const isAlone = ({ block }: Machine): boolean => block instanceof LoneBlock

/** A machine with a heap of so many bytes, all of which are set. */
function grown(pool: Pool, bytes: number): Machine {
  const machine = machineIn(pool)
  machine.setWord(record.HEAP_LENGTH, CEILINGS.maxHeapBytes)
  assert.ok(machine.backHeap(bytes))
  heapOf(machine).subarray(0, bytes).fill(0xaa)
  return machine
}

/** The first MiB of its heap is as `grown` has set it. */
function assertWhole(machine: Machine): void {
  assert.is(
    heapOf(machine)
      .subarray(0, MIB)
      .filter((byte) => byte === 0xaa).length,
    MIB,
  )
}

test('a fresh machine has a record with a small stack in it, and no heap', () => {
  const pool = new Pool()
  const machine = machineIn(pool)
  assert.is(machine.word(record.STACK_CAPACITY), record.FIRST_STACK_ENTRIES)
  assert.is(record.FIRST_STACK + 4 * record.FIRST_STACK_ENTRIES, record.RECORD_BYTES)
  assert.is(machine.word(record.HEAP_CAPACITY), 0)
  assert.ok(machine.backStack(record.FIRST_STACK_ENTRIES))
  assert.is(pool.used, record.RECORD_BYTES)
  const low = new Machine(IDLE, { ...CEILINGS, maxStackEntries: 3 }, pool)
  assert.is(low.word(record.STACK_CAPACITY), 3)
  assert.is(machine.word(record.HEAP_LENGTH), 2048)
  assert.is(machine.base % 64, 0)
  assert.is(pool.length, MIB)
})

test('stack and heap grow by doubling, with what they hold', () => {
  const machine = machineIn(new Pool())
  machine.setWord(record.HEAP_LENGTH, CEILINGS.maxHeapBytes)
  for (let entries = 1; entries <= 60_000; entries *= 3) {
    assert.ok(machine.backStack(entries))
    assert.ok(machine.word(record.STACK_CAPACITY) >= entries)
    assert.ok(machine.word(record.STACK_CAPACITY) < Math.max(2 * entries, 129))
    machine.setWord(record.STACK_DEPTH, entries)
    const stack = stackOf(machine)
    stack[entries - 1] = entries
    for (let i = 1; i <= entries; i *= 3) assert.is(stack[i - 1], i)

    assert.ok(machine.backHeap(entries))
    const heap = heapOf(machine)
    heap[entries - 1] = entries
    for (let i = 1; i <= entries; i *= 3) assert.is(heap[i - 1], i & 255)
  }
})

test('where there are too many memories of one machine, what outgrows the shared ones stays there, up to a size', () => {
  const pool = new Pool({ maxLone: 2 })
  const machines = [MIB, MIB, MIB, MIB + 1].map((bytes) => grown(pool, bytes))
  assert.equal(machines.map(isAlone), [true, true, false, true])
  assert.ok(pool.used >= MIB)
  for (const machine of machines) assertWhole(machine)
  for (const machine of machines) machine.close()
  assert.is(pool.used, 0)
})

test('what leaves a shared memory for one of its own, used before, takes all of its heap along', () => {
  const pool = new Pool({ maxLone: 1 })
  for (const before of [MIB, 8 * MIB]) {
    const alone = grown(pool, before)
    const crowded = grown(pool, MIB)
    assert.not.ok(isAlone(crowded))
    alone.close()
    assert.ok(crowded.backStack(100_000))
    assert.ok(isAlone(crowded))
    assertWhole(crowded)
    assert.ok(crowded.backHeap(3 * MIB))
    assertWhole(crowded)
    assert.ok(
      heapOf(crowded)
        .subarray(MIB)
        .every((byte) => byte === 0),
    )
    crowded.close()
  }
})

test('machines of more than the usual size move with all of their heap when blocks are emptied', () => {
  const pool = new Pool({ maxLone: 1 })
  const alone = grown(pool, MIB)
  const crowded = Array.from({ length: 40 }, () => grown(pool, MIB))
  alone.close()
  const kept = crowded.filter((_, index) => index % 20 === 19)
  for (const machine of crowded) if (!kept.includes(machine)) machine.close()
  for (let i = 0; i < 20; i++) machineIn(pool).close()
  assert.ok(pool.length <= 16 * MIB, `${pool.length / MIB} MiB`)
  for (const machine of kept) {
    assert.not.ok(isAlone(machine))
    assertWhole(machine)
  }
})

test('a platform that refuses a memory of its own is asked no more than it has', () => {
  const { Memory } = WebAssembly
  const pool = new Pool()
  const small = machineIn(pool)
  try {
    WebAssembly.Memory = class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        if (descriptor.initial * 65_536 > 16 * MIB) throw new RangeError('no memory')
        super(descriptor)
      }
    }
    const machine = grown(pool, MIB)
    assert.not.ok(isAlone(machine))
    assertWhole(machine)
    assert.not.ok(machine.backHeap(MIB + 1))
    assertWhole(machine)
  } finally {
    WebAssembly.Memory = Memory
  }
  small.close()
})

test('what outgrows the shared memories moves to one of its own, and stays there', () => {
  const pool = new Pool()
  const machine = machineIn(pool)
  machine.setWord(record.HEAP_LENGTH, 10 * MIB)
  machine.setWord(record.REGISTERS + 20, 42)
  machine.setFloat(record.FLOAT_REGISTERS + 64, 1.5)
  machine.backStack(2)
  machine.setWord(record.STACK_DEPTH, 2)
  stackOf(machine).set([7, 8])
  machine.backHeap(100)
  heapOf(machine)[99] = 9
  const before = machine.block

  assert.ok(machine.backHeap(5 * MIB))
  const { block } = machine
  assert.instance(block, LoneBlock)
  assert.is.not(block, before)
  assert.is(machine.word(record.REGISTERS + 20), 42)
  assert.is(machine.float(record.FLOAT_REGISTERS + 64), 1.5)
  assert.equal([...stackOf(machine).subarray(0, 2)], [7, 8])
  assert.is(heapOf(machine)[99], 9)
  assert.is(machine.word(record.HEAP_CAPACITY), 5 * MIB)
  assert.is(machine.word(record.STACK_CAPACITY), CEILINGS.maxStackEntries)

  machine.setWord(record.HEAP_LENGTH, 16 * MIB)
  assert.ok(machine.backHeap(16 * MIB))
  assert.is(machine.block, block)
  assert.is(machine.word(record.HEAP_CAPACITY), 16 * MIB)
  machine.release()
  assert.is(pool.length, MIB)
})

test('a memory of its own serves one machine after the other, zeroed', () => {
  const pool = new Pool()
  const grown = (maxHeapBytes: number) => {
    const machine = new Machine(IDLE, { ...CEILINGS, maxHeapBytes }, pool)
    machine.setWord(record.HEAP_LENGTH, 9 * MIB)
    machine.backHeap(9 * MIB)
    return machine
  }
  const first = grown(16 * MIB)
  const { block } = first
  heapOf(first).fill(255)
  first.setWord(record.REGISTERS, 5)
  first.close()
  assert.is.not(grown(10 * MIB).block, block, 'another layout')
  const second = grown(16 * MIB)
  assert.is(second.block, block)
  assert.ok(heapOf(second).every((byte) => byte === 0))
  assert.is(second.word(record.REGISTERS), 0)
  assert.is.not(grown(16 * MIB).block, block, 'in use')
})

test('a memory of its own is zeroed as far as any machine before has written, not only the last', () => {
  const pool = new Pool()
  const grown = (mib: number) => {
    const machine = machineIn(pool)
    machine.setWord(record.HEAP_LENGTH, mib * MIB)
    assert.ok(machine.backHeap(mib * MIB))
    return machine
  }
  const first = grown(9)
  const { block } = first
  assert.instance(block, LoneBlock)
  heapOf(first).fill(255)
  first.close()
  const second = grown(1)
  assert.is(second.block, block)
  second.close()
  const third = grown(9)
  assert.is(third.block, block)
  assert.ok(heapOf(third).every((byte) => byte === 0))
})

test('a heap grows in steps where another has been, and at once where none has', () => {
  const pool = new Pool()
  const grow = () => {
    const machine = machineIn(pool)
    machine.setWord(record.HEAP_LENGTH, 9 * MIB)
    const capacities: number[] = []
    do {
      assert.ok(machine.growHeap(9 * MIB))
      capacities.push(machine.word(record.HEAP_CAPACITY))
    } while (machine.word(record.HEAP_CAPACITY) < 9 * MIB)
    return { machine, capacities }
  }
  const first = grow()
  assert.equal(first.capacities, [MAX_SHARED_EXTENT_BYTES, 9 * MIB])
  heapOf(first.machine).fill(255)
  first.machine.close()
  const second = grow()
  assert.is(second.machine.block, first.machine.block)
  second.capacities.forEach((capacity, index) => {
    assert.is(capacity, (index + 1) * MAX_SHARED_EXTENT_BYTES)
  })
  assert.ok(heapOf(second.machine).every((byte) => byte === 0))
})

test('a recycled place is zero, whatever a host wrote to it after the machine was closed', () => {
  const pool = new Pool()
  const first = machineIn(pool)
  first.backHeap(2048)
  const [stale, base, heap] = [first.block.bytes, first.base, first.word(record.HEAP_ADDRESS)]
  first.release()
  stale.fill(255, base, base + record.RECORD_BYTES)
  stale.fill(255, heap, heap + 2048)
  const second = machineIn(pool)
  second.backHeap(2048)
  assert.is(second.base, base)
  assert.is(second.word(record.REGISTERS), 0)
  assert.ok(heapOf(second).every((byte) => byte === 0))
})

test('released twice: once', () => {
  const pool = new Pool()
  const first = machineIn(pool)
  first.release()
  first.release()
  const [a, b] = [machineIn(pool), machineIn(pool)]
  assert.is.not(a.base, b.base)
})

test('100,000 machines take 64 MiB, and give them back', () => {
  const pool = new Pool()
  const machines = Array.from({ length: 100_000 }, () => machineIn(pool))
  assert.ok(pool.length <= 64 * MIB)
  assert.is(
    new Set(machines.map(({ block, base }) => `${block.bytes.length}:${base}`)).size > 50_000,
    true,
  )
  for (const machine of machines) machine.release()
  assert.ok(pool.length <= 16 * MIB)
})

test('sparse blocks are emptied: four times what is in use is the bound', () => {
  const pool = new Pool()
  const machines = Array.from({ length: 60_000 }, (_, mark) => {
    const machine = machineIn(pool)
    machine.setWord(record.REGISTERS, mark)
    return machine
  })
  assert.ok(pool.length >= 30 * MIB)
  // Every third of them has a stack beside its record, the others one within, some a heap.
  machines.forEach((machine, mark) => {
    if (mark % 3 === 0) machine.backStack(20)
    if (mark % 50 === 0) machine.backHeap(2048)
    machine.setWord(record.STACK_DEPTH, 2)
    stackOf(machine).set([mark, 7])
  })
  const isKept = (mark: number) => mark % 100 === 0
  machines.forEach((machine, mark) => {
    if (!isKept(mark)) machine.close()
  })
  assert.ok(pool.used < 3 * MIB)
  assert.ok(pool.length <= 4 * pool.used, `${pool.length} bytes, ${pool.used} used`)
  machines.forEach((machine, mark) => {
    if (!isKept(mark)) return
    assert.is(machine.word(record.REGISTERS), mark)
    assert.equal([...stackOf(machine).subarray(0, 2)], [mark, 7])
  })
})

test('machines that go unasked move nobody, the next one that is made or closed does', () => {
  const pool = new Pool()
  const machines = Array.from({ length: 5000 }, () => machineIn(pool))
  const last = machines.pop() as Machine
  const { block, base } = last
  for (const machine of machines) machine.release()
  assert.is(last.block, block)
  assert.is(last.base, base)
  machineIn(pool).close()
  assert.is.not(last.block, block)
  assert.is(pool.length, MIB)
})

test('machines that come, grow and go never overlap, and leave nothing behind', () => {
  const step = fc.oneof(
    fc.record({ create: fc.constant(true) }),
    fc.record({ machine: fc.nat(), heap: fc.integer({ min: 1, max: 300_000 }) }),
    fc.record({ machine: fc.nat(), stack: fc.integer({ min: 1, max: 60_000 }) }),
    fc.record({ machine: fc.nat(), close: fc.constant(true) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pool = new Pool()
      const machines: { machine: Machine; mark: number; heap: number; stack: number }[] = []
      let marks = 0
      for (const action of steps) {
        if ('create' in action) {
          const machine = machineIn(pool)
          machine.setWord(record.HEAP_LENGTH, CEILINGS.maxHeapBytes)
          machine.setWord(record.REGISTERS, ++marks)
          machines.push({ machine, mark: marks, heap: 0, stack: 0 })
          continue
        }
        const index = action.machine % Math.max(machines.length, 1)
        const entry = machines[index]
        if (entry === undefined) continue
        if ('close' in action) {
          entry.machine.close()
          machines.splice(index, 1)
        } else if ('heap' in action) {
          entry.machine.backHeap(action.heap)
          entry.heap = Math.max(entry.heap, action.heap)
          heapOf(entry.machine).fill(entry.mark, 0, entry.heap)
        } else {
          entry.machine.backStack(action.stack)
          entry.stack = Math.max(entry.stack, action.stack)
          entry.machine.setWord(record.STACK_DEPTH, entry.stack)
          stackOf(entry.machine).fill(entry.mark, 0, entry.stack)
        }
        for (const { machine, mark, heap, stack } of machines) {
          assert.is(machine.word(record.REGISTERS), mark)
          assert.ok(
            heapOf(machine)
              .subarray(0, heap)
              .every((byte) => byte === (mark & 255)),
          )
          assert.ok(
            stackOf(machine)
              .subarray(0, stack)
              .every((word) => word === mark),
          )
        }
      }
      for (const { machine } of machines) machine.release()
      assert.ok(pool.length <= 32 * MIB)
      assert.ok(steps.length === 0 || pool.length === 0 || machineIn(pool).base === 0)
    }),
    { seed: 2, numRuns: 60 },
  )
})

test('memories for threads are shared ones', () => {
  const pool = new Pool({ isForThreads: true })
  const machine = new Machine(image('INC 3', 'SETM 0 3', 'HLT'), CEILINGS, pool)
  assert.instance(machine.block.bytes.buffer, SharedArrayBuffer)
  machine.setFloat(record.FUEL, 10)
  assert.is(interpret(machine, 10), EXIT_BACKED)
  assert.is(interpret(machine, 10), EXIT_DONE)
  assert.is(machine.word(record.REGISTERS + 12), 1)
  assert.is(heapOf(machine)[0], 1)
})

test('without WebAssembly, an ArrayBuffer serves', () => {
  const { WebAssembly: original } = globalThis as { WebAssembly?: unknown }
  Object.assign(globalThis, { WebAssembly: undefined })
  try {
    const machine = machineIn(new Pool())
    assert.is(machine.block.memory, undefined)
    machine.setWord(record.HEAP_LENGTH, 10 * MIB)
    assert.ok(machine.backHeap(9 * MIB))
    heapOf(machine)[9 * MIB - 1] = 3
  } finally {
    Object.assign(globalThis, { WebAssembly: original })
  }
})

test('a platform without memory left faults the program, and nothing else', () => {
  const original = WebAssembly.Memory
  const vm = new Vm(image('INC 1', 'SETM 0 1', 'HLT'), { maxHeapBytes: 64 * MIB })
  vm.load(image('ALOC 2', 'SETM 0 1', 'HLT'))
  vm.registers[0] = 20 * MIB
  vm.registers[2] = 30 * MIB
  WebAssembly.Memory = class {
    constructor() {
      throw new RangeError('could not allocate memory')
    }
  } as unknown as typeof original
  try {
    const stop = vm.run()
    assert.is(stop.kind === 'crashed' && stop.fault.reason, 'heapLimit')
    assert.is(vm.instructionCount, 1)
    assert.is(vm.registers[0], 20 * MIB)
  } finally {
    WebAssembly.Memory = original
  }
})

function stackOf(machine: Machine): Int32Array {
  const address = machine.word(record.STACK_ADDRESS)
  const capacity = machine.word(record.STACK_CAPACITY)
  return new Int32Array(machine.block.bytes.buffer, address, capacity)
}

function heapOf(machine: Machine): Uint8Array {
  const address = machine.word(record.HEAP_ADDRESS)
  return machine.block.bytes.subarray(address, address + machine.word(record.HEAP_CAPACITY))
}

test.run()
