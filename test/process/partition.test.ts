// What lies between the processes fails: proxies fall silent, reset connections, or are slow.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { atOnce, FAST, type Host, meshed, noFaults, now, sleep } from './harness.js'
import { behindProxy, type Condition, type Middlebox } from './proxy.js'

interface Place {
  readonly host: Host
  readonly proxy: Middlebox
}

/** Processes a, b, c, ... that are members of each other, each behind a proxy. */
async function mesh(count: number, delayMs = 0): Promise<Place[]> {
  const names = Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i))
  const places = await Promise.all(names.map((name) => behindProxy(name, FAST)))
  for (const { proxy } of places) proxy.delayMs = delayMs
  const [first, ...others] = places.map(({ host }) => host) as [Host, ...Host[]]
  await Promise.all(others.map((host) => host.join(first)))
  await meshed([first, ...others], 20_000)
  return places
}

const aliases = (side: readonly Place[]): string[] => side.map(({ host }) => host.alias)

/** Between the two sides, everything becomes like this. */
function set(condition: Condition, left: readonly Place[], right: readonly Place[]): void {
  for (const { proxy } of left) proxy.set(condition, aliases(right))
  for (const { proxy } of right) proxy.set(condition, aliases(left))
}

/** Parted for as long as that takes, then healed: what must each have seen of each? */
async function partAndHeal(condition: Condition, sizes: readonly [number, number]): Promise<void> {
  const places = await mesh(sizes[0] + sizes[1])
  const [left, right] = [places.slice(0, sizes[0]), places.slice(sizes[0])]
  const sides = [
    [left, right],
    [right, left],
  ] as const
  set(condition, left, right)
  for (const [here, there] of sides) {
    for (const { host } of here) {
      for (const alias of aliases(there)) {
        assert.is((await host.see('memberLeft', alias, 10_000)).detail, 'failed')
      }
    }
    await meshed(
      here.map(({ host }) => host),
      1000,
    )
  }
  await sleep(1500)
  set('open', left, right)
  const healed = now()
  const hosts = places.map(({ host }) => host)
  await meshed(hosts, 40_000)
  console.log(`${condition}: one view ${Math.round(now() - healed)} ms after healing`)
  await sleep(1500)
  await meshed(hosts)
  for (const [here, there] of sides) {
    for (const { host } of here) {
      for (const alias of aliases(places).filter((other) => other !== host.alias)) {
        const times = aliases(there).includes(alias) ? 1 : 0
        assert.is(host.saw('memberLeft', alias).length, times, `${host.alias} loses ${alias}`)
        assert.is(host.saw('memberJoined', alias).length, 1 + times, `${host.alias} has ${alias}`)
      }
    }
  }
  noFaults(hosts)
  for (const { proxy } of places) proxy.close()
}

atOnce({
  'two and two, with silence between them: each side loses the other once, and has it again, unaided'() {
    return partAndHeal('silent', [2, 2])
  },

  'one and two, with every connection reset'() {
    return partAndHeal('cut', [1, 2])
  },

  async 'a network that takes 150 ms each way, with a timeout of a second: nobody is suspected'() {
    const places = await mesh(3, 150)
    const hosts = places.map(({ host }) => host)
    await sleep(3000)
    for (const host of hosts) {
      assert.is(host.saw('memberLeft').length, 0)
      assert.is(host.saw('memberJoined').length, 2)
      const { roundTripMs } = await host.stats()
      const times = Object.values(roundTripMs)
      assert.ok(Math.max(...times) >= 300, `${host.alias}: ${times}`)
    }
    for (const { proxy } of places) proxy.close()
  },

  async 'a silence shorter than the timeout: nobody leaves, and nothing was lost'() {
    const places = await mesh(3)
    const [a, ...rest] = places as [Place, Place, Place]
    for (let i = 0; i < 3; i++) {
      set('silent', [a], rest)
      await sleep(500)
      set('open', [a], rest)
      await sleep(500)
    }
    const hosts = places.map(({ host }) => host)
    await meshed(hosts)
    for (const host of hosts) {
      assert.equal(host.saw('memberLeft'), [], host.alias)
      assert.is((await host.stats()).links.members, 2)
    }
    for (const { proxy } of places) proxy.close()
  },
})

test.run()
