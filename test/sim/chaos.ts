// Owns the hostile world: from a seed, a cluster of nodes and faults of every kind for a while; then everything
// heals, and the nodes must come to one view within the stated time. Safety is checked at every step (checker.ts).
import type { Input, Output } from '../../src/cluster/io.js'
import { sameAddress } from '../../src/core/address.js'
import type { Versions } from '../../src/protocol/versions.js'
import { Checker } from './checker.js'
import { Prng } from './prng.js'
import type { Process } from './process.js'
import { nameOf, traceLine, traceStep } from './trace.js'
import { type Site, World } from './world.js'

export interface ChaosOptions {
  readonly seed: number
  /** Nodes at the start; by default 2 to 24, by the seed. */
  readonly nodes?: number
  /** Simulated ms of faults. */
  readonly faultsMs?: number
  /** Is told every line of the trace. */
  readonly trace?: (line: string) => void
}

export interface Report {
  readonly seed: number
  readonly nodes: number
  readonly faults: number
  /** Packets that were lost. */
  readonly losses: number
  readonly violations: readonly string[]
  readonly falseAlarms: number
  /** From the healing of everything to one view; null: never. */
  readonly convergedMs: number | null
  readonly simulatedMs: number
  readonly steps: number
  readonly events: ReadonlyMap<string, number>
}

/** In which everything must have healed, in ms. */
export const CONVERGENCE_MS = 35_000

export function runChaos(options: ChaosOptions): Report {
  const chaos = new Chaos(options)
  chaos.begin()
  chaos.rage()
  return chaos.heal()
}

/** What the host of a node does: joins, and tries again until it is in. */
interface Host {
  readonly process: Process
  /** Started on purpose with an alias that is in use, or too new a version: gives up when it is told so. */
  readonly isTwin: boolean
  /** The call of join() that is under way. */
  call: number | null
  isIn: boolean
  failures: number
  /** The cluster that it is born in, as long as there are several. */
  part: number | null
}

const NO_PART: number | null = null

/** After so many failures to join, a host ends its node. */
const MAX_FAILURES = 12

type Fault = (this: Chaos) => void

class Chaos {
  readonly world: World
  readonly checker: Checker
  readonly prng: Prng
  readonly hosts: Host[] = []
  readonly #traces = new Map<Process, Set<Process>>()
  readonly #upgrades: Prng
  readonly #isMixed: boolean
  readonly #seed: number
  readonly #nodes: number
  readonly #faultsMs: number
  readonly #trace: ((line: string) => void) | null

  constructor({ seed, nodes, faultsMs, trace }: ChaosOptions) {
    this.#seed = seed
    this.prng = new Prng(seed, 2)
    this.#upgrades = new Prng(seed, 9)
    this.#isMixed = this.#upgrades.chance(0.5)
    this.#nodes = nodes ?? 2 + Math.floor(22 * this.prng.fraction() ** 2)
    this.#faultsMs = faultsMs ?? this.prng.between(10_000, 90_000)
    const isFar = this.prng.chance(0.3)
    this.world = new World({
      seed,
      latencyMs: isFar ? [20, 30] : [0.05, 0.5],
      drift: this.prng.chance(0.5) ? 0.01 : 0,
      codec: this.prng.chance(0.1),
    })
    this.checker = new Checker(this.world)
    this.#trace = trace ?? null
    // a node that has lost its alias is ended by its host
    this.checker.onEvent = (process, event) => {
      if (event.type !== 'error' || event.error.code !== 'ERR_IRIDIUM_ALIAS_TAKEN') return
      this.world.plan(this.prng.between(10, 1000), () => process.kill())
    }
    this.checker.onStep = (process, input, outputs) => this.#forgetTraces(process, input, outputs)
    if (trace) {
      this.checker.onWorld = (process, what) => trace(traceLine(process, `--- ${what}`))
      this.checker.onStep = (...step) => {
        this.#forgetTraces(...step)
        for (const line of traceStep(...step, { logs: true, beats: true })) trace(line)
      }
    }
  }

  begin(): void {
    const { world, prng } = this
    const spread = prng.pick([0, 10, 1000])
    // clusters that are born apart, perhaps with nodes of the same name
    const parts = prng.pick([1, 1, 1, 2, 3])
    const hasTwins = parts > 1 && prng.chance(0.5)
    for (let i = 0; i < this.#nodes; i++) {
      const site = world.site()
      const isTwin = hasTwins && i >= parts && prng.chance(0.2)
      const alias = `n${isTwin ? i - 1 : i}`
      const part = i % parts
      world.plan(prng.between(0, spread), () => this.boot(site, alias, i >= parts, { part }))
    }
    world.run(spread)
    world.run(prng.pick([0, 100, 3000]))
    for (const host of this.hosts) host.part = null
    if (parts === 1) return
    world.plan(prng.between(0, this.#faultsMs), () => {
      for (let i = 0; i < 3 * parts; i++) this.joinAgain()
    })
  }

  joinAgain(): void {
    const host = this.someone()
    if (host && host.call === null && host.isIn) this.join(host)
  }

  /** Faults of every kind, at random times. */
  rage(): void {
    const { world, prng } = this
    const until = world.now + this.#faultsMs
    const pause = prng.pick([100, 1000, 5000])
    const kinds = prng.shuffled(FAULTS).slice(0, 1 + prng.below(FAULTS.length))
    while (world.now < until) {
      world.run(-Math.log(1 - prng.fraction()) * pause)
      const kind = prng.pick(kinds)
      this.#trace?.(`${world.now.toFixed(0).padStart(6)}  --- ${kind.name}`)
      kind.call(this)
    }
  }

  /** Everything heals; no more faults. */
  heal(): Report {
    const { world, checker } = this
    this.#trace?.(`${world.now.toFixed(0).padStart(6)}  --- everything heals`)
    for (const site of world.sites) if (site.isDown) world.powerOn(site)
    world.heal()
    world.lossRate = 0
    for (const { process } of this.hosts) process.unblock()
    const convergedMs = world.runUntil(() => this.missing() === null, CONVERGENCE_MS, 50)
    const events = new Map(checker.events)
    if (convergedMs !== null) world.run(20_000)
    const violations = [...checker.violations]
    if (convergedMs === null) violations.push(`no one view: ${this.missing()}`)
    else if (this.missing() !== null)
      violations.push(`the one view did not last: ${this.missing()}`)
    return {
      seed: this.#seed,
      nodes: this.#nodes,
      faults: world.faults,
      losses: world.losses,
      violations,
      falseAlarms: checker.falseAlarms,
      convergedMs,
      simulatedMs: world.now,
      steps: world.happened,
      events,
    }
  }

  /** Who leaves forgets everybody, and who is told so forgets it: the two need not find each other any more. */
  #forgetTraces(process: Process, input: Input, outputs: readonly Output[]): void {
    if (outputs.some((output) => output.type === 'emit' && output.event.type === 'left')) {
      this.#traces.delete(process)
    }
    if (input.type !== 'frame') return
    const { type } = input.message
    if (type !== 'Goodbye' && (type !== 'Refused' || input.message.code !== 'NOT_A_MEMBER')) return
    const gone = process.wires.get(input.link)?.peer.process
    if (gone) this.#traces.get(process)?.delete(gone)
  }

  /** Notes which nodes have a trace of each other: once they have, they must find each other while both are there. */
  #noteTraces(): void {
    const running = this.hosts.map(({ process }) => process).filter((process) => process.isRunning)
    for (const process of running) {
      const known = this.#traces.get(process) ?? new Set()
      this.#traces.set(process, known)
      const { members, wanted } = process.machine
      const ids = new Set([...members.values()].map(({ id }) => id))
      for (const { id } of wanted) if (id !== null) ids.add(id)
      for (const other of running) {
        const isSeed = wanted.some((w) => w.id === null && sameAddress(w.address, other.address))
        if (other !== process && (isSeed || ids.has(other.id))) known.add(other)
      }
    }
  }

  /** The nodes that are in a cluster, in groups that are connected by traces. */
  #groups(): Process[][] {
    const groupOf = new Map<Process, Process[]>()
    for (const { process } of this.hosts) {
      if (process.isRunning && process.machine.state === 'joined') groupOf.set(process, [process])
    }
    for (const [process, group] of groupOf) {
      for (const other of this.#traces.get(process) ?? []) {
        const [mine = group, theirs] = [groupOf.get(process), groupOf.get(other)]
        if (!theirs || theirs === mine) continue
        mine.push(...theirs)
        for (const member of theirs) groupOf.set(member, mine)
      }
    }
    return [...new Set(groupOf.values())]
  }

  /** What is missing until every group is of one view. */
  missing(): string | null {
    this.#noteTraces()
    for (const group of this.#groups()) {
      const text = this.difference(group)
      if (text !== null) return text
    }
    return null
  }

  /** What is missing until every node of a group has every other, alive, and nobody else. */
  difference(present: readonly Process[]): string | null {
    for (const { process, call } of this.hosts) {
      if (process.isRunning && call !== null) return `${nameOf(process)} is still joining`
    }
    for (const process of present) {
      const { members } = process.machine
      for (const other of present) {
        if (other === process) continue
        const member = members.get(other.alias)
        if (member?.id !== other.id) return `${nameOf(process)} does not have ${nameOf(other)}`
        if (member.status !== 'alive') return `${nameOf(other)} is suspect to ${nameOf(process)}`
        if (process.machine.linkOf(other.id) === null) {
          return `${nameOf(process)} has no link with ${nameOf(other)}`
        }
      }
      if (members.size >= present.length) return `${nameOf(process)} has ${[...members.keys()]}`
    }
    return null
  }

  boot(
    site: Site,
    alias: string,
    joins: boolean,
    { isTwin = false, port = 0, versions = this.#someVersions(), part = NO_PART } = {},
  ): void {
    const seeds = joins && this.prng.chance(0.2) ? this.#someAddresses() : []
    const process = site.boot({ alias, seeds, versions }, port || undefined)
    const host: Host = { process, isTwin, call: null, isIn: !joins, failures: 0, part }
    this.hosts.push(host)
    if (joins) this.join(host)
  }

  /** Upgrades are under way: some nodes speak later versions beside ours. */
  #someVersions(): Versions {
    const maxVersion = this.#isMixed ? this.#upgrades.pick([1, 1, 2, 3]) : 1
    return { minVersion: 1, maxVersion }
  }

  /** The host joins by some addresses of others that run, and looks every now and then what has become of it. */
  join(host: Host): void {
    const { process } = host
    if (!process.isRunning) return
    const addresses = this.#someAddresses(host)
    if (addresses.length === 0) {
      const { minVersion = 1 } = process.options.versions ?? {}
      if (minVersion > 1)
        process.kill() // nobody is there to refuse it
      else host.isIn = true
      return
    }
    host.call = process.join(...addresses)
    this.#watch(host)
  }

  #watch(host: Host): void {
    const { process, call } = host
    this.world.plan(50, () => {
      if (call === null || !process.isRunning) return
      const result = process.results.get(call)
      if (!result) {
        this.#watch(host)
        return
      }
      host.call = null
      if (result.ok) host.isIn = true
      else if (host.isTwin || ++host.failures > MAX_FAILURES) process.kill()
      else this.world.plan(this.prng.between(100, 1000), () => this.join(host))
    })
  }

  #someAddresses(host?: Host): { host: string; port: number }[] {
    const others = this.hosts.filter((other) => {
      return (
        other.process.isRunning &&
        other !== host &&
        other.isIn &&
        other.part === (host?.part ?? null)
      )
    })
    return this.prng
      .shuffled(others)
      .slice(0, this.prng.pick([1, 1, 2, 3]))
      .map(({ process }) => process.address)
  }

  someone(): Host | null {
    const running = this.hosts.filter(({ process }) => process.isRunning)
    return running.length > 0 ? this.prng.pick(running) : null
  }

  /** Whether there are so many nodes that more would only take time. */
  isCrowded(): boolean {
    return this.hosts.filter(({ process }) => process.isRunning).length > this.#nodes + 8
  }

  /** Ends a node somehow, and boots its alias again after a while, here or elsewhere. */
  replace(host: Host, end: (process: Process) => void): void {
    const { process } = host
    const { prng, world } = this
    end(process)
    if (prng.chance(0.2)) return
    world.plan(prng.pick([0, 5, 100, 3000, 20_000]) * prng.fraction(), () => {
      const port = prng.chance(0.5) ? process.address.port : 0
      if (port && process.site.listener(port)) return
      this.boot(process.site, process.alias, true, { port })
    })
  }
}

const FAULTS: readonly Fault[] = [
  function block() {
    this.someone()?.process.block(
      this.prng.pick([100, 1900, 4900, 5100, 9000, 60_000]) * this.prng.fraction(),
    )
  },
  function manyBlock() {
    const ms = this.prng.between(0, 12_000)
    for (const { process } of this.hosts) if (this.prng.chance(0.3)) process.block(ms)
  },
  function suspend() {
    this.someone()?.process.suspend(this.prng.between(0, 20_000))
  },
  function deaf() {
    const site = this.prng.pick(this.world.sites)
    const isMute = this.prng.chance(0.5)
    for (const other of this.world.sites) {
      if (other !== site) this.world.cutOneWay(isMute ? site : other, isMute ? other : site)
    }
  },
  function kill() {
    const host = this.someone()
    if (host) this.replace(host, (process) => process.kill())
  },
  function crash() {
    const host = this.someone()
    if (!host) return
    const { site } = host.process
    this.replace(host, () => this.world.powerOff(site))
    this.world.plan(this.prng.between(0, 5000), () => this.world.powerOn(site))
  },
  function leave() {
    const host = this.someone()
    if (!host || host.call !== null) return
    const { process } = host
    process.leave()
    host.isIn = false
    this.world.plan(this.prng.between(0, 3000), () => {
      if (host.call === null) this.join(host)
    })
  },
  function leaveAndExit() {
    const host = this.someone()
    if (!host) return
    host.process.leave()
    this.world.plan(this.prng.pick([1, 50, 1000]), () => host.process.kill())
  },
  function joinAgain() {
    this.joinAgain()
  },
  function newcomer() {
    if (this.isCrowded()) return
    this.boot(this.world.site(), `x${this.hosts.length}`, true)
  },
  function twin() {
    const host = this.someone()
    if (!host || this.isCrowded()) return
    const site = this.prng.chance(0.5) ? this.world.site() : this.prng.pick(this.world.sites)
    this.boot(site, host.process.alias, true, { isTwin: true })
  },
  function tooNew() {
    if (this.isCrowded()) return
    const versions = { minVersion: 2, maxVersion: 2 }
    this.boot(this.world.site(), `y${this.hosts.length}`, true, { isTwin: true, versions })
  },
  function halves() {
    const side = new Map(this.world.sites.map((site) => [site, this.prng.chance(0.5)]))
    for (const [a, sideA] of side) {
      for (const [b, sideB] of side) if (sideA !== sideB) this.world.cutOneWay(a, b)
    }
  },
  function cutOff() {
    const site = this.prng.pick(this.world.sites)
    for (const other of this.world.sites) if (other !== site) this.world.cut(site, other)
  },
  function cutPairs() {
    const rate = this.prng.fraction() * 0.5
    const isOneWay = this.prng.chance(0.5)
    for (const a of this.world.sites) {
      for (const b of this.world.sites) {
        if (a === b || !this.prng.chance(rate)) continue
        if (isOneWay) this.world.cutOneWay(a, b)
        else this.world.cut(a, b)
      }
    }
  },
  function healAll() {
    this.world.heal()
  },
  function lose() {
    this.world.lossRate = this.prng.pick([0, 0.01, 0.1, 0.3])
  },
  function reset() {
    const wires = [...(this.someone()?.process.wires.values() ?? [])]
    for (const wire of wires) if (this.prng.chance(0.5)) this.world.breakConnection(wire)
  },
  function leap() {
    this.someone()?.process.leap(this.prng.between(0, 20_000))
  },
]
