// A scanner against a node under load: malformed connections without a pause, while a program runs on the node, a
// member is linked with it, and newcomers join.
import type { Turns } from '../process/children/turns.js'
import { Host, now, sleep } from '../process/harness.js'
import { throng } from '../process/malformed.js'

export interface StrangersTally {
  readonly connections: number
  readonly seconds: number
  readonly worst: Turns
  /** Bytes in use after a collection, from the end of the warm-up on. */
  readonly heaps: readonly number[]
  readonly joins: number
  readonly worstJoinMs: number
  /** Times that either member suspected or lost the other. */
  readonly alarms: number
  readonly faults: number
}

/** Of the connections, the share after which memory is measured for the first time, and how often it is. */
const WARM_UP = 0.1
const SAMPLES = 10
const CHUNK = 1000

export async function scan(count: number): Promise<StrangersTally> {
  const [a, b] = await Promise.all([Host.start('a'), Host.start('b')])
  await b.join(a)
  await a.call('work')
  const joins: number[] = []
  const heaps: number[] = []
  const chunk = Math.min(CHUNK, Math.ceil(count / SAMPLES))
  const begun = now()
  for (let done = 0; done < count; done += chunk) {
    await Promise.all([
      throng(a.address.port, Math.min(chunk, count - done), done),
      joined(a, joins),
    ])
    const due = count * (WARM_UP + (heaps.length * (1 - WARM_UP)) / (SAMPLES - 1))
    if (done + chunk < due) continue
    await sleep(100) // until those that have just ended are closed
    heaps.push((await a.call('heap')) as number)
    if (heaps.length === 1) await a.call('worstTurn')
  }
  const seconds = (now() - begun) / 1000
  const worst = (await a.call('worstTurn')) as Turns
  const alarms = [
    [a, 'b'],
    [b, 'a'],
  ] as const
  const tally = {
    connections: count,
    seconds,
    worst,
    heaps,
    joins: joins.length,
    worstJoinMs: Math.max(...joins),
    alarms: alarms.reduce(
      (sum, [host, other]) =>
        sum + host.saw('memberSuspected', other).length + host.saw('memberLeft', other).length,
      0,
    ),
    faults: a.saw('fault').length + b.saw('fault').length,
  }
  await Promise.all([a.kill(), b.kill()])
  return tally
}

/** A process joins amid it all, and goes again. */
async function joined(seed: Host, took: number[]): Promise<void> {
  const host = await Host.start(`n${took.length}`)
  const begun = now()
  await host.join(seed)
  took.push(now() - begun)
  await host.call('close')
  await host.kill()
}
