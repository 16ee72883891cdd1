// How long the twentieth node takes to join, beside a process that dials nineteen raw sockets and exchanges one message on
// each, on one first and then on the others: as many round trips, and both ends of everything in as many processes.
import type { NodeOptions } from '../../src/index.js'
import { Host, sleep } from '../../test/process/harness.js'
import { median, row } from '../measure.js'

const MEMBERS = 19
/** Nodes, or raw listeners, of each process. */
const SHARES = [5, 5, 5, 4]
const WARM_ROUNDS = 30
/** Processes that join, or dial, once. */
const COLD_ROUNDS = 11

const script = (name: string): URL => new URL(`children/${name}.ts`, import.meta.url)

export async function joining(security: NodeOptions): Promise<string[]> {
  const secure = Object.keys(security).length > 0
  const start = (name: string, alias: string, options: object) =>
    Host.start(alias, { ...options } as NodeOptions, { script: script(name) })
  const nodes = await Promise.all(
    SHARES.map((count, i) =>
      Host.start(`${'abcd'[i]}`, { ...security, count } as NodeOptions, { script: 'many' }),
    ),
  )
  const seed = nodes[0]?.address
  await Promise.all(nodes.map((host) => host.call('mesh', seed, MEMBERS - 1)))
  const raw = await Promise.all(
    SHARES.map((count, i) => start('raw', `raw${i}`, { count, secure })),
  )
  const ports = raw.flatMap(({ address }) => address as unknown as number[])

  const join = (host: Host) => host.call('join', seed, MEMBERS) as Promise<number>
  const dial = (host: Host) => host.call('dial', ports) as Promise<number>
  const both = async (get: () => Promise<Host>, rounds: number, done: (host: Host) => unknown) => {
    const times = { join: [] as number[], dial: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      for (const [list, action] of [
        [times.join, join],
        [times.dial, dial],
      ] as const) {
        const host = await get()
        list.push(await action(host))
        await done(host)
        await sleep(150) // the others hear that it has gone
      }
    }
    return [median(times.join), median(times.dial)] as const
  }
  const joiner = await start('joiner', 'joiner', { ...security, secure })
  const hosts = [...nodes, ...raw, joiner]
  await both(
    async () => joiner,
    3,
    () => {},
  )
  const warm = await both(
    async () => joiner,
    WARM_ROUNDS,
    () => {},
  )
  const cold = await both(
    () => start('joiner', 'joiner', { ...security, secure }),
    COLD_ROUNDS,
    (host) => host.kill(),
  )
  await Promise.all(hosts.map((host) => host.kill()))
  const line = (name: string, [joined, dialled]: readonly [number, number]): string =>
    row(name, `${joined.toFixed(1)} ms`, `${dialled.toFixed(1)} ms`, joined / dialled)
  return [line(secure ? 'with a secret' : 'plain', warm), line('  the first of a process', cold)]
}
