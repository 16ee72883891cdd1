// A scanner against a node under load: malformed connections without a pause, while a program runs on the node, a
// member is linked with it, and newcomers join.
import type { Turns } from '../process/children/turns.js'
import { Host, now } from '../process/harness.js'
import { throng } from '../process/malformed.js'

export interface StrangersTally {
  readonly connections: number
  readonly seconds: number
  readonly worst: Turns
  readonly heapBefore: number
  readonly heapAfter: number
  readonly joins: number
  readonly worstJoinMs: number
  /** Times that either member suspected or lost the other. */
  readonly alarms: number
  readonly faults: number
}

/** Connections after which memory is measured for the first time. */
const WARM_UP = 2000
const CHUNK = 1000

export async function scan(count: number): Promise<StrangersTally> {
  const [a, b] = await Promise.all([Host.start('a'), Host.start('b')])
  await b.join(a)
  await a.call('work')
  await throng(a.address.port, Math.min(WARM_UP, count / 2))
  const heapBefore = (await a.call('heap')) as number
  await a.call('worstTurn')
  const joins: number[] = []
  const begun = now()
  for (let done = 0; done < count; done += CHUNK) {
    await Promise.all([
      throng(a.address.port, Math.min(CHUNK, count - done), done),
      joined(a, joins),
    ])
  }
  const seconds = (now() - begun) / 1000
  const worst = (await a.call('worstTurn')) as Turns
  const heapAfter = (await a.call('heap')) as number
  const alarms = [
    [a, 'b'],
    [b, 'a'],
  ] as const
  const tally = {
    connections: count,
    seconds,
    worst,
    heapBefore,
    heapAfter,
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
