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

const MIB = 1024 * 1024

/** Runs many machines that refer to themselves: 1.5 KB each, 7.5 MB in all. */
function runAndForget(): void {
  for (let i = 0; i < MACHINES; i++) {
    const vm: Vm = new Vm(PRINTS, { output: () => void vm.pc })
    vm.run()
  }
}

/**
 * Collects until no more than `bytes` are held outside of the heap, or long enough: the registry calls back in turns of
 * its own, and a memory that it lets go is collected after that.
 */
async function settle(bytes = 0): Promise<number> {
  for (let i = 0; i < 50; i++) {
    collect()
    await sleep(1)
    if (process.memoryUsage().external <= bytes) break
  }
  return process.memoryUsage().external
}

test('forgotten machines are released', async () => {
  const before = await settle()
  runAndForget()
  assert.ok(process.memoryUsage().external > before + 7 * MIB)
  // One empty memory is kept, whichever was left last: of the 1, 1, 2 and 4 MiB that these machines took, perhaps the largest.
  const after = await settle(before + 5 * MIB)
  assert.ok(after < before + 5 * MIB, `${before} bytes before, ${after} after`)
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
