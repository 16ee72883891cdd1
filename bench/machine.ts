// Times the machine: instructions, kernels beside JavaScript, and many machines at once.
import { type Program, Vm } from '../src/vm-entry.js'
import { KERNELS, type Kernel } from './kernels.js'
import { fastest, geometricMean, row } from './measure.js'

/** Instructions of a slice: what a scheduler would give a program before it looks at the others. */
const SLICE = 10_000
const MACHINES = 100_000

export function countingLoop(): string[] {
  const { program, size } = KERNELS.find(({ name }) => name === 'count') as Kernel
  const time = fastest(() => runInSlices(program, size))
  return [row('INC, NEQ, DJMPE', `${(time / (3 * size)).toFixed(2)} ns`)]
}

export function kernels(): string[] {
  const ratios: number[] = []
  const rows = KERNELS.map(({ name, program, twin, size }) => {
    const js = fastest(() => twin(size))
    const vm = fastest(() => runInSlices(program, size))
    ratios.push(vm / js)
    return row(name, `${(js / 1e6).toFixed(1)} ms`, `${(vm / 1e6).toFixed(1)} ms`, vm / js)
  })
  return [
    row('', 'JavaScript', 'interpreter', 'ratio'),
    ...rows,
    row('geometric mean', '', '', geometricMean(ratios)),
  ]
}

/** Each runs 100 instructions of the counting loop, the first time and again. */
export function manyMachines(): string[] {
  const { program } = KERNELS.find(({ name }) => name === 'count') as Kernel
  let vms: Vm[] = []
  const each = (action: (index: number) => void) => {
    const start = process.hrtime.bigint()
    for (let index = 0; index < MACHINES; index++) action(index)
    return Number(process.hrtime.bigint() - start) / MACHINES
  }
  const rounds = Array.from({ length: 5 }, () => {
    vms = new Array(MACHINES)
    const create = each((i) => {
      vms[i] = new Vm(program)
    })
    const run = () => each((i) => void (vms[i] as Vm).run({ fuel: 100 }))
    const times = [create, run(), run()]
    return [...times, each((i) => (vms[i] as Vm).close())]
  })
  const names = ['create', 'run 100 instructions', 'run 100 more', 'close']
  return names.map((name, column) => {
    const best = Math.min(...rounds.map((times) => times[column] as number))
    return row(name, `${best.toFixed(0)} ns`)
  })
}

/** Bytes of one idle machine; needs --expose-gc. */
export function idleMachines(): string[] {
  const { program } = KERNELS[0] as Kernel
  const before = usage()
  const vms = Array.from({ length: MACHINES }, () => new Vm(program))
  const after = usage()
  for (const vm of vms) vm.close()
  return [
    row('JavaScript heap', `${((after.heap - before.heap) / MACHINES).toFixed(0)} B`),
    row('memory', `${((after.memory - before.memory) / MACHINES).toFixed(0)} B`),
  ]
}

function usage() {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return { heap: heapUsed, memory: external }
}

function runInSlices(program: Program, size: number): void {
  const vm = new Vm(program, { engine: 'interpreter' })
  vm.registers[0] = size
  while (vm.run({ fuel: SLICE }).kind === 'yielded');
  vm.close()
}
