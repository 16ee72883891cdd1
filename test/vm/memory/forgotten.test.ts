// Machines that nobody closes: the garbage collector gives their memory back.
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Vm } from '../../../src/vm-entry.js'
import { image } from '../images.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const PRINTS = image({ data: 'x\0' }, 'PRTS 0', 'PUSH 0', 'SETM 0 0', 'HLT')
const MACHINES = 5000

/** Runs many machines that refer to themselves, and keeps only the memories that they lay in. */
function runAndForget(buffers: Set<ArrayBufferLike>): void {
  for (let i = 0; i < MACHINES; i++) {
    const vm: Vm = new Vm(PRINTS, { output: () => void vm.pc })
    vm.run()
    buffers.add(vm.heap.buffer)
  }
}

test('forgotten machines are released', async () => {
  const buffers = new Set<ArrayBufferLike>()
  for (let round = 0; round < 10; round++) {
    runAndForget(buffers)
    collect()
    // The registry calls back in a turn of its own.
    await sleep(1)
  }
  const bytes = [...buffers].reduce((sum, buffer) => sum + buffer.byteLength, 0)
  // One round takes 512 for the record, 512 for the stack and 2048 for the heap of each: 15 MB of 32.
  assert.ok(bytes <= 32 * 1024 * 1024, `${bytes} bytes`)
})

test('a machine in use is not', async () => {
  const vm = new Vm(image('INC 0', 'INC 0', 'HLT'))
  vm.step()
  collect()
  await sleep(1)
  collect()
  assert.is(vm.run().kind, 'halted')
  assert.is(vm.registers[0], 2)
})

test.run()
