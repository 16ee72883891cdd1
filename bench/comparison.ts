// Times the kernels on our engines and on others, each as a multiple of hand-written JavaScript of the same size.
import { KERNELS, type Kernel, MORE_KERNELS } from './kernels.js'
import { fastest, geometricMean, row } from './measure.js'
import { fengari } from './rivals/fengari.js'
import { gcc, lua54, luajit } from './rivals/native.js'
import { quickjs } from './rivals/quickjs.js'
import { type Rival, timeInside } from './rivals/rival.js'
import { wasmoon } from './rivals/wasmoon.js'
import { ENGINES, type Engine, runInSlices } from './slices.js'

export async function comparison(): Promise<string[]> {
  const found = [gcc(), luajit(), lua54(), await wasmoon(), await quickjs(), fengari()]
  const rivals = found.filter((rival) => 'time' in rival)
  const ours = ENGINES.map(own)
  const ratios = new Map([...ours, ...rivals].map((rival) => [rival, [] as number[]]))
  for (const kernel of KERNELS) {
    const js = { usual: timeOfTwin(kernel, kernel.size), slow: timeOfTwin(kernel, kernel.slowSize) }
    for (const [rival, list] of ratios) {
      const size = rival.isSlow ? kernel.slowSize : kernel.size
      list.push(rival.time(kernel, size) / (rival.isSlow ? js.slow : js.usual))
    }
  }
  const compiled = ratios.get(ours.at(-1) as Rival) as readonly number[]
  const least = (list: readonly number[]) =>
    Math.min(...list.map((ratio, index) => ratio / (compiled[index] as number)))
  return [
    row('', ...KERNELS.map(({ name }) => name), 'geometric mean', 'to compiled *'),
    ...[...ratios].map(([{ name }, list]) => row(name, ...list, geometricMean(list), least(list))),
    '* the least ratio to our compiled engine of any kernel',
    'quickjs-emscripten and fengari: a tenth to a twentieth of the work, against JavaScript of that size',
    ...found.flatMap((rival) => ('missing' in rival ? [rival.missing] : [])),
  ]
}

/** Kernels of other kinds, our engines only. */
export function moreKernels(): string[] {
  const ours = ENGINES.map(own)
  const ratios = MORE_KERNELS.map((kernel) => {
    const js = timeOfTwin(kernel, kernel.size)
    return ours.map((engine) => engine.time(kernel, kernel.size) / js)
  })
  const columns = ours.map((_, column) => ratios.map((row) => row[column] as number))
  return [
    row('', ...ENGINES),
    ...MORE_KERNELS.map(({ name }, at) => row(name, ...(ratios[at] as number[]))),
    row('geometric mean', ...columns.map(geometricMean)),
  ]
}

function own(engine: Engine): Rival {
  return {
    name: `iridium-node, ${engine}`,
    isSlow: false,
    time: (kernel, size) => timeInside(kernel, size, (n) => runInSlices(kernel.program, n, engine)),
  }
}

/** Small sizes are done in a fraction of a millisecond, hence several calls. */
function timeOfTwin({ twin, size }: Kernel, wanted: number): number {
  const calls = size === wanted ? 1 : 10
  let sum = 0
  const time = fastest(() => {
    for (let call = 0; call < calls; call++) sum += twin(wanted)
  })
  if (sum === 0) throw new Error('no result')
  return time / calls
}
