// Owns how tests look at a whole machine: everything that a host can see, as plain data.
import type { Stop, Vm } from '../../src/vm-entry.js'

export function stateOf(vm: Vm) {
  return {
    registers: [...vm.registers],
    floats: [...vm.floatRegisters].map(bits),
    equalFlag: vm.equalFlag,
    remainder: vm.remainder,
    loopCounter: vm.loopCounter,
    pc: vm.pc,
    stackDepth: vm.stackDepth,
    heapLength: vm.heap.length,
    heap: written(vm.heap),
    output: vm.output,
    instructionCount: vm.instructionCount,
  }
}

/** The bytes that are not zero, by offset. */
export function written(heap: Uint8Array): Record<number, number> {
  const found: Record<number, number> = {}
  heap.forEach((byte, offset) => {
    if (byte !== 0) found[offset] = byte
  })
  return found
}

/** A float, bit for bit. */
export function bits(value: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0).toString(16).padStart(16, '0')
}

/** 'halted 0', 'yielded', or the reason of the fault. */
export function stopText(stop: Stop): string {
  if (stop.kind === 'crashed') return stop.fault.reason
  return stop.kind === 'halted' ? `halted ${stop.code}` : stop.kind
}
