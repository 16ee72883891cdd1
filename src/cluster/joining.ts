// Owns the host's join(): which seeds it waits for, what counts as success, and when it settles.
//
// A seed has accepted us when a link with it exists, whoever dialled it. What passes in moments (two dials that
// cross, a busy alias, a dial that times out) is tried again; what is final is not. With one seed accepted the call
// settles as soon as every node that was listed is linked, has refused, or has had its time.
import { formatAddress, sameAddress } from '../core/address.js'
import { IridiumError } from '../core/errors.js'
import { BUSY_RETRY_MS, HANDSHAKE_TIMEOUT_MS, JOIN_TIMEOUTS, MAX_CONTACTS } from '../core/limits.js'
import { wake } from './alarm.js'
import type { CallId } from './io.js'
import type { Address, Member } from './member.js'
import { emit, log } from './outputs.js'
import { seedAt } from './seeds.js'
import { isOwnAddress } from './self.js'
import type { Attempt, JoinCall, Peer, Seed, State } from './state.js'

/** The host's call. */
export function join(s: State, call: CallId, addresses: readonly Address[]): void {
  const others = addresses.filter((address) => !isOwnAddress(s, address))
  if (others.length === 0) {
    const message = 'Joining failed: every seed that was given is the address of this node itself'
    const cause = new AggregateError(addresses.map(isMyself), message)
    settle(s, call, new IridiumError('ERR_IRIDIUM_JOIN_FAILED', message, { cause }))
    return
  }
  const until = s.now + JOIN_TIMEOUTS * s.config.timeoutMs
  const attempts = new Map<Seed, Attempt>()
  for (const address of others) attempts.set(seedAt(s, address, false), trying(s))
  for (const seed of attempts.keys()) dialNow(s, seed)
  wake(s, until)
  s.joins.set(call, { call, until, attempts, checkedAt: s.now, listed: new Map(), waitsFor: null })
}

/** The caller no longer waits. */
export function abortJoin(s: State, call: CallId): void {
  s.joins.delete(call)
}

export function failJoins(s: State, error: IridiumError): void {
  for (const { call } of s.joins.values()) settle(s, call, error)
  s.joins.clear()
}

/** A seed has taken us in by the link that it answered on. */
export function seedAnswered(s: State, seed: Seed, { member }: Peer): void {
  for (const { attempts } of s.joins.values()) {
    if (attempts.has(seed)) attempts.set(seed, { kind: 'accepted', via: member })
  }
}

/** A seed has not; `isMomentary`: it may in a moment. Returns whether a call of the host waits for it. */
export function seedFailed(
  s: State,
  seed: Seed,
  error: IridiumError,
  isMomentary: boolean,
): boolean {
  let isAwaited = false
  for (const { attempts, until } of s.joins.values()) {
    if (attempts.get(seed)?.kind !== 'trying') continue
    isAwaited = true
    const again = s.now + (0.5 + s.random.fraction()) * BUSY_RETRY_MS
    const waits = isMomentary && again < until
    if (waits) wake(s, again)
    attempts.set(seed, waits ? { kind: 'waiting', until: again, error } : { kind: 'failed', error })
  }
  return isAwaited
}

/** A node was named in a list: joining waits for it. */
export function listedWhileJoining(s: State, id: string): void {
  for (const { listed } of s.joins.values()) {
    if (listed.has(id)) continue
    noteListed(listed, id, s.now)
    wake(s, s.now + HANDSHAKE_TIMEOUT_MS)
  }
}

/** A listed node has refused us, or is not there. */
export function refusedWhileJoining(s: State, id: string): void {
  for (const { listed } of s.joins.values()) noteListed(listed, id, null)
}

/** A member that names strangers without end makes a join wait for no more of them than are dialled at once. */
function noteListed(listed: JoinCall['listed'], id: string, since: number | null): void {
  if (listed.has(id) || listed.size < MAX_CONTACTS) listed.set(id, since)
}

/** Settles the calls that are ready; after every step that may have changed something. */
export function reviewJoins(s: State): void {
  for (const join of s.joins.values()) {
    for (const [seed, { kind }] of join.attempts) {
      const member = kind === 'accepted' || kind === 'failed' ? null : linkedAt(s, seed)
      if (member) join.attempts.set(seed, { kind: 'accepted', via: member })
    }
    const attempts = [...join.attempts.values()]
    const accepted = attempts.find((attempt) => attempt.kind === 'accepted')
    if (accepted) {
      if (isComplete(s, join, attempts)) succeed(s, join, accepted.via)
    } else if (attempts.every((attempt) => attempt.kind === 'failed')) {
      s.joins.delete(join.call)
      settle(s, join.call, failure(join))
    }
  }
}

/** When a join's time makes a difference next. */
export function nextJoin(s: State): number {
  let at = Number.POSITIVE_INFINITY
  for (const { attempts, listed, until, checkedAt } of s.joins.values()) {
    const consider = (time: number): void => {
      if (time > checkedAt && time < at) at = time
    }
    consider(until)
    for (const attempt of attempts.values()) {
      if (attempt.kind === 'waiting') consider(attempt.until)
      if (attempt.kind === 'trying') consider(attempt.since + HANDSHAKE_TIMEOUT_MS)
    }
    for (const since of listed.values()) {
      if (since !== null) consider(since + HANDSHAKE_TIMEOUT_MS)
    }
    for (const { link } of s.peers.values()) {
      if (link?.phase.name !== 'up' || !link.phase.list) continue
      consider(link.phase.list.since + HANDSHAKE_TIMEOUT_MS)
    }
  }
  return at
}

/** Tries again those seeds whose moment has passed, and gives up after the last. */
export function runJoins(s: State): void {
  for (const join of s.joins.values()) {
    const { attempts, until } = join
    join.checkedAt = s.now
    for (const [seed, attempt] of attempts) {
      if (attempt.kind !== 'waiting' && attempt.kind !== 'trying') continue
      if (s.now >= until) {
        attempts.set(seed, { kind: 'failed', error: timedOut(seed, attempt) })
      } else if (attempt.kind === 'waiting' && s.now >= attempt.until) {
        attempts.set(seed, trying(s))
        dialNow(s, seed)
      }
    }
  }
}

function trying(s: State): Attempt {
  wake(s, s.now + HANDSHAKE_TIMEOUT_MS)
  return { kind: 'trying', since: s.now }
}

function dialNow(s: State, seed: Seed): void {
  seed.answeredBy = null
  if (seed.link) return
  seed.dialAt = s.now
  wake(s, s.now)
}

/** The member that is linked with us and is known to be at this seed's address. */
function linkedAt(s: State, { address, answeredBy }: Seed): Member | null {
  const answering = answeredBy === null ? undefined : s.peers.get(answeredBy)
  if (answering?.link) return answering.member
  for (const { link, member } of s.peers.values()) {
    if (link && sameAddress(member, address)) return member
  }
  return null
}

function isComplete(s: State, join: JoinCall, attempts: readonly Attempt[]): boolean {
  const { listed, waitsFor } = join
  const isOld = (since: number): boolean => s.now - since >= HANDSHAKE_TIMEOUT_MS
  const isAwaited = (id: string): boolean => {
    const since = listed.get(id) ?? null
    return since !== null && !isOld(since) && !s.peers.get(id)?.link && id !== s.config.id
  }
  if (waitsFor !== null && isAwaited(waitsFor)) return false
  if (attempts.some((attempt) => attempt.kind === 'trying' && !isOld(attempt.since))) return false
  for (const { link } of s.peers.values()) {
    if (link?.phase.name !== 'up') continue
    const { list } = link.phase
    if (list?.of === 'HelloAck' && !isOld(list.since)) return false
  }
  for (const id of listed.keys()) {
    if (!isAwaited(id)) continue
    join.waitsFor = id
    return false
  }
  return true
}

function succeed(s: State, { call }: JoinCall, via: Member): void {
  s.joins.delete(call)
  s.hasJoined = true
  const members = [...s.peers.values()].filter((peer) => peer.link).map((peer) => peer.member)
  log(s, 'info', `joined via ${via.alias}: ${members.length} members`)
  emit(s, { type: 'joined', via, members })
  s.outputs.push({ type: 'settle', call, result: { ok: true, members } })
}

function settle(s: State, call: CallId, error: IridiumError): void {
  s.outputs.push({ type: 'settle', call, result: { ok: false, error } })
}

function failure({ attempts }: JoinCall): IridiumError {
  const errors = [...attempts.values()].flatMap((a) => (a.kind === 'failed' ? [a.error] : []))
  const reasons = errors.map((error) => error.message).join('; ')
  const message = `Joining failed, no seed accepted this node: ${reasons}`
  return new IridiumError('ERR_IRIDIUM_JOIN_FAILED', message, {
    cause: new AggregateError(errors, message),
  })
}

function isMyself(address: Address): Error {
  const message = `${formatAddress(address)}: this is the address of this node itself`
  return new IridiumError('ERR_IRIDIUM_REFUSED', message)
}

function timedOut(seed: Seed, attempt: Attempt): Error {
  if (attempt.kind === 'waiting') return attempt.error
  const message = `${formatAddress(seed.address)}: no answer in time`
  return new IridiumError('ERR_IRIDIUM_TIMEOUT', message)
}
