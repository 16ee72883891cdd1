// Owns what silence means. A member is suspect after two intervals without a sign of life, or at once when its
// link closes. After the timeout and one interval more, those that answer are asked about it: if one of them
// hears it, it stays suspect (vouched for), its link is made anew, and they are asked again after each further
// timeout; if none does within half a second, it has failed. A refused dial after a closed link proves death at
// once. Verdicts fall one full turn of the event loop after their time has come (see machine.ts).
import type { MessageOf } from '../protocol/messages.js'
import { wake } from './alarm.js'
import { doubting, reviewDoubt } from './doubt.js'
import { missing, retryNow } from './healing.js'
import { note } from './history.js'
import { detach, markSuspect, remove, unlink } from './membership.js'
import { log, named, send } from './outputs.js'
import { askAt, askTimeout, suspectAt } from './silence.js'
import type { Contact, Link, Peer, State, Suspicion } from './state.js'

export function suspect(s: State, peer: Peer, cause: Suspicion['cause']): void {
  if (peer.suspicion) {
    peer.suspicion.cause = cause
    return
  }
  const { timeoutMs, intervalMs } = s.config
  peer.suspicion = { cause, askAt: askAt(peer.heardAt, timeoutMs, intervalMs), askedUntil: null }
  wake(s, peer.suspicion.askAt)
  markSuspect(s, peer)
}

/** A member knocks at our door: as suspect as its link deserves, but not dead, and its time begins anew. */
export function showsLife(s: State, id: string): void {
  const peer = s.peers.get(id)
  if (!peer) return
  const { timeoutMs, intervalMs } = s.config
  peer.heardAt = s.now
  if (!peer.suspicion) return
  peer.suspicion.askAt = askAt(s.now, timeoutMs, intervalMs)
  peer.suspicion.askedUntil = null
  wake(s, peer.suspicion.askAt)
}

/**
 * The link of a member has ended, `cause` says from which side: suspicion, and a dial at once. But if a dial of our
 * own to it waits for its answer, two dials have crossed, and this link was perhaps given up for that one.
 */
export function linkLost(s: State, peer: Peer, cause: 'closed' | 'dropped'): void {
  detach(s, peer)
  const underWay = greetedContact(s, peer.id)
  if (underWay) {
    // it may have been named to us before it was a member, and wrongly
    underWay.address = { host: peer.member.host, port: peer.member.port }
    s.contacts.set(peer.id, underWay)
    return
  }
  retryNow(s, missing(s, peer.member))
  suspect(s, peer, cause)
}

/** The node to which our own dial has connected and waits for its answer. */
export function greetedContact(s: State, id: string): Contact | null {
  for (const { phase } of s.unfinished) {
    if (phase.name !== 'greeting' || phase.purpose.kind !== 'contact') continue
    if (phase.purpose.contact.id === id) return phase.purpose.contact
  }
  return null
}

/** We have closed the link ourselves: its member is dialled again, and a refused dial will prove nothing. */
export function dropLink(s: State, peer: Peer, reason: string): void {
  unlink(s, peer, reason)
  retryNow(s, missing(s, peer.member))
  suspect(s, peer, 'dropped')
}

/** Nobody, or somebody else, answers where this member listened: together with its closed link, that is death. */
export function confirmDeath(s: State, id: string): boolean {
  const peer = s.peers.get(id)
  if (peer?.suspicion?.cause !== 'closed') return false
  remove(s, peer, isAwaited(s, peer) ? 'replaced' : 'failed')
  return true
}

/** Whether a node waits at our door that is to have this member's alias. */
function isAwaited(s: State, peer: Peer): boolean {
  for (const { phase } of s.weighing) {
    if (phase.name === 'weighing' && phase.greeting.alias === peer.member.alias) return true
  }
  return false
}

export function nextSupervision(s: State): number {
  const { intervalMs } = s.config
  let at = s.doubt.kind === 'asking' ? s.doubt.until : Number.POSITIVE_INFINITY
  for (const { suspicion, heardAt } of s.peers.values()) {
    if (!suspicion) at = Math.min(at, suspectAt(heardAt, intervalMs))
    else if (!doubting(s)) at = Math.min(at, suspicion.askedUntil ?? suspicion.askAt)
  }
  return at
}

/** Judges every member by its silence. */
export function supervise(s: State): void {
  for (const peer of s.peers.values()) {
    if (peer.suspicion || s.now < suspectAt(peer.heardAt, s.config.intervalMs)) continue
    suspect(s, peer, peer.link ? 'silent' : 'closed')
  }
  reviewDoubt(s)
  if (doubting(s)) return
  const silent: Peer[] = []
  for (const peer of s.peers.values()) {
    const { suspicion } = peer
    if (!suspicion) continue
    if (suspicion.askedUntil !== null) {
      if (s.now >= suspicion.askedUntil) remove(s, peer, 'failed')
    } else if (s.now >= suspicion.askAt) silent.push(peer)
  }
  if (silent.length > 0) askAbout(s, silent)
}

/** One Ask names all silent members to those that answer. */
function askAbout(s: State, silent: readonly Peer[]): void {
  const ids = silent.map((peer) => peer.id)
  const until = s.now + askTimeout(s.config.intervalMs)
  for (const { link, suspicion } of s.peers.values()) {
    if (link && !suspicion) send(s, link, { type: 'Ask', ids })
  }
  for (const { suspicion, member } of silent) {
    note(s, member.alias, 'asked', 'the others: have you heard it?')
    if (suspicion) suspicion.askedUntil = until
  }
  wake(s, until)
}

/**
 * Somebody asks us. It is answered when a turn has passed: if we stood still, what those that we are asked about have sent may
 * wait in our sockets, behind this question.
 */
export function takeAsk(s: State, link: Link, { ids }: MessageOf<'Ask'>): void {
  const asked = s.asks.get(link) ?? new Set()
  for (const id of ids) if (s.peers.has(id)) asked.add(id)
  s.asks.set(link, asked)
}

/** We vouch for those that we are linked with and have heard within two intervals. */
export function answerAsks(s: State): void {
  for (const [link, asked] of s.asks) {
    const ids = [...asked].filter((id) => {
      const theirs = s.peers.get(id)?.link
      return theirs && s.now <= suspectAt(theirs.heardAt, s.config.intervalMs)
    })
    if (link.phase.name === 'up') send(s, link, { type: 'Heard', ids })
  }
  s.asks.clear()
}

/** Somebody answers us about those that are silent. */
export function takeHeard(s: State, witness: Peer, { ids }: MessageOf<'Heard'>): void {
  for (const id of ids) {
    const peer = s.peers.get(id)
    if (!peer?.suspicion || peer.suspicion.askedUntil === null) continue
    peer.suspicion.askedUntil = null
    peer.suspicion.askAt = s.now + s.config.timeoutMs
    wake(s, peer.suspicion.askAt)
    log(s, 'debug', `${named(peer.member)} is silent, but ${witness.member.alias} hears it`)
    dropLink(s, peer, 'silent, but vouched for: to be made anew')
  }
}

/** We did not run for `lateMs`: nobody else's silence in that time counts. */
export function excuse(s: State, lateMs: number): void {
  if (s.doubt.kind === 'asking') s.doubt = { kind: 'asking', until: s.doubt.until + lateMs }
  for (const peer of s.peers.values()) {
    peer.heardAt = Math.min(s.now, peer.heardAt + lateMs)
    const { suspicion } = peer
    if (!suspicion) continue
    suspicion.askAt += lateMs
    if (suspicion.askedUntil !== null) suspicion.askedUntil += lateMs
  }
}
