// Owns a stranger's first frame, from its coming to our answer. The answer is by the table in conflicts.ts; it
// is given one turn of the event loop after the frame was read, and not if the connection has ended by then, so
// that a process that wakes from a freeze does not greet a queue of dead callers.
import { formatAddress } from '../core/address.js'
import {
  MAX_INCARNATION,
  MAX_MEMBERS,
  MEMBERS_PAGE_BYTES,
  PING_TIMEOUT_MS,
} from '../core/limits.js'
import { REFUSALS, type RefusalCode, type Self } from '../protocol/messages.js'
import { firstPageBytes, pages } from '../protocol/pages.js'
import { agreedVersion, formatVersions } from '../protocol/versions.js'
import { wake } from './alarm.js'
import { type Answer, judge, type Situation } from './conflicts.js'
import { agrees, hopedDigest, listFor, sendPages } from './exchange.js'
import { missing, retryNow } from './healing.js'
import type { Address } from './member.js'
import { announce, enter, holderOf, lastIncarnation } from './membership.js'
import { close, log, named, reportStranger, send } from './outputs.js'
import { ping } from './ping.js'
import { introduceSelf, ownVersions } from './self.js'
import type { Evidence, Greeting, Link, State } from './state.js'
import { greetedContact, showsLife, suspect } from './suspicion.js'
import { concede } from './twins.js'

/** A Hello or Join has been read. */
export function takeGreeting(s: State, link: Link, greeting: Greeting): void {
  log(s, 'trace', `${greeting.type} received from ${nameOf(link, greeting)}`)
  link.phase = { name: 'weighing', greeting, evidence: { kind: 'unread' } }
  s.weighing.add(link)
}

/** Whether a first frame waits for the turn after which it may be answered. */
export function hasUnread(s: State): boolean {
  for (const { phase } of s.weighing) {
    if (phase.name === 'weighing' && phase.evidence.kind === 'unread') return true
  }
  return false
}

/** A turn has passed: connections that had ended are gone by now. */
export function turnPassed(s: State): void {
  for (const { phase } of s.weighing) {
    if (phase.name !== 'weighing') continue
    const { evidence } = phase
    if (evidence.kind === 'unread') {
      phase.evidence = { kind: 'none' }
      showsLife(s, phase.greeting.id)
    }
    if (evidence.kind === 'asked' && s.now >= evidence.until) {
      phase.evidence = { kind: 'silent', about: evidence.about }
    }
  }
}

/** When the next question about somebody in the way runs out. */
export function nextEvidence(s: State): number {
  let at = Number.POSITIVE_INFINITY
  for (const { phase } of s.weighing) {
    if (phase.name === 'weighing' && phase.evidence.kind === 'asked') {
      at = Math.min(at, phase.evidence.until)
    }
  }
  return at
}

/** A member has answered a ping: perhaps it stands in somebody's way. */
export function wayAnswered(s: State, nonce: number): void {
  for (const { phase } of s.weighing) {
    if (phase.name !== 'weighing') continue
    const { evidence } = phase
    if (evidence.kind === 'asked' && evidence.nonce === nonce) {
      phase.evidence = { kind: 'answers', about: evidence.about }
    }
  }
}

/** Judges everyone who waits, by what is known now; after every step that may have changed it. */
export function weigh(s: State): void {
  for (const link of s.weighing) {
    const { phase } = link
    if (phase.name !== 'weighing' || phase.evidence.kind === 'unread') continue
    const { greeting } = phase
    const verdict = judge(situationOf(s, greeting, phase.evidence))
    switch (verdict.kind) {
      case 'accept':
        welcome(s, link, greeting)
        break
      case 'refuse':
        refuse(s, link, greeting, verdict.code)
        break
      case 'ask':
        phase.evidence = ask(s, verdict.id)
        break
      case 'wait':
        break
      case 'concede':
        concede(s, formatAddress(listensAt(link, greeting)))
        refuse(s, link, greeting, 'NOT_A_MEMBER')
        break
      default:
        verdict satisfies never
    }
  }
}

/** Where the stranger says it listens; if it names no host, then where we see it. */
function listensAt({ remote }: Link, { host, port }: Greeting): Address {
  return { host: host === '' ? remote.host : host, port }
}

function nameOf(link: Link, greeting: Greeting): string {
  const { host, port } = listensAt(link, greeting)
  return named({ alias: greeting.alias, host, port })
}

function situationOf(s: State, greeting: Greeting, evidence: Evidence): Situation {
  const { id, alias, cluster } = s.config
  const peer = s.peers.get(greeting.id)
  const holder = holderOf(s, greeting.alias, greeting.id)
  return {
    greeting,
    me: {
      id,
      alias,
      incarnation: s.incarnation,
      versions: ownVersions(s),
      cluster,
      hasLeft: s.presence !== 'present',
      isFull: s.peers.size >= MAX_MEMBERS && !peer,
    },
    isRenamed: peer !== undefined && peer.member.alias !== greeting.alias,
    linked: peer?.link ? answerOf(s, evidence, peer.id) : null,
    isGreeted: greetedContact(s, greeting.id) !== null,
    holder: holder && { id: holder.id, answer: answerOf(s, evidence, holder.id) },
  }
}

/** What the evidence says about this member. One that was asked by a dial answers by being linked again. */
function answerOf(s: State, evidence: Evidence, id: string): Answer {
  if (evidence.kind === 'unread' || evidence.kind === 'none' || evidence.about !== id)
    return 'unasked'
  if (evidence.kind !== 'asked') return evidence.kind
  const link = s.peers.get(id)?.link
  return link && link.id !== evidence.link ? 'answers' : 'waiting'
}

/** Asks for a sign of life: by a ping on the link, or, where there is none, by a dial. */
function ask(s: State, id: string): Evidence {
  const peer = s.peers.get(id)
  const until = s.now + PING_TIMEOUT_MS
  wake(s, until)
  if (peer?.link) {
    const nonce = ping(s, peer.link)
    return { kind: 'asked', about: id, nonce, link: peer.link.id, until }
  }
  if (peer) retryNow(s, missing(s, peer.member))
  return { kind: 'asked', about: id, nonce: null, link: null, until }
}

/** Accepts: the newcomer is in the table before it is answered. */
function welcome(s: State, link: Link, greeting: Greeting): void {
  const { id, alias, tags } = greeting
  const last = lastIncarnation(s, alias, id)
  const incarnation =
    greeting.type === 'Hello'
      ? Math.min(MAX_INCARNATION, Math.max(greeting.incarnation, last + 1))
      : greeting.incarnation
  link.version = agreedVersion(ownVersions(s), greeting) ?? link.version
  const { host, port } = listensAt(link, greeting)
  const newcomer: Self = { id, alias, incarnation, host, port, tags }
  const entry = enter(s, link, newcomer)
  const self = introduceSelf(s)
  const { minVersion, maxVersion } = ownVersions(s)
  const common = { minVersion, maxVersion, self, digest: hopedDigest(s), extensions: {} }
  if (greeting.type === 'Hello') {
    const [nodes = [], ...rest] = pages(listFor(s, id), MEMBERS_PAGE_BYTES, firstPageBytes(self))
    const you = { host: link.remote.host, port: link.remote.port, incarnation }
    send(s, link, { type: 'HelloAck', ...common, you, nodes, more: rest.length > 0 })
    log(s, 'trace', `HelloAck sent to ${named(newcomer)}`)
    sendPages(s, link, rest, false)
  } else {
    const list = agrees(s, greeting.digest) ? [] : listFor(s, id)
    const [nodes = [], ...rest] = pages(list, MEMBERS_PAGE_BYTES, firstPageBytes(self))
    send(s, link, { type: 'JoinAck', ...common, nodes, more: rest.length > 0 })
    log(s, 'trace', `JoinAck sent to ${named(newcomer)}`)
    sendPages(s, link, rest, false)
  }
  announce(s, entry)
}

/** In words, for both sides. */
function meaningOf(s: State, greeting: Greeting, code: RefusalCode): string {
  const { meaning } = REFUSALS[code]
  if (code !== 'WRONG_VERSION') return meaning
  const [ours, theirs] = [formatVersions(ownVersions(s)), formatVersions(greeting)]
  return `${meaning}: ${s.config.alias} speaks ${ours}, ${greeting.alias} ${theirs}`
}

function refuse(s: State, link: Link, greeting: Greeting, code: RefusalCode): void {
  const { id, alias } = s.config
  const meaning = meaningOf(s, greeting, code)
  if (code === 'FULL') s.full++
  const holder =
    code === 'ALIAS_TAKEN' || code === 'ALIAS_BUSY'
      ? holderOf(s, greeting.alias, greeting.id)
      : null
  send(s, link, {
    type: 'Refused',
    ...ownVersions(s),
    code,
    message: meaning,
    id,
    alias,
    incarnation: s.incarnation,
    holder: holder && { id: holder.id, host: holder.member.host, port: holder.member.port },
    extensions: {},
  })
  close(s, link, `refused: ${code}`, { flush: true })
  const who = nameOf(link, greeting)
  log(s, 'debug', `${who} refused: ${code}, ${meaning}`)
  if (code === 'ALIAS_BUSY' && holder?.link) suspect(s, holder, 'silent')
  if (REFUSALS[code].isReported)
    reportStranger(s, 'ERR_IRIDIUM_REFUSED', `${who} was refused: ${meaning}`)
}
