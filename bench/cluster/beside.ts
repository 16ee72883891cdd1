// How much longer small messages and control frames take beside messages of 16 MiB, which one of two processes sends
// the other one after the other. Counted from the moment when a message was due, so that a sender that is kept
// from sending counts as well.
import type { NodeOptions } from '../../src/index.js'
import { Host, sleep } from '../../test/process/harness.js'
import { row } from '../measure.js'

const WARM_UP_MS = 2000
const IDLE_MS = 4000
const BESIDE_MS = 6000

interface Delays {
  readonly small: number[]
  readonly control: number[]
  readonly largeReceived: number
}

export async function beside(name: string, security: NodeOptions): Promise<string[]> {
  const start = (alias: string) =>
    Host.start(alias, security, { script: new URL('children/beside.ts', import.meta.url) })
  const [a, b] = await Promise.all([start('a'), start('b')])
  await b.join(a)
  const measure = async (withLarge: boolean, forMs: number): Promise<[Delays, Delays]> => {
    await Promise.all([a.call('begin', 'b', withLarge), b.call('begin', 'a', false)])
    await sleep(forMs)
    const [atA, atB] = await Promise.all([a.call('end'), b.call('end')])
    await sleep(1000) // what is under way arrives
    return [atA as Delays, atB as Delays]
  }
  await measure(true, WARM_UP_MS)
  const idle = await measure(false, IDLE_MS)
  const busy = await measure(true, BESIDE_MS)
  await Promise.all([a.kill(), b.kill()])
  const line = (what: string, of: (delays: [Delays, Delays]) => number[]): string => {
    const [before, during] = [sorted(of(idle)), sorted(of(busy))]
    const added = quantile(during, 1) - quantile(before, 0.5)
    const cells = [
      quantile(before, 0.5),
      quantile(before, 1),
      quantile(during, 0.5),
      quantile(during, 0.99),
      quantile(during, 1),
      added,
    ]
    return row(what, ...cells)
  }
  return [
    row(name, 'idle median', 'worst', 'beside: median', '99 %', 'worst', 'added, worst'),
    line('messages, the same way', ([, atB]) => atB.small),
    line('messages, the other way', ([atA]) => atA.small),
    line('control, the same way', ([, atB]) => atB.control),
    line('control, the other way', ([atA]) => atA.control),
    row('messages of 16 MiB', `${((busy[1].largeReceived * 1000) / BESIDE_MS).toFixed(1)}/s`),
  ]
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

function quantile(values: readonly number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN
}
