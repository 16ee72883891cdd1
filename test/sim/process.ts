// Owns a simulated process: one boot of a node, with its event loop (timers before sockets, as Node has them, then
// what was asked for the next turn), its clock, and its driver between the machine and the simulated wires.
import type { CallResult, Input, LinkId, Output } from '../../src/cluster/io.js'
import { ClusterMachine, nextDue } from '../../src/cluster/machine.js'
import type { Address } from '../../src/cluster/member.js'
import { newState, type State } from '../../src/cluster/state.js'
import type { Random } from '../../src/core/random.js'
import type { Message } from '../../src/protocol/messages.js'
import {
  agreedVersion,
  MAX_VERSION,
  OWN_VERSIONS,
  type Versions,
} from '../../src/protocol/versions.js'
import type { Prng } from './prng.js'
import { Wire } from './wire.js'
import type { Site, World } from './world.js'

export interface ProcessOptions {
  readonly alias: string
  readonly cluster: string
  readonly seeds: readonly Address[]
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly tags: Readonly<Record<string, string>>
  readonly advertise: Address | null
  /** For tests that need a certain rank: what the id begins with. */
  readonly idPrefix?: string
  /** For tests that need no chance. */
  readonly random?: Random
  /** For tests that play one side by hand. */
  readonly mute?: boolean
  /** The versions of the protocol that it speaks; by default ours. */
  readonly versions?: Versions
  /** The core that it shares with others; without one, whatever it does takes no time. */
  readonly core?: Core
}

/** A core of a machine that is slow: one input after the other, of whichever process, takes its time. */
export class Core {
  readonly #costMs: number
  #freeAt = 0

  constructor(costMs: number) {
    this.#costMs = costMs
  }

  /** In how many ms what comes now has its turn. */
  take(now: number): number {
    const at = Math.max(now, this.#freeAt)
    this.#freeAt = at + this.#costMs
    return at - now
  }
}

/** Who says nothing by itself. */
/** Whatever nothing wakes it for stays so for a while, and to look costs more than a step. */
const STEPS_PER_CHECK = 8

const MUTE = { step: (): readonly Output[] => [] }

export class Process {
  readonly world: World
  readonly site: Site
  readonly address: Address
  readonly id: string
  readonly options: ProcessOptions
  readonly machine: ClusterMachine
  readonly bornAt: number
  fate: 'running' | 'killed' | 'crashed' = 'running'
  /** Until when its event loop stands still; the past if it does not. */
  blockedUntil = 0
  /** Its blocks, as [from, to], the latest last. */
  readonly blocks: (readonly [number, number])[] = []
  /** When those of them ended in which its clock stood still too: on waking, its next heartbeat is not yet due. */
  readonly sleepEnds = new Set<number>()
  /** The leaps of its clock, as [when, by how much], the latest last. */
  readonly leaps: (readonly [number, number])[] = []
  readonly wires = new Map<LinkId, Wire>()
  readonly results = new Map<number, CallResult>()
  readonly #state: State
  #steps = 0
  readonly #stepper: { step(now: number, input: Input): readonly Output[] }
  readonly #clock: { readonly rate: number; offset: number }
  readonly #dials = new Map<LinkId, { isOver: boolean }>()
  /** What has come while the event loop stood still, and by which socket, if by any. */
  #inbox: { readonly run: () => void; readonly by: object }[] = []
  #isSuspended = false
  #lastAccepted = -1
  #lastCall = 0
  #deadline: number | null = null
  #deadlinePlan = 0
  #turnWanted = false

  constructor(world: World, site: Site, address: Address, options: ProcessOptions, prng: Prng) {
    this.world = world
    this.site = site
    this.address = address
    this.options = options
    const { idPrefix = '', random } = options
    this.id = idPrefix + prng.id().slice(idPrefix.length)
    this.bornAt = world.now
    this.#clock = { rate: prng.between(1 - world.drift, 1 + world.drift), offset: prng.below(1e6) }
    const { alias, cluster, seeds, intervalMs, timeoutMs, tags, advertise } = options
    const config = { id: this.id, alias, cluster, seeds, intervalMs, timeoutMs, tags, advertise }
    const chance = random ?? prng.fork(1)
    this.#state = newState(config, chance)
    this.machine = new ClusterMachine(config, chance, this.#state)
    this.#stepper = options.mute ? MUTE : this.machine
  }

  get alias(): string {
    return this.options.alias
  }

  get isRunning(): boolean {
    return this.fate === 'running'
  }

  get isBlocked(): boolean {
    return this.blockedUntil > this.world.now
  }

  /** The process's own clock. */
  get now(): number {
    return this.world.now * this.#clock.rate + this.#clock.offset
  }

  // --- calls of the host ---

  start(): void {
    this.deliver(() => this.step({ type: 'start', address: this.address }))
  }

  /** Returns the number under which `results` has the outcome. */
  join(...seeds: readonly Address[]): number {
    const call = ++this.#lastCall
    this.deliver(() => this.step({ type: 'join', call, seeds }))
    return call
  }

  leave(): number {
    const call = ++this.#lastCall
    this.deliver(() => this.step({ type: 'leave', call }))
    return call
  }

  setTags(tags: Readonly<Record<string, string>>): void {
    this.deliver(() => this.step({ type: 'setTags', tags }))
  }

  forget(idOrAlias: string): void {
    this.deliver(() => this.step({ type: 'forget', idOrAlias }))
  }

  /** By hand: dials, without the machine's knowing. */
  dialByHand(link: LinkId, address: Address): void {
    this.#dial(link, address)
  }

  // --- its event loop ---

  /** Something has come in: now, once the core is free, or once the event loop runs again. */
  deliver(run: () => void, by: object = run): void {
    const wait = this.options.core?.take(this.world.now) ?? 0
    if (wait > 0) this.world.plan(wait, () => this.#take(run, by))
    else this.#take(run, by)
  }

  #take(run: () => void, by: object): void {
    if (this.fate !== 'running') return
    if (this.isBlocked || this.#inbox.length > 0) this.#inbox.push({ run, by })
    else run()
  }

  /** The event loop stands still for so long, from now. */
  block(ms: number): void {
    const until = this.world.now + ms
    if (until <= this.blockedUntil) return
    const since = this.isBlocked ? (this.blocks.pop()?.[0] ?? 0) : this.world.now
    this.blocks.push([since, until])
    this.blockedUntil = until
    this.world.faults++
    this.world.observer?.blocked?.(this, ms)
    this.world.plan(ms, () => {
      if (this.blockedUntil <= this.world.now) this.#wake()
    })
  }

  /** Its whole machine stands still, and its clock too, as that of a virtual machine that was put to sleep. */
  suspend(ms: number): void {
    if (this.isBlocked) return
    this.#isSuspended = true
    this.block(ms)
  }

  /** A frozen process is woken before its time. */
  unblock(): void {
    if (!this.isBlocked) return
    const [since] = this.blocks.pop() ?? [0]
    this.blocks.push([since, this.world.now])
    this.blockedUntil = this.world.now
    this.#wake()
  }

  /** The clock leaps forward, as on a host that was asleep. */
  leap(ms: number): void {
    this.#clock.offset += ms
    this.leaps.push([this.world.now, ms])
    this.world.faults++
    this.#planDeadline()
  }

  #wake(): void {
    if (this.fate !== 'running') return
    if (this.#isSuspended) {
      const [from, to] = this.blocks.at(-1) ?? [0, 0]
      this.#isSuspended = false
      this.sleepEnds.add(to)
      this.#clock.offset -= (to - from) * this.#clock.rate
      this.#planDeadline()
    }
    this.world.observer?.woke?.(this)
    this.#tickIfDue()
    // Node reads one socket after the other: that to which something came first is read to its end.
    const sockets = new Set(this.#inbox.map(({ by }) => by))
    this.#inbox = [...sockets].flatMap((socket) => this.#inbox.filter(({ by }) => by === socket))
    for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) {
      if (this.fate === 'running') next.run()
    }
    if (this.#turnWanted) this.#planTurn()
  }

  #tickIfDue(): void {
    if (this.#deadline === null || this.now < this.#deadline || this.fate !== 'running') return
    this.#deadline = null
    this.step({ type: 'tick' })
  }

  #planDeadline(): void {
    const plan = ++this.#deadlinePlan
    if (this.#deadline === null) return
    const wait = Math.max(0, (this.#deadline - this.now) / this.#clock.rate)
    this.world.plan(wait + 1e-6, () => {
      if (plan !== this.#deadlinePlan || this.isBlocked) return
      const late = this.options.core?.take(this.world.now) ?? 0
      if (late > 0) this.world.plan(late, () => this.isBlocked || this.#tickIfDue())
      else this.#tickIfDue()
    })
  }

  #planTurn(): void {
    this.world.plan(0, () => {
      if (this.isBlocked || !this.#turnWanted || this.fate !== 'running') return
      this.#turnWanted = false
      this.step({ type: 'turn' })
    })
  }

  // --- its driver ---

  step(input: Input): void {
    if (this.fate !== 'running') return
    const outputs = this.#stepper.step(this.now, input)
    this.world.observer?.stepped(this, input, outputs)
    if (++this.#steps % STEPS_PER_CHECK === 0) this.#checkAlarm(input)
    for (const output of outputs) this.#carryOut(output)
  }

  #checkAlarm(input: Input): void {
    const due = nextDue(this.#state)
    if (due >= this.#state.announcedAt) return
    throw new Error(
      `${this.alias}, after ${input.type}: nothing wakes it for what is due at ${due}`,
    )
  }

  #carryOut(output: Output): void {
    switch (output.type) {
      case 'dial':
        this.#dial(output.link, output.address)
        break
      case 'send':
        this.#send(output.link, output.message)
        break
      case 'close':
        this.#close(output.link, output.flush)
        break
      case 'deadline':
        this.#deadline = output.at
        this.#planDeadline()
        break
      case 'nextTurn':
        this.#turnWanted = true
        this.#planTurn()
        break
      case 'settle':
        this.results.set(output.call, output.result)
        break
      case 'linkUp':
        this.#agree(output.link)
        break
      case 'emit':
      case 'linkDown':
      case 'log':
        break
      default:
        output satisfies never
    }
  }

  /** A node of a later version says so, and is otherwise like ours. */
  #send(link: LinkId, message: Message): void {
    const { versions } = this.options
    const ours = versions && 'minVersion' in message ? { ...message, ...versions } : message
    this.wires.get(link)?.send({ kind: 'message', message: this.world.recode(ours) })
  }

  /** Both speak the lower of their two versions: if that is a later one than ours, what ours would not understand. */
  #agree(link: LinkId): void {
    const wire = this.wires.get(link)
    if (!wire?.theirVersions) return
    wire.version = agreedVersion(this.options.versions ?? OWN_VERSIONS, wire.theirVersions)
    if ((wire.version ?? 0) <= MAX_VERSION) return
    wire.send({ kind: 'later' })
  }

  #dial(link: LinkId, address: Address): void {
    const dial = { isOver: false }
    this.#dials.set(link, dial)
    this.world.connect(this, address, {
      isOver: () => dial.isOver || this.fate !== 'running',
      connected: (accept) => {
        this.deliver(() => {
          if (dial.isOver) return accept(null)
          dial.isOver = true
          this.#dials.delete(link)
          const wire = new Wire(this.world, this, link)
          this.wires.set(link, wire)
          accept(wire)
          this.step({ type: 'connected', link, remote: address })
        })
      },
      failed: (reason) => {
        this.deliver(() => {
          if (dial.isOver) return
          dial.isOver = true
          this.#dials.delete(link)
          this.step({ type: 'dialFailed', link, reason, message: reason })
        })
      },
    })
  }

  /** Somebody has connected to us; the kernel has taken the connection, we hear of it when our loop runs. */
  accept(remote: Address, ready: (wire: Wire) => void): void {
    this.#lastAccepted += 2
    const link = this.#lastAccepted
    const wire = new Wire(this.world, this, link)
    this.wires.set(link, wire)
    ready(wire)
    this.deliver(() => this.step({ type: 'accepted', link, remote }), wire)
  }

  #close(link: LinkId, flush: boolean): void {
    const dial = this.#dials.get(link)
    if (dial) {
      dial.isOver = true
      this.#dials.delete(link)
      this.world.plan(0, () => this.deliver(() => this.step({ type: 'closed', link })))
      return
    }
    const wire = this.wires.get(link)
    if (!wire) return
    wire.open = false
    this.wires.delete(link)
    const { world } = this
    if (flush || world.prng.chance(0.5)) wire.send({ kind: 'end' })
    else world.resetPeer(wire)
    const wait = flush ? Math.min(1000, 2 * world.latency(this.site, wire.peer.process.site)) : 0
    world.plan(wait, () => this.deliver(() => this.step({ type: 'closed', link })))
  }

  // --- its end ---

  /** SIGKILL: the kernel ends its connections; the last thing to go is the listener. */
  kill(): void {
    if (this.fate !== 'running') return
    this.world.faults++
    this.fate = 'killed'
    for (const wire of this.wires.values()) {
      wire.open = false
      if (this.world.prng.chance(0.5)) wire.send({ kind: 'end' })
      else this.world.resetPeer(wire)
    }
    this.wires.clear()
    this.site.closeListener(this, this.world.prng.between(0, 15))
    this.world.observer?.ended?.(this)
  }

  /** The power goes out: nobody is told anything. */
  crash(): void {
    if (this.fate !== 'running') return
    this.world.faults++
    this.fate = 'crashed'
    for (const wire of this.wires.values()) wire.open = false
    this.wires.clear()
    this.site.closeListener(this, 0)
    this.world.observer?.ended?.(this)
  }
}
