// The figures of the cluster that need real processes: how soon members are found and missed, what an idle mesh
// costs, how long others wait beside a large message. Each line ends with the bound that design asks for.

import type { NodeOptions } from '../src/index.js'
import {
  cluster,
  frozen,
  idle,
  killed,
  linkEnds,
  startedAtOnce,
  THRONG,
} from '../test/process/figures.js'
import { FAST, Host, meshed, sleep } from '../test/process/harness.js'
import { beside } from './cluster/beside.js'
import { joining } from './cluster/join.js'
import { median, row } from './measure.js'
import { SECRET } from './messages/contender.js'

const SECURE: NodeOptions = { secret: SECRET }
const KILLS = 12
const FROZEN_AT_ONCE = 3
const IDLE_SETTLE_MS = 3000
const IDLE_MS = 10_000

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`

export async function twentiethJoin(): Promise<string[]> {
  return [
    row('', '20th joins', '19 raw dials', 'ratio', 'wanted'),
    ...(await joining({})),
    ...(await joining(SECURE)),
  ].map((line, i) => (i === 1 || i === 3 ? `${line}${'1.5'.padStart(15)}` : line))
}

export async function meshAtOnce(): Promise<string[]> {
  const lines = [row('', 'full mesh', 'links', 'wanted')]
  for (const [name, options, wanted] of [
    ['plain', {}, 5000],
    ['with a secret', SECURE, 8000],
  ] as const) {
    const { hosts, meshMs } = await startedAtOnce(options)
    const { open } = await linkEnds(hosts)
    await endAllOf(hosts)
    lines.push(row(name, ms(meshMs), `${open / 2} of ${THRONG.pairs}`, ms(wanted)))
  }
  return lines
}

export async function idleMesh(): Promise<string[]> {
  const lines = [row('', 'frames/s', 'bytes/s', 'of a core')]
  for (const [name, options] of [
    ['plain', {}],
    ['with a secret', SECURE],
  ] as const) {
    const { hosts } = await startedAtOnce(options)
    await linkEnds(hosts)
    await sleep(IDLE_SETTLE_MS)
    const { frames, bytes, core } = await idle(hosts, IDLE_MS)
    await endAllOf(hosts)
    lines.push(row(name, frames.toFixed(1), bytes.toFixed(0), `${(core * 100).toFixed(2)} %`))
  }
  return [...lines, row('wanted, at most', '60', '1024', '1 %')]
}

/** One of six is killed at any moment of the beat, and another takes its place. */
export async function processKilled(): Promise<string[]> {
  const hosts = await cluster(['a', 'b', 'c', 'd', 'e', 'f'])
  const times: number[] = []
  for (let round = 0; round < KILLS; round++) {
    await sleep(Math.random() * 1000)
    const [victim] = hosts.splice(round % hosts.length, 1) as [Host]
    times.push(await killed(victim, hosts))
    const next = await Host.start(`next-${round}`)
    await next.join(hosts[0] as Host)
    hosts.push(next)
    await meshed(hosts, 5000)
  }
  await endAllOf(hosts)
  return [
    row('', 'median', 'worst', 'kills'),
    row('memberLeft everywhere', ms(median(times)), ms(Math.max(...times)), `${KILLS}`),
    row('wanted, at most', ms(50), ms(500)),
  ]
}

/** Several clusters of six, in each of which one freezes at some moment of the beat. */
export async function processFrozen(): Promise<string[]> {
  const measure = async (name: string, options: NodeOptions): Promise<string> => {
    const figures = await Promise.all(
      Array.from({ length: FROZEN_AT_ONCE }, async (_, i) => {
        const hosts = await cluster(['a', 'b', 'c', 'd', 'e', 'f'], options)
        await sleep(2500 + (i * 1000) / FROZEN_AT_ONCE)
        const [victim, ...others] = hosts as [Host, ...Host[]]
        const figure = await frozen(victim, others)
        await endAllOf(hosts)
        return figure
      }),
    )
    const worst = (key: 'suspectedMs' | 'leftMs') => ms(Math.max(...figures.map((f) => f[key])))
    return row(name, worst('suspectedMs'), worst('leftMs'), `${FROZEN_AT_ONCE}`)
  }
  return [
    row('worst, everywhere', 'suspected', 'left', 'freezes'),
    await measure('defaults', {}),
    row('  wanted, at most', ms(2500), ms(7000)),
    await measure('heartbeat 100, 1000', FAST),
    row('  wanted, at most', '', ms(2000)),
  ]
}

/** Milliseconds, and what the worst has more than the median of an idle link. */
export async function besideLarge(): Promise<string[]> {
  return [
    ...(await beside('plain, ms', {})),
    ...(await beside('with a secret, ms', SECURE)),
    row('wanted, at most', ...['', '', '', '', '', '20.00']),
  ]
}

async function endAllOf(hosts: readonly Host[]): Promise<void> {
  await Promise.all(hosts.map((host) => host.kill()))
}
