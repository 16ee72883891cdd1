// Owns how the figures that the documentation states are taken of real processes. The tests hold them to their
// bounds; npm run bench prints them. Simulated ones: test/sim/figures.ts.
import type { NodeOptions } from '../../src/index.js'
import { Host, meshed, now, sleep } from './harness.js'

/** So many processes with a node each, that are all members of each other. */
export async function cluster(
  aliases: readonly string[],
  options: NodeOptions = {},
): Promise<Host[]> {
  const hosts = await Promise.all(aliases.map((alias) => Host.start(alias, options)))
  const [first, ...others] = hosts as [Host, ...Host[]]
  for (const host of others) await host.join(first)
  await meshed(hosts)
  return hosts
}

/** Milliseconds until the last of the others was told that a member has gone, after its process was killed. */
export async function killed(victim: Host, others: readonly Host[]): Promise<number> {
  const since = await victim.kill()
  return toldEverywhere(others, 'memberLeft', victim, since, 3000)
}

/** Milliseconds until the last of the others was told that a frozen member is suspect, and that it has gone. */
export async function frozen(
  victim: Host,
  others: readonly Host[],
): Promise<{ suspectedMs: number; leftMs: number; firstLeftMs: number }> {
  const since = victim.signal('SIGSTOP')
  const told = (event: string) => toldEverywhere(others, event, victim, since, 10_000)
  const [suspectedMs, leftMs] = [await told('memberSuspected'), await told('memberLeft')]
  const left = others.flatMap((host) => host.saw('memberLeft', victim.alias))
  return { suspectedMs, leftMs, firstLeftMs: Math.min(...left.map(({ at }) => at)) - since }
}

async function toldEverywhere(
  hosts: readonly Host[],
  event: string,
  { alias }: Host,
  since: number,
  withinMs: number,
): Promise<number> {
  const reports = await Promise.all(hosts.map((host) => host.see(event, alias, withinMs)))
  return Math.max(...reports.map(({ at }) => at)) - since
}

/** Fifty nodes in five processes. */
export const THRONG = { processes: 5, nodes: 50, pairs: (50 * 49) / 2 }

/** Fifty nodes start and join at once: milliseconds from the moment when all listen to the full mesh. */
export async function startedAtOnce(
  options: NodeOptions,
): Promise<{ hosts: Host[]; meshMs: number }> {
  const each = { ...options, count: THRONG.nodes / THRONG.processes }
  const hosts = await Promise.all(
    Array.from({ length: THRONG.processes }, (_, i) =>
      Host.start(`${'abcde'[i]}`, each as NodeOptions, { script: 'many' }),
    ),
  )
  const seed = hosts[0]?.address
  const listening = now() // all of them do
  const ends = await Promise.all(hosts.map((host) => host.call('mesh', seed, THRONG.nodes - 1)))
  return { hosts, meshMs: Math.max(...(ends as number[])) - listening }
}

/** The links of all nodes, once handshakes that lost to a simultaneous one have closed: each has two ends. */
export async function linkEnds(hosts: readonly Host[]): Promise<{ members: number; open: number }> {
  let ends = { members: 0, open: 0 }
  for (const end = now() + 10_000; now() < end; await sleep(100)) {
    const counts = (await Promise.all(hosts.map((host) => host.call('links')))) as (typeof ends)[]
    ends = {
      members: sum(counts.map((each) => each.members)),
      open: sum(counts.map((each) => each.open)),
    }
    if (ends.open === 2 * THRONG.pairs && ends.members === 2 * THRONG.pairs) break
  }
  return ends
}

interface Traffic {
  readonly frames: number
  readonly bytes: number
  readonly cpuUs: number
  readonly atMs: number
}

/** What each node of an idle mesh sends in a second, and its share of a core. */
export async function idle(
  hosts: readonly Host[],
  forMs: number,
): Promise<{ frames: number; bytes: number; core: number }> {
  const traffic = () => Promise.all(hosts.map((host) => host.call('traffic') as Promise<Traffic>))
  const before = await traffic()
  await sleep(forMs)
  const after = await traffic()
  const rate = (value: (traffic: Traffic) => number): number =>
    sum(
      after.map((each, i) => {
        const earlier = before[i] as Traffic
        return (value(each) - value(earlier)) / ((each.atMs - earlier.atMs) / 1000)
      }),
    ) / THRONG.nodes
  return {
    frames: rate(({ frames }) => frames),
    bytes: rate(({ bytes }) => bytes),
    core: rate(({ cpuUs }) => cpuUs) / 1e6,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
