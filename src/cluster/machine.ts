// Owns the cluster machine: a step takes one input and the time, and gives the outputs that it causes. It is pure:
// no I/O, no clock and no randomness but those given in, so the same machine runs under sockets and under a
// simulation. The contract with the driver is io.ts; state.ts says which file decides what.

import { IridiumError } from '../core/errors.js'
import type { Random } from '../core/random.js'
import { wake } from './alarm.js'
import { hasUnread, nextEvidence, turnPassed, weigh } from './answering.js'
import { type Diagnosis, diagnose } from './diagnosis.js'
import { type Counts, counts, type Wanted, wanted } from './facts.js'
import { dialDue, forget, nextDial } from './healing.js'
import { beat, heard } from './heartbeat.js'
import type { ClusterConfig, Input, LinkId, Output } from './io.js'
import { abortJoin, join, nextJoin, reviewJoins, runJoins } from './joining.js'
import { abortLeave, leave, left } from './leaving.js'
import {
  accepted,
  closed,
  connected,
  dialEnded,
  endHandshakes,
  linkOf,
  nextHandshakeEnd,
} from './links.js'
import type { Address, Member } from './member.js'
import { log, send } from './outputs.js'
import { dialSeeds, nextSeed, seedAt } from './seeds.js'
import { selfMember } from './self.js'
import { newState, type State } from './state.js'
import { answerAsks, excuse, nextSupervision, supervise } from './suspicion.js'
import { takeMessage } from './transitions.js'

/** What is judged by time: one full turn after it has come, so that what waits in the sockets is read first. */
const VERDICTS: readonly { next(s: State): number; run(s: State): void }[] = [
  { next: nextHandshakeEnd, run: endHandshakes },
  { next: nextEvidence, run: turnPassed },
  { next: nextSupervision, run: supervise },
  { next: nextJoin, run: runJoins },
]

export class ClusterMachine {
  readonly #state: State

  /** `state`: its memory, for whoever wants to look into it. */
  constructor(config: ClusterConfig, random: Random, state: State = newState(config, random)) {
    this.#state = state
  }

  /** `listening` after start() as well as after leave(); `joined` with members, or after a join of our own. */
  get state(): 'idle' | 'listening' | 'joined' {
    const { presence, members, hasJoined } = this.#state
    if (presence === 'idle') return 'idle'
    return members.size > 0 || hasJoined ? 'joined' : 'listening'
  }

  get self(): Member {
    return selfMember(this.#state)
  }

  /** What is known of this alias, at the time `now`. */
  diagnose(alias: string, now: number): Diagnosis {
    return diagnose(this.#state, alias, now)
  }

  /** The others, by alias: a live view. */
  get members(): ReadonlyMap<string, Member> {
    return this.#state.members
  }

  /** The link over which this member is reached now, by its id or alias. */
  linkOf(idOrAlias: string): LinkId | null {
    const { peers, members } = this.#state
    const id = members.get(idOrAlias)?.id ?? idOrAlias
    return peers.get(id)?.link?.id ?? null
  }

  /** Whom this node dials, or will. */
  get wanted(): readonly Wanted[] {
    return wanted(this.#state)
  }

  /** How much is held at the moment, for statistics: each has a bound in limits.ts. */
  get counts(): Counts {
    return counts(this.#state)
  }

  /** How late the ticks came that were asked for, at worst, and how long the host last blocked its event loop, in ms. */
  get lateness(): State['lateness'] {
    return { ...this.#state.lateness }
  }

  /**
   * Takes one input at the time `now` (ms of Clock.now, never going back) and returns what is to be done, in order.
   * @throws IridiumError ERR_IRIDIUM_INTERNAL if the driver breaks the contract of io.ts
   */
  step(now: number, input: Input): readonly Output[] {
    return step(this.#state, now, input)
  }
}

/** The machine without its class: what `ClusterMachine.step` does. */
export function step(s: State, now: number, input: Input): readonly Output[] {
  const idleMs = now - s.now
  s.now = now
  s.outputs = []
  if (now - s.announcedAt >= s.config.intervalMs / 2) wasBlocked(s, idleMs)
  take(s, input)
  if (!isQuiet(s, input) || s.outputs.some(({ type }) => type !== 'send')) settleDown(s)
  return s.outputs
}

/**
 * What comes most often, and at most causes an answer, only puts off what was to come: the timers are looked at when they
 * are due.
 */
function isQuiet(s: State, input: Input): boolean {
  if (input.type !== 'frame') return input.type === 'traffic'
  switch (input.message.type) {
    case 'Heartbeat':
    case 'Ping':
    case 'Heard':
      return true
    case 'Pong':
      return s.weighing.size === 0
    default:
      return false
  }
}

function take(s: State, input: Input): void {
  switch (input.type) {
    case 'start':
      start(s, input.address)
      break
    case 'join':
      comeBack(s)
      join(s, input.call, input.seeds)
      break
    case 'leave':
      leave(s, input.call)
      break
    case 'abort':
      abortJoin(s, input.call)
      abortLeave(s, input.call)
      break
    case 'setTags':
      setTags(s, input.tags)
      break
    case 'forget':
      forget(s, input.idOrAlias)
      break
    case 'accepted':
      accepted(s, input)
      break
    case 'connected':
      connected(s, input)
      break
    case 'dialFailed':
      dialEnded(s, input)
      break
    case 'closed':
      closed(s, input)
      break
    case 'frame':
      takeMessage(s, linkOf(s, input.link), input.message)
      break
    case 'traffic':
      heard(s, linkOf(s, input.link))
      break
    case 'tick':
      tick(s)
      break
    case 'turn':
      turn(s)
      break
    default:
      input satisfies never
  }
}

function setTags(s: State, tags: Member['tags']): void {
  s.tags = tags
  for (const { link } of s.peers.values()) if (link) send(s, link, { type: 'Tags', tags })
}

function start(s: State, address: Address): void {
  s.address = address
  comeBack(s)
  for (const seed of s.config.seeds) seedAt(s, seed, true)
}

/** From here on we answer, and may be a member. */
function comeBack(s: State): void {
  if (!s.address)
    throw new IridiumError('ERR_IRIDIUM_INTERNAL', 'a node must listen before it joins')
  left(s)
  if (s.presence === 'present') return
  s.presence = 'present'
  s.nextBeatAt = s.now + s.config.intervalMs * s.random.fraction()
  wake(s, s.nextBeatAt)
}

function tick(s: State): void {
  noteLateness(s)
  s.announcedAt = Number.POSITIVE_INFINITY // that timer has run: the next is announced in any case
  if (s.now >= s.nextBeatAt) beat(s)
}

function turn(s: State): void {
  s.turnAskedAt = null
  turnPassed(s)
  answerAsks(s)
  for (const { next, run } of VERDICTS) {
    const at = next(s)
    if (at <= s.now) run(s)
    wake(s, Math.max(at, s.now))
  }
}

/** Our timer should have run long ago: nothing ran, since the last step, and others cannot be blamed for that. */
function wasBlocked(s: State, idleMs: number): void {
  log(s, 'debug', `this node was blocked for ${Math.round(idleMs)} ms`)
  noteLateness(s)
  s.lateness.lastBlockMs = idleMs
  s.lateness.lastBlockAt = s.now
  excuse(s, idleMs)
  s.announcedAt = s.now
}

function noteLateness(s: State): void {
  s.lateness.worstMs = Math.max(s.lateness.worstMs, s.now - s.announcedAt)
}

/** After every step that may have changed something: decides what can be decided now, and sets the alarm. */
function settleDown(s: State): void {
  weigh(s)
  reviewJoins(s)
  if (s.now >= s.alarmAt) lookAtTimes(s)
  if (hasUnread(s) || s.asks.size > 0) askForTurn(s)
  announce(s, s.alarmAt)
}

function lookAtTimes(s: State): void {
  dialDue(s)
  dialSeeds(s)
  if (nextVerdict(s) <= s.now) askForTurn(s)
  s.alarmAt = nextDue(s)
}

function askForTurn(s: State): void {
  if (s.turnAskedAt !== null) return
  s.turnAskedAt = s.now
  s.outputs.push({ type: 'nextTurn' })
}

/** The earliest of all times. No verdict falls before the turn that was asked for. */
export function nextDue(s: State): number {
  const verdictAt = s.turnAskedAt === null ? nextVerdict(s) : Number.POSITIVE_INFINITY
  return Math.min(s.nextBeatAt, verdictAt, nextDial(s), nextSeed(s))
}

function nextVerdict(s: State): number {
  return Math.min(...VERDICTS.map(({ next }) => next(s)))
}

function announce(s: State, at: number): void {
  if (at === s.announcedAt) return
  s.announcedAt = at
  s.outputs.push({ type: 'deadline', at: Number.isFinite(at) ? at : null })
}
