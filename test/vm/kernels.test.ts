// The programs of the bench do what their JavaScript twins do, under both engines.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { KERNELS, MORE_KERNELS } from '../../bench/kernels.js'
import { ENGINES, SLICE } from '../../bench/slices.js'
import { Vm } from '../../src/vm-entry.js'

for (const { name, program, twin, testSize } of [...KERNELS, ...MORE_KERNELS]) {
  for (const engine of ENGINES) {
    for (const fuel of [7, SLICE]) {
      test(`${name}, ${engine}, slices of ${fuel}`, () => {
        const vm = new Vm(program, { engine })
        vm.registers[0] = testSize
        let stop = vm.run({ fuel })
        while (stop.kind === 'yielded') stop = vm.run({ fuel })
        assert.equal(stop, { kind: 'halted', code: 0 })
        assert.is(vm.registers[1], twin(testSize))
        assert.is.not(vm.registers[1], 0)
        vm.close()
      })
    }
  }
}

test.run()
