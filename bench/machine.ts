// Times the machine: slices, compilation, and many machines at once.
import { compileInSteps } from '../src/vm/compiler/compile.js'
import { type Program, Vm } from '../src/vm-entry.js'
import { KERNELS, type Kernel, largeProgram } from './kernels.js'
import { fastest, processorTime, row } from './measure.js'
import { ENGINES, type Engine, runInSlices, SLICE } from './slices.js'

const MACHINES = 100_000

const kernel = (wanted: string) => KERNELS.find(({ name }) => name === wanted) as Kernel

export function countingLoop(): string[] {
  const { program, size } = kernel('count')
  return ENGINES.map((engine) => {
    const time = fastest(() => runInSlices(program, size, engine))
    return row(engine, `${(time / (3 * size)).toFixed(2)} ns`)
  })
}

/** What it costs to leave a running program and come back: slices of 100 against slices of 10,000. */
export function slices(): string[] {
  const { program } = kernel('count')
  return ENGINES.map((engine) => {
    const instructions = 1_000_000
    const timeWith = (fuel: number) =>
      fastest(() => {
        const vm = new Vm(program, { engine })
        vm.registers[0] = -1
        for (let done = 0; done < instructions; done += fuel) vm.run({ fuel })
        vm.close()
      })
    const [short, long] = [100, SLICE]
    const runs = instructions / short - instructions / long
    return row(engine, `${((timeWith(short) - timeWith(long)) / runs).toFixed(0)} ns`)
  })
}

/** From instructions to a module that can run: our part, and the platform's first pass over what we made. */
export function compilation(): string[] {
  const rows = [1000, 10_000, 16_000].map((size) => {
    let seed = 1000
    const programs = Array.from({ length: 60 }, () => largeProgram(size, ++seed))
    const bytes = () => moduleOf(programs.pop() as Program)
    const ours = fastest(bytes)
    const modules = Array.from({ length: 30 }, bytes)
    const platforms = fastest(
      () => void new WebAssembly.Module(modules.pop() as Uint8Array<ArrayBuffer>),
    )
    return row(`${size} instructions`, ...[ours, platforms, ours + platforms].map(milliseconds))
  })
  return [row('', 'to WebAssembly', 'its module', 'together'), ...rows]
}

/** From bytes that the package has never seen to the first instruction done. */
export function firstInstruction(): string[] {
  const rows = [100, 1000, 10_000, 16_000].map((size) => {
    let seed = 0
    const times = ENGINES.map((engine) => {
      const programs = Array.from({ length: 40 }, () => largeProgram(size, ++seed))
      return fastest(() => {
        const vm = new Vm(programs.pop() as Program, { engine })
        vm.run({ fuel: 1 })
        vm.close()
      })
    })
    return row(`${size} instructions`, ...times.map(milliseconds))
  })
  return [row('', ...ENGINES), ...rows]
}

/** Each runs 100 instructions of the counting loop, the first time and again. */
export function manyMachines(): string[] {
  const names = ['create', 'run 100 instructions', 'run 100 more', 'close']
  const times = ENGINES.map(bestRound)
  const rows = names.map((name, column) =>
    row(name, ...times.map((best) => `${(best[column] as number).toFixed(0)} ns`)),
  )
  return [row('', ...ENGINES), ...rows]
}

/** Bytes of one idle machine; needs --expose-gc. */
export function idleMachines(): string[] {
  const { program } = kernel('count')
  const before = usage()
  const vms = Array.from({ length: MACHINES }, () => new Vm(program))
  const after = usage()
  for (const vm of vms) vm.close()
  return [
    row('JavaScript heap', `${((after.heap - before.heap) / MACHINES).toFixed(0)} B`),
    row('memory', `${((after.memory - before.memory) / MACHINES).toFixed(0)} B`),
  ]
}

/** Nanoseconds per machine of each step of its life, the best of several rounds. */
function bestRound(engine: Engine): number[] {
  const { program } = kernel('count')
  const options = { engine }
  const best = [0, 0, 0, 0].fill(Number.POSITIVE_INFINITY)
  for (let round = 0; round < 5; round++) {
    const vms: Vm[] = new Array(MACHINES)
    const steps: readonly ((index: number) => void)[] = [
      (index) => {
        vms[index] = new Vm(program, options)
        ;(vms[index] as Vm).registers[0] = -1
      },
      (index) => void (vms[index] as Vm).run({ fuel: 100 }),
      (index) => void (vms[index] as Vm).run({ fuel: 100 }),
      (index) => (vms[index] as Vm).close(),
    ]
    steps.forEach((step, column) => {
      const start = processorTime()
      for (let index = 0; index < MACHINES; index++) step(index)
      const time = (processorTime() - start) / MACHINES
      best[column] = Math.min(best[column] as number, time)
    })
  }
  return best
}

function moduleOf(program: Program): Uint8Array<ArrayBuffer> {
  const steps = compileInSteps(program)
  let step = steps.next()
  while (!step.done) step = steps.next()
  if (step.value === undefined) throw new Error('refused')
  return step.value.encode(false)
}

function milliseconds(nanoseconds: number): string {
  return `${(nanoseconds / 1e6).toFixed(2)} ms`
}

function usage() {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return { heap: heapUsed, memory: external }
}
