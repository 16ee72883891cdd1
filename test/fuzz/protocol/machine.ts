// The cluster machine against any message in any state of a link, while it is linked with one friend that behaves: it
// never throws, obeys its contract and its bounds, and keeps the friend, unless it has conceded its alias.
import * as assert from 'uvu/assert'
import type { Input, LinkId, Output } from '../../../src/cluster/io.js'
import { ClusterMachine } from '../../../src/cluster/machine.js'
import {
  DEFAULT_PORT,
  MAX_CONTACTS,
  MAX_MEMBERS,
  MAX_SEEDS,
  MAX_UNFINISHED_HANDSHAKES,
} from '../../../src/core/limits.js'
import type { Message } from '../../../src/protocol/messages.js'
import { Prng } from '../../sim/prng.js'
import { hostileFrame } from './bytes.js'
import { cpuMs, decoded } from './codec.js'
import { hostileMessage } from './messages.js'

const SELF = { id: '55'.repeat(16), alias: 'self' }
const FRIEND = { id: 'ff'.repeat(16), alias: 'friend' }
const FRIENDS_LINK = 1
const INTERVAL_MS = 1000
const digest = '00'.repeat(8)

/** Inputs that were given, and how often the node had to begin anew since it conceded. */
export interface MachineTally {
  inputs: number
  frames: number
  lives: number
  worstMs: number
}

/** Gives `count` frames, and what lies between them. Throws at the first breach, with the seed's place. */
export function fuzzMachine(seed: number, corpus: readonly Buffer[], count: number): MachineTally {
  const prng = new Prng(seed, 2)
  const tally = { inputs: 0, frames: 0, lives: 0, worstMs: 0 }
  while (tally.frames < count) {
    const life = new Life(prng, tally)
    try {
      for (let i = 0; i < 2000 && tally.frames < count && !life.isOver; i++) life.go(corpus)
    } catch (cause) {
      const last = JSON.stringify(life.lastInput)
      throw new Error(`seed ${seed}, frame ${tally.frames}, life ${tally.lives}: ${last}`, {
        cause,
      })
    }
  }
  return tally
}

/** One node's life among strangers. */
class Life {
  isOver = false
  lastInput: Input | undefined
  readonly #prng: Prng
  readonly #tally: MachineTally
  readonly #machine: ClusterMachine
  readonly #open = new Set<LinkId>()
  readonly #dialling = new Set<LinkId>()
  readonly #closing = new Set<LinkId>()
  #now = 1000
  #lastBeat = 0
  #lastAccepted = FRIENDS_LINK
  #lastCall = 0
  #deadline: number | null = null
  #turnWanted = false
  readonly #forFriend: Message[] = []

  constructor(prng: Prng, tally: MachineTally) {
    this.#prng = prng
    this.#tally = tally
    tally.lives++
    this.#machine = new ClusterMachine(
      {
        ...SELF,
        cluster: 'iridium',
        advertise: null,
        seeds: [],
        tags: {},
        intervalMs: INTERVAL_MS,
        timeoutMs: 5000,
      },
      prng.fork(3),
    )
    this.#step({ type: 'start', address: { host: '127.0.0.1', port: DEFAULT_PORT } })
    this.#accept(FRIENDS_LINK)
    this.#frame(FRIENDS_LINK, {
      type: 'Hello',
      minVersion: 1,
      maxVersion: 1,
      cluster: 'iridium',
      ...FRIEND,
      incarnation: 1,
      host: '127.0.0.1',
      port: 2255,
      tags: {},
      digest,
      extensions: {},
    })
    this.#turn()
    assert.ok(this.#machine.members.has(FRIEND.alias))
  }

  /** One thing happens, and what must follow from it. */
  go(corpus: readonly Buffer[]): void {
    const prng = this.#prng
    const dice = prng.fraction()
    if (dice < 0.12) this.#newcomer()
    else if (dice < 0.8) this.#hostile(corpus)
    else if (dice < 0.86) this.#end(this.#someStranger())
    else if (dice < 0.92) this.#decideDial()
    else if (dice < 0.93) this.#call()
    else this.#wait(prng.below(INTERVAL_MS / 2))
    if (this.#turnWanted && prng.chance(0.5)) this.#turn()
    this.#friendAnswers()
    this.#check()
  }

  #hostile(corpus: readonly Buffer[]): void {
    const link = this.#someStranger()
    if (link === undefined) return
    const prng = this.#prng
    const message = prng.chance(0.3)
      ? decoded(hostileFrame(prng, corpus))
      : hostileMessage(prng, [SELF, FRIEND])
    this.#tally.frames++
    if (message && isImpostor(message)) return
    if (message) this.#frame(link, message)
    else this.#end(link) // as a driver does with what does not decode
  }

  #someStranger(): LinkId | undefined {
    const strangers = [...this.#open].filter((link) => link !== FRIENDS_LINK)
    return strangers.length > 0 ? this.#prng.pick(strangers) : undefined
  }

  #newcomer(): void {
    this.#lastAccepted += 2
    this.#accept(this.#lastAccepted)
  }

  #accept(link: LinkId): void {
    this.#open.add(link)
    const host = link === FRIENDS_LINK || this.#prng.chance(0.5) ? '127.0.0.1' : '10.1.2.3'
    this.#step({ type: 'accepted', link, remote: { host, port: 40_000 } })
  }

  #frame(link: LinkId, message: Message): void {
    this.#step({ type: 'frame', link, message })
  }

  #end(link: LinkId | undefined): void {
    if (link === undefined) return
    this.#open.delete(link)
    this.#closing.delete(link)
    this.#step({ type: 'closed', link })
  }

  #decideDial(): void {
    const [link] = this.#prng.shuffled([...this.#dialling])
    if (link === undefined) return
    this.#dialling.delete(link)
    const reason = this.#prng.pick(['refused', 'reset', 'timeout', 'unreachable'] as const)
    if (this.#prng.chance(0.5)) {
      this.#step({ type: 'dialFailed', link, reason, message: reason })
      return
    }
    this.#open.add(link)
    this.#step({ type: 'connected', link, remote: { host: '127.0.0.1', port: 2300 } })
  }

  #call(): void {
    const port = 2300 + this.#prng.below(20)
    if (this.#prng.chance(0.5)) this.#step({ type: 'setTags', tags: { port: `${port}` } })
    else {
      const seeds = [{ host: '127.0.0.1', port }]
      this.#step({ type: 'join', call: ++this.#lastCall, seeds })
    }
  }

  /** Time goes by; timers run, closed links end, and the friend is heard. */
  #wait(ms: number): void {
    this.#now += ms
    for (const link of this.#closing) this.#end(link)
    if (this.#now - this.#lastBeat >= INTERVAL_MS / 2) {
      this.#lastBeat = this.#now
      if (this.#open.has(FRIENDS_LINK)) this.#frame(FRIENDS_LINK, { type: 'Heartbeat', digest })
    }
    if (this.#deadline !== null && this.#now >= this.#deadline) {
      this.#deadline = null
      this.#step({ type: 'tick' })
    }
  }

  #turn(): void {
    this.#turnWanted = false
    this.#step({ type: 'turn' })
  }

  #friendAnswers(): void {
    for (let sent = this.#forFriend.shift(); sent; sent = this.#forFriend.shift()) {
      if (!this.#open.has(FRIENDS_LINK)) return
      if (sent.type === 'Ping') this.#frame(FRIENDS_LINK, { type: 'Pong', nonce: sent.nonce })
      if (sent.type === 'Ask') this.#frame(FRIENDS_LINK, { type: 'Heard', ids: [] })
    }
  }

  #step(input: Input): void {
    this.lastInput = input
    this.#tally.inputs++
    const begun = process.cpuUsage()
    const outputs = this.#machine.step(this.#now, input)
    this.#tally.worstMs = Math.max(this.#tally.worstMs, cpuMs(begun))
    for (const output of outputs) this.#carryOut(output)
  }

  #carryOut(output: Output): void {
    switch (output.type) {
      case 'dial':
        assert.ok(output.link % 2 === 0 && !this.#open.has(output.link))
        this.#dialling.add(output.link)
        return
      case 'send':
        assert.ok(this.#open.has(output.link), `sends ${output.message.type} on an ended link`)
        if (output.link === FRIENDS_LINK) this.#forFriend.push(output.message)
        return
      case 'close':
        if (!this.#open.delete(output.link)) {
          assert.ok(this.#dialling.delete(output.link), 'closes an ended link')
        }
        this.#closing.add(output.link)
        return
      case 'deadline':
        this.#deadline = output.at
        return
      case 'nextTurn':
        this.#turnWanted = true
        return
      case 'emit':
        if (
          output.event.type === 'error' &&
          output.event.error.code === 'ERR_IRIDIUM_ALIAS_TAKEN'
        ) {
          this.isOver = true // it has conceded its alias, and left
        }
        if (output.event.type === 'memberLeft' && !this.isOver) {
          assert.is.not(output.event.member.id, FRIEND.id, `the friend has ${output.event.reason}`)
        }
        return
      default:
    }
  }

  #check(): void {
    if (this.isOver) return
    const { links, members, contacts, seeds } = this.#machine.counts
    assert.ok(members <= MAX_MEMBERS && contacts <= MAX_CONTACTS)
    assert.ok(seeds <= 2 * MAX_SEEDS)
    const most = MAX_MEMBERS + MAX_CONTACTS + MAX_UNFINISHED_HANDSHAKES + seeds + this.#closing.size
    assert.ok(links <= most, `${links} links`)
    assert.ok(this.#machine.members.has(FRIEND.alias), 'the friend is a member')
  }
}

/** Whoever answers at an address that we dial is believed who it is; only a secret or certificates keep others out. */
function isImpostor(message: Message): boolean {
  return (
    (message.type === 'HelloAck' || message.type === 'JoinAck') && message.self.id === FRIEND.id
  )
}
