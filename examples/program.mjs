// A program in five lines: assemble it, run it with a budget of 1,000 instructions, read a register.
import { assemble, Vm } from 'iridium-node'

const program = assemble('load $0 #20  load $1 #22  add $0 $1 $2  hlt', { sections: 'optional' })
const vm = new Vm(program)
const stop = vm.run({ fuel: 1000 })
console.log(stop.kind, stop.code, vm.registers[2])

// prints:
// halted 0 42
