// The programs of the bench do what their JavaScript twins do.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { KERNELS } from '../../bench/kernels.js'
import { Vm } from '../../src/vm-entry.js'

for (const { name, program, twin, testSize } of KERNELS) {
  test(name, () => {
    const vm = new Vm(program)
    vm.registers[0] = testSize
    assert.equal(vm.run(), { kind: 'halted', code: 0 })
    assert.is(vm.registers[1], twin(testSize))
    assert.is.not(vm.registers[1], 0)
  })
}

test.run()
