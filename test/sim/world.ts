// Owns the simulated world: sites (a host with an address), the network between them, and time. Everything is
// decided by one seed. Processes are process.ts, connections wire.ts, faults and checks are those of the caller.
import type { Input, Output } from '../../src/cluster/io.js'
import type { Address } from '../../src/cluster/member.js'
import { formatAddress } from '../../src/core/address.js'
import type { DialFailure } from '../../src/core/dial.js'
import { IridiumError } from '../../src/core/errors.js'
import { decodeMessage, encodeMessage } from '../../src/protocol/codec.js'
import type { Message } from '../../src/protocol/messages.js'
import { Events } from './events.js'
import { Holds } from './holds.js'
import { Prng } from './prng.js'
import { Process, type ProcessOptions } from './process.js'
import type { Wire } from './wire.js'

export interface WorldOptions {
  readonly seed: number
  /** One way, in ms: uniform between the two. */
  readonly latencyMs?: readonly [number, number]
  /** How much clocks run fast or slow at most. */
  readonly drift?: number
  /** Whether every message goes through the codec, as over a real wire. */
  readonly codec?: boolean
}

/** Sees everything that happens, after the machine and before the world. */
export interface Observer {
  stepped(process: Process, input: Input, outputs: readonly Output[]): void
  blocked?(process: Process, ms: number): void
  woke?(process: Process): void
  ended?(process: Process): void
  /** A process was sent what its version of the protocol does not have. */
  misread?(process: Process): void
}

/** A host: processes come and go on it, cuts are between sites. */
export class Site {
  readonly world: World
  readonly index: number
  readonly host: string
  /** Another way to write its address, as a name server would know it. */
  name = ''
  isDown = false
  #nextPort = 2254
  readonly #listeners = new Map<number, Process>()

  constructor(world: World, index: number) {
    this.world = world
    this.index = index
    this.host = `10.0.${index >> 8}.${index & 255}`
  }

  /** Boots a node here; at a port of its own choice if `port` is not given. */
  boot(options: Partial<ProcessOptions> & { alias: string }, port = this.#nextPort++): Process {
    const address = { host: this.host, port }
    const process = new Process(
      this.world,
      this,
      address,
      { ...DEFAULTS, ...options },
      this.world.prng,
    )
    this.world.processes.push(process)
    this.#listeners.set(port, process)
    process.start()
    return process
  }

  listener(port: number): Process | undefined {
    return this.#listeners.get(port)
  }

  closeListener(process: Process, afterMs: number): void {
    this.world.plan(afterMs, () => {
      if (this.#listeners.get(process.address.port) === process) {
        this.#listeners.delete(process.address.port)
      }
    })
  }
}

const DEFAULTS: Omit<ProcessOptions, 'alias'> = {
  cluster: 'iridium',
  seeds: [],
  intervalMs: 1000,
  timeoutMs: 5000,
  tags: {},
  advertise: null,
}

/** What a dial tells its process. */
export interface Dial {
  isOver(): boolean
  connected(accept: (wire: Wire | null) => void): void
  failed(reason: DialFailure): void
}

const DIAL_TIMEOUT_MS = 5000

export class World {
  readonly prng: Prng
  readonly drift: number
  readonly sites: Site[] = []
  readonly processes: Process[] = []
  readonly lostError = new IridiumError('ERR_IRIDIUM_LINK_LOST', 'the connection broke')
  /** The share of packets that are lost, and sent again. */
  lossRate = 0
  observer: Observer | null = null
  now = 0
  /** Blocked, killed and crashed processes, leaps of clocks, directions cut, connections reset. */
  faults = 0
  /** Packets that were lost, and sent again. */
  losses = 0
  /** How many events have happened. */
  happened = 0
  #nextEphemeral = 49_152
  readonly #events = new Events()
  readonly #latencyMs: readonly [number, number]
  readonly #codec: boolean
  /** Since when. */
  readonly #cuts = new Map<number, number>()
  readonly #holds = new Holds()
  readonly #bySite = new Map<string, Site>()
  readonly #buffer = Buffer.alloc(65_540)

  constructor({ seed, latencyMs = [0.1, 1], drift = 0, codec = false }: WorldOptions) {
    this.prng = new Prng(seed)
    this.drift = drift
    this.#latencyMs = latencyMs
    this.#codec = codec
  }

  site(): Site {
    const site = new Site(this, this.sites.length)
    this.sites.push(site)
    return site
  }

  plan(delayMs: number, run: () => void): void {
    this.#events.plan(this.now + delayMs, run)
  }

  /** Lets `ms` pass. */
  run(ms: number): void {
    const until = this.now + ms
    while (this.#events.nextAt <= until) {
      const { at, run } = this.#events.take()
      this.now = at
      this.happened++
      run()
    }
    this.now = until
  }

  /** Lets time pass until `isDone`, `maxMs` at most; returns how long it took, or null. */
  runUntil(isDone: () => boolean, maxMs: number, stepMs = 10): number | null {
    const begun = this.now
    while (!isDone()) {
      if (this.now - begun >= maxMs) return null
      this.run(stepMs)
    }
    return this.now - begun
  }

  latency(_from: Site, _to: Site): number {
    return this.prng.between(...this.#latencyMs)
  }

  recode(message: Message): Message {
    if (!this.#codec) return message
    const end = encodeMessage(message, this.#buffer, 0)
    return decodeMessage(this.#buffer, 4, end)
  }

  // --- cuts ---

  isCut(from: Site, to: Site): boolean {
    return from.isDown || to.isDown || this.#cuts.has(key(from, to))
  }

  cutOneWay(from: Site, to: Site): void {
    const cut = key(from, to)
    if (this.#cuts.has(cut)) return
    this.#cuts.set(cut, this.now)
    this.faults++
  }

  cut(a: Site, b: Site): void {
    this.cutOneWay(a, b)
    this.cutOneWay(b, a)
  }

  heal(): void {
    for (const cut of this.#cuts.keys()) this.#mend(cut)
    this.#tellHealed()
  }

  healBetween(a: Site, b: Site): void {
    for (const cut of [key(a, b), key(b, a)]) this.#mend(cut)
    this.#tellHealed()
  }

  #mend(cut: number): void {
    const since = this.#cuts.get(cut)
    if (since === undefined) return
    this.#holds.note(cut, since, this.now)
    this.#cuts.delete(cut)
  }

  /** What was sent from one to the other at `since` arrives, or is given up, at `until`. */
  noteHold(from: Site, to: Site, since: number, until: number): void {
    this.#holds.note(key(from, to), since, until)
  }

  /** For how long, at most, anything was held up from one to the other that had not got through before `after`. */
  longestHold(from: Site, to: Site, after: number): number {
    let since = this.#cuts.get(key(from, to)) ?? this.now
    // what a cut has left behind may still wait when the next one begins, and that is one wait
    const open = this.processes.flatMap(({ site, wires }) =>
      site === from ? [...wires.values()] : [],
    )
    for (const { process, waitsSince, peer } of [...open, ...this.#orphans]) {
      if (waitsSince === null || process.site !== from || peer.process.site !== to) continue
      since = Math.min(since, waitsSince)
    }
    return Math.max(this.now - since, this.#holds.longest(key(from, to), after, this.now))
  }

  powerOff(site: Site): void {
    for (const process of this.processes) if (process.site === site) process.crash()
    site.isDown = true
  }

  powerOn(site: Site): void {
    site.isDown = false
    this.#tellHealed()
  }

  #tellHealed(): void {
    for (const { wires } of this.processes) for (const wire of wires.values()) wire.healed()
    this.#orphans = this.#orphans.filter((wire) => {
      wire.healed()
      return wire.peer.open
    })
  }

  /** Ends that are closed, and whose last words wait for a cut to heal. */
  #orphans: Wire[] = []

  keepOrphan(wire: Wire): void {
    this.#orphans.push(wire)
  }

  // --- connections ---

  /** Sends a reset to the other end; in a cut it is lost. */
  resetPeer(wire: Wire): void {
    const { peer } = wire
    if (this.isCut(wire.process.site, peer.process.site)) {
      wire.send({ kind: 'end' })
      return
    }
    this.plan(this.latency(wire.process.site, peer.process.site), () => peer.reset())
  }

  /** A middlebox resets a connection: both ends lose it. */
  breakConnection(wire: Wire): void {
    this.faults++
    wire.reset()
    wire.peer.reset()
  }

  connect(dialler: Process, address: Address, dial: Dial): void {
    const { host } = address
    const target = this.#siteAt(host)
    const since = this.now
    this.plan(DIAL_TIMEOUT_MS, () => {
      if (dial.isOver()) return
      if (target) this.noteHold(dialler.site, target, since, this.now)
      dial.failed('timeout')
    })
    this.#knock(dialler, target, address, { ...dial, since }, 1000)
  }

  #siteAt(host: string): Site | undefined {
    let site = this.#bySite.get(host)
    if (site) return site
    site = this.sites.find((other) => other.host === host || other.name === host)
    if (site) this.#bySite.set(host, site)
    return site
  }

  #knock(
    from: Process,
    to: Site | undefined,
    address: Address,
    dial: Dial & { readonly since: number },
    waitMs: number,
  ): void {
    if (dial.isOver()) return
    if (!to || this.isCut(from.site, to) || this.isCut(to, from.site)) {
      this.plan(waitMs, () => this.#knock(from, to, address, dial, waitMs * 2))
      if (to) this.noteHold(from.site, to, dial.since, this.now + waitMs)
      return
    }
    this.plan(this.latency(from.site, to), () => {
      const listener = to.listener(address.port)
      this.plan(this.latency(to, from.site), () => {
        if (!listener) dial.failed('refused')
        else if (listener.fate !== 'running') dial.failed('reset')
        else this.#establish(from, listener, dial)
      })
    })
  }

  #establish(from: Process, listener: Process, dial: Dial): void {
    const remote = { host: from.site.host, port: this.#nextEphemeral++ }
    if (this.#nextEphemeral > 65_535) this.#nextEphemeral = 49_152
    dial.connected((wire) => {
      if (!wire) return // given up in the meantime
      listener.accept(remote, (accepted) => {
        accepted.peer = wire
        wire.peer = accepted
      })
      if (wire.peer === undefined) this.#lose(wire)
    })
  }

  #lose(wire: Wire): void {
    wire.peer = wire
    wire.reset()
  }
}

function key(from: Site, to: Site): number {
  return from.index * 65_536 + to.index
}

export function show(address: Address): string {
  return formatAddress(address)
}
