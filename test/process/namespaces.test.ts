// Two networks of the system's own, joined by a cable that is pulled and put back; with netem where the kernel has it,
// the cable is slow and loses packets. Needs root and iproute2: skipped elsewhere.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, Host, meshed, noFaults, now, sleep } from './harness.js'

const NAMES = ['left', 'right'].map((side) => `iridium-${process.pid}-${side}`)
const ADDRESSES = ['10.213.77.1', '10.213.77.2']
const OPTIONS = {
  secret: randomBytes(32).toString('base64url'),
  heartbeat: { intervalMs: 200, timeoutMs: 1500 },
}
/** One way. */
const DELAY_MS = 25

function ip(...args: string[]): string | null {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' })
  return status === 0 ? null : (error?.message ?? stderr.trim())
}

const inside = (side: number, ...command: string[]): string | null =>
  ip('netns', 'exec', NAMES[side] as string, ...command)

/** Null, or why there can be no such networks here. */
function layCable(): string | null {
  const [left, right] = NAMES as [string, string]
  return (
    ip('netns', 'add', left) ??
    ip('netns', 'add', right) ??
    ip('link', 'add', 'cable', 'netns', left, 'type', 'veth', 'peer', 'cable', 'netns', right) ??
    [0, 1].reduce<string | null>(
      (failure, side) =>
        failure ??
        inside(side, 'ip', 'address', 'add', `${ADDRESSES[side]}/24`, 'dev', 'cable') ??
        inside(side, 'ip', 'link', 'set', 'lo', 'up') ??
        inside(side, 'ip', 'link', 'set', 'cable', 'up'),
      null,
    )
  )
}

function removeCable(): void {
  for (const name of NAMES) ip('netns', 'delete', name)
}

/** Whether the cable now takes 50 ms there and back, and loses one packet of a hundred. */
function makeSlow(): boolean {
  const netem = ['netem', 'delay', `${DELAY_MS}ms`, 'loss', '1%']
  return [0, 1].every(
    (side) => inside(side, 'tc', 'qdisc', 'add', 'dev', 'cable', 'root', ...netem) === null,
  )
}

const obstacle = process.platform === 'linux' ? layCable() : 'only Linux has network namespaces'
process.on('exit', removeCable)
test.after(endAll)

if (obstacle === null) {
  test('two and two, the cable is pulled and put back: each side loses the other once; then one view', async () => {
    const isSlow = makeSlow()
    if (!isSlow) console.log('no netem in this kernel: without delay and loss')
    const places = [
      ['a', 0],
      ['b', 0],
      ['c', 1],
      ['d', 1],
    ] as const
    const hosts = await Promise.all(
      places.map(([alias, side]) =>
        Host.start(
          alias,
          { ...OPTIONS, host: ADDRESSES[side] },
          { under: ['ip', 'netns', 'exec', NAMES[side] as string] },
        ),
      ),
    )
    const [a, b, c, d] = hosts as [Host, Host, Host, Host]
    await Promise.all([b, c, d].map((host) => host.join(a)))
    await meshed(hosts)
    if (isSlow) {
      const { roundTripMs } = await c.stats()
      assert.ok((roundTripMs['a'] as number) >= 2 * DELAY_MS, JSON.stringify(roundTripMs))
    }
    assert.is(inside(1, 'ip', 'link', 'set', 'cable', 'down'), null)
    const sides = [
      [
        [a, b],
        [c, d],
      ],
      [
        [c, d],
        [a, b],
      ],
    ] as const
    for (const [here, there] of sides) {
      for (const host of here) {
        for (const { alias } of there) {
          assert.is((await host.see('memberLeft', alias, 10_000)).detail, 'failed')
        }
      }
      await meshed(here)
    }
    await sleep(1000)
    assert.is(inside(1, 'ip', 'link', 'set', 'cable', 'up'), null)
    const healed = now()
    await meshed(hosts, 40_000)
    console.log(`one view ${Math.round(now() - healed)} ms after the cable was put back`)
    for (const [here, there] of sides) {
      for (const host of here) {
        for (const { alias } of there) {
          assert.is(host.saw('memberLeft', alias).length, 1, `${host.alias} about ${alias}`)
          assert.is(host.saw('memberJoined', alias).length, 2, `${host.alias} about ${alias}`)
        }
      }
    }
    noFaults(hosts)
  })
} else {
  test.skip(`no network namespaces here: ${obstacle}`, () => {})
}

test.run()
