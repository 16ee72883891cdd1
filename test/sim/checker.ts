// Owns what must hold at every step, whatever the faults: it watches what each machine puts out and compares it
// with the truth of the world. What it finds is a list of violations, in words.
import type { ClusterEvent, Input, LinkId, Output } from '../../src/cluster/io.js'
import {
  MAX_CONTACTS,
  MAX_MEMBERS,
  MAX_SEEDS,
  MAX_UNFINISHED_HANDSHAKES,
} from '../../src/core/limits.js'
import { agreedVersion, OWN_VERSIONS } from '../../src/protocol/versions.js'
import type { Process } from './process.js'
import type { Observer, World } from './world.js'

interface View {
  /** By member id: the one link. */
  readonly links: Map<string, LinkId>
  /** By member id: as the events have told it. */
  readonly members: Map<string, 'alive' | 'suspect'>
  /** Links that are known to the machine and not closed by it. */
  readonly open: Set<LinkId>
  readonly closing: Set<LinkId>
  readonly settled: Set<number>
  /** When it left last. */
  leftAt: number
  /** By alias: who bore it last of those that are members no more, and until when. */
  readonly letGo: Map<string, { readonly id: string; readonly at: number }>
  stepsThisSecond: number
  second: number
}

/** Steps of one machine in one second that are a storm: far above what 128 members cause when all rejoin at once. */
const MAX_STEPS_PER_SECOND = 20_000

export class Checker implements Observer {
  readonly violations: string[] = []
  /** Every event of the hosts, counted by name. */
  readonly events = new Map<string, number>()
  /** Members that were given up although they ran and could be reached. */
  falseAlarms = 0
  /** Called for every event of a host. */
  onEvent: ((process: Process, event: ClusterEvent) => void) | null = null
  /** Called for what happens to processes from outside. */
  onWorld: ((process: Process, what: string) => void) | null = null
  /** Called for every step, before it is checked. */
  onStep: ((process: Process, input: Input, outputs: readonly Output[]) => void) | null = null
  readonly #world: World
  readonly #views = new Map<Process, View>()

  constructor(world: World) {
    this.#world = world
    world.observer = this
  }

  stepped(process: Process, input: Input, outputs: readonly Output[]): void {
    this.onStep?.(process, input, outputs)
    const view = this.#viewOf(process)
    this.#countStep(process, view)
    this.#takeInput(view, input)
    for (const output of outputs) this.#takeOutput(process, view, output)
    for (const output of outputs) {
      if (output.type !== 'linkDown' || !view.open.has(output.link)) continue
      this.#violated(process, `leaves link ${output.link} open, which is up no more`)
    }
    if (input.type !== 'frame' || outputs.length > 1) this.#checkBounds(process, view)
  }

  blocked(process: Process, ms: number): void {
    this.onWorld?.(process, `is blocked for ${ms.toFixed(0)} ms`)
  }

  woke(process: Process): void {
    this.onWorld?.(process, 'runs again')
  }

  ended(process: Process): void {
    this.onWorld?.(process, `is ${process.fate}`)
  }

  misread(process: Process): void {
    this.#violated(process, 'is sent what its version does not have')
  }

  #countStep(process: Process, view: View): void {
    const second = Math.floor(this.#world.now / 1000)
    if (second !== view.second) {
      view.second = second
      view.stepsThisSecond = 0
    }
    view.stepsThisSecond++
    if (view.stepsThisSecond === MAX_STEPS_PER_SECOND) this.#violated(process, 'a storm of steps')
  }

  #takeInput(view: View, input: Input): void {
    if (input.type === 'accepted') view.open.add(input.link)
    if (input.type === 'closed' || input.type === 'dialFailed') {
      view.open.delete(input.link)
      view.closing.delete(input.link)
    }
  }

  #takeOutput(process: Process, view: View, output: Output): void {
    switch (output.type) {
      case 'dial':
        view.open.add(output.link)
        break
      case 'send':
        if (!view.open.has(output.link))
          this.#violated(process, `sends on dead link ${output.link}`)
        break
      case 'close':
        if (!view.open.delete(output.link)) this.#violated(process, `closes ${output.link} twice`)
        view.closing.add(output.link)
        for (const [id, link] of view.links) {
          if (link === output.link)
            this.#violated(process, `closes the link of ${id} while it is up`)
        }
        break
      case 'linkUp':
        this.#linkUp(process, view, output.link, output.member.id)
        break
      case 'linkDown':
        if (view.links.get(output.member.id) !== output.link) {
          this.#violated(process, `link ${output.link} goes down, which was not up`)
        }
        view.links.delete(output.member.id)
        break
      case 'settle':
        if (view.settled.has(output.call)) this.#violated(process, `settles ${output.call} twice`)
        view.settled.add(output.call)
        break
      case 'emit':
        this.#event(process, view, output.event)
        break
      case 'deadline':
      case 'nextTurn':
      case 'log':
        break
      default:
        output satisfies never
    }
  }

  #linkUp(process: Process, view: View, link: LinkId, id: string): void {
    if (view.links.has(id)) this.#violated(process, `a second link with ${id}`)
    view.links.set(id, link)
    const other = process.wires.get(link)?.peer.process.id
    if (other !== id) this.#violated(process, `takes ${other} for ${id}`)
    const versions = process.wires.get(link)?.peer.process.options.versions
    if (versions && agreedVersion(versions, OWN_VERSIONS) === null) {
      this.#violated(process, `takes in ${id}, which speaks no version of ours`)
    }
  }

  #event(process: Process, view: View, event: ClusterEvent): void {
    this.events.set(event.type, (this.events.get(event.type) ?? 0) + 1)
    this.onEvent?.(process, event)
    if (event.type === 'left') {
      view.members.clear()
      view.leftAt = this.#world.now
    }
    if (!('member' in event)) return
    const { id, alias } = event.member
    const before = view.members.get(id) ?? 'none'
    const step = `${before} -> ${event.type}`
    if (!LEGAL.has(step)) this.#violated(process, `${alias}: ${step}`)
    if (id === process.id || alias === process.alias) this.#violated(process, 'is its own member')
    if (event.type === 'memberLeft') {
      view.members.delete(id)
      view.letGo.set(alias, { id, at: this.#world.now })
      if (event.reason === 'failed') this.#judgeFailure(process, id)
      return
    }
    if (event.type === 'memberJoined' && !view.links.has(id)) {
      this.#violated(process, `${alias} is a member by hearsay`)
    }
    view.members.set(id, event.type === 'memberSuspected' ? 'suspect' : 'alive')
    if (event.type === 'memberUpdated' && before !== 'none') view.members.set(id, before)
  }

  /** Whether a member that was given up had failed, or could not be heard for as long as the timeout. */
  #judgeFailure(observer: Process, id: string): void {
    const member = this.#world.processes.find((process) => process.id === id)
    if (!member?.isRunning || member.machine.state !== 'joined') return
    // who has our alias from somebody else will not have us: one of the two must concede
    const ours = member.machine.members.get(observer.alias)
    if (ours && ours.id !== observer.id) return
    const after = this.#heardBefore(observer)
    const letGo = this.#viewOf(member).letGo.get(observer.alias)
    if (letGo && letGo.id !== observer.id && letGo.at > after) return // nor would it, until just before
    if (this.#viewOf(member).leftAt > after) return // and its goodbye is on its way
    const heldUp = this.#heldUp(observer, member, after)
    if (heldUp >= observer.options.timeoutMs - this.#slackMs(observer)) return
    this.falseAlarms++
    const of = `held up for ${heldUp.toFixed(0)} ms at most`
    this.#violated(observer, `gives up ${member.alias}, which runs and can be reached (${of})`)
  }

  /** Since when the observer has heard nothing, at the latest. */
  #heardBefore({ options, blocks }: Process): number {
    const { now } = this.#world
    let before = now - options.timeoutMs - 3 * options.intervalMs
    for (const [from, to] of [...blocks].reverse()) {
      if (to > before) before -= Math.min(to, now) - from // in this time it ran not, and blamed nobody
    }
    return before
  }

  /**
   * For how long at most, while the observer heard nothing, what the member had to say was held up: by a stall of its
   * event loop, on its way by loss, cuts and what they leave behind, or by that of what the observer asked it, and by
   * leaps of the observer's clock, so far as they can't be told from time that passes.
   */
  #heldUp(observer: Process, member: Process, after: number): number {
    const { now } = this.#world
    let stall = 0
    let [begun, ended] = [0, Number.NEGATIVE_INFINITY]
    for (const [from, to] of member.blocks) {
      // after a sleep it need not have said anything before it stands still again
      const goesOn = member.sleepEnds.has(ended) && from - ended < 1.5 * observer.options.intervalMs
      if (!goesOn) begun = from
      ended = to
      if (to > after) stall = Math.max(stall, Math.min(to, now) - begun)
    }
    const most = 1.5 * observer.options.intervalMs
    let leaps = 0
    for (const [at, ms] of observer.leaps) if (at > after) leaps += Math.min(ms, most)
    const out = this.#world.longestHold(observer.site, member.site, after)
    const back = this.#world.longestHold(member.site, observer.site, after)
    return stall + leaps + out + back
  }

  /** Clocks that run unlike each other, and what packets take anyway. */
  #slackMs({ options }: Process): number {
    return 100 + 2 * this.#world.drift * (options.timeoutMs + 3 * options.intervalMs)
  }

  #checkBounds(process: Process, view: View): void {
    const { counts, members } = process.machine
    if (counts.members > MAX_MEMBERS) this.#violated(process, `${counts.members} members`)
    if (counts.contacts > MAX_CONTACTS) this.#violated(process, `${counts.contacts} contacts`)
    if (counts.seeds > MAX_SEEDS) this.#violated(process, `${counts.seeds} seeds`)
    if (counts.strangers > MAX_UNFINISHED_HANDSHAKES) this.#violated(process, 'too many strangers')
    const leaves = process.machine.state === 'listening' && members.size === 0
    if (members.size !== view.members.size && !leaves) {
      this.#violated(
        process,
        `events tell of ${view.members.size} members, there are ${members.size}`,
      )
    }
  }

  #viewOf(process: Process): View {
    let view = this.#views.get(process)
    if (!view) {
      view = {
        links: new Map(),
        members: new Map(),
        open: new Set(),
        closing: new Set(),
        settled: new Set(),
        leftAt: Number.NEGATIVE_INFINITY,
        letGo: new Map(),
        stepsThisSecond: 0,
        second: -1,
      }
      this.#views.set(process, view)
    }
    return view
  }

  #violated(process: Process, what: string): void {
    if (this.violations.length >= 20) return
    const { now } = this.#world
    this.violations.push(`${now.toFixed(3)} ${process.alias} (${process.id.slice(0, 4)}): ${what}`)
  }
}

const LEGAL = new Set([
  'none -> memberJoined',
  'alive -> memberSuspected',
  'alive -> memberUpdated',
  'alive -> memberLeft',
  'suspect -> memberRecovered',
  'suspect -> memberUpdated',
  'suspect -> memberLeft',
])
