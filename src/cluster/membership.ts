// Owns coming and going: the only place where a member is added, changed or removed, and where its events are
// emitted, so that their order is legal and each is told once. Why it happens is decided elsewhere.
// A member comes by a completed handshake with it, and goes by its own goodbye, its replacement, or our own
// evidence of its death. What others say never adds or removes anybody.
import { MAX_REMEMBERED_INCARNATIONS } from '../core/limits.js'
import type { Self } from '../protocol/messages.js'
import { wake } from './alarm.js'
import { bitsOf, toggled } from './digest.js'
import { missing, nowLinked, strike } from './healing.js'
import { note, noteGone, noteJoined, noteLink, noteSuspected } from './history.js'
import type { Member } from './member.js'
import { close, emit, log, named } from './outputs.js'
import { suspectAt } from './silence.js'
import type { Link, Peer, State, Suspicion } from './state.js'

/** What `enter` did, for `announce` to tell. */
export interface Entry {
  readonly peer: Peer
  readonly link: Link
  readonly change: 'joined' | 'recovered' | 'updated' | 'none'
}

/**
 * Makes `link` the one link with the node that introduced itself on it: in the table at once, so that an answer
 * can be built from it. An older link is closed, and what it still brings is dropped. `announce` tells the rest.
 */
export function enter(s: State, link: Link, who: Self): Entry {
  const old = s.peers.get(who.id)
  const host = who.host === '' ? link.remote.host : who.host
  const { id, alias, port, incarnation, tags } = who
  const member: Member = { id, alias, host, port, incarnation, tags, status: 'alive' }
  const peer: Peer = old ?? { id, member, link: null, heardAt: s.now, suspicion: null }
  const change = !old
    ? 'joined'
    : old.suspicion
      ? 'recovered'
      : sameTags(old.member.tags, tags)
        ? 'none'
        : 'updated'
  if (peer.link) unlink(s, peer, 'another link with this member has taken its place')
  peer.link = link
  peer.heardAt = s.now
  peer.suspicion = null
  wake(s, suspectAt(s.now, s.config.intervalMs))
  link.phase = { name: 'up', peer, list: null }
  s.weighing.delete(link)
  s.unfinished.delete(link)
  s.peers.set(id, peer)
  picture(s, peer, member)
  s.digest = toggled(s.digest, bitsOf(id))
  nowLinked(s, id, link)
  return { peer, link, change }
}

/** Tells what `enter` did: the host's messages may flow. */
export function announce(s: State, { peer, link, change }: Entry): void {
  const { member } = peer
  s.outputs.push({ type: 'linkUp', link: link.id, member, version: link.version })
  if (change === 'joined') noteJoined(s, member)
  if (change === 'recovered') note(s, member.alias, 'recovered', 'linked anew')
  noteLink(s, member, link)
  if (change === 'joined') log(s, 'info', `${named(member)} is a member`, { id: member.id })
  if (change === 'joined') emit(s, { type: 'memberJoined', member })
  if (change === 'recovered') emit(s, { type: 'memberRecovered', member })
  if (change === 'updated') emit(s, { type: 'memberUpdated', member })
}

/** Takes the link away from a member, which stays one. */
export function unlink(s: State, peer: Peer, reason: string): void {
  const { link } = peer
  if (!link) return
  detach(s, peer)
  note(s, peer.member.alias, 'linkClosed', `by us: ${reason}`)
  close(s, link, reason)
}

/** The same for a link that has already ended. */
export function detach(s: State, peer: Peer): void {
  if (!peer.link) return
  s.outputs.push({ type: 'linkDown', link: peer.link.id, member: peer.member })
  s.digest = toggled(s.digest, bitsOf(peer.id))
  peer.link = null
}

export function remove(s: State, peer: Peer, reason: 'left' | 'failed' | 'replaced'): void {
  const { member } = peer
  unlink(s, peer, `the member has gone: ${reason}`)
  s.peers.delete(peer.id)
  s.members.delete(member.alias)
  rememberBoot(s, member)
  noteGone(s, member, reason)
  if (reason === 'failed') missing(s, member).failingSince ??= s.now
  else strike(s, peer.id)
  log(s, 'info', `${named(member)} has gone: ${reason}`, { id: member.id })
  emit(s, { type: 'memberLeft', member, reason })
}

/** Why a member is suspect, in words. */
export const CAUSES: Readonly<Record<Suspicion['cause'], string>> = {
  silent: 'nothing was heard of it for two intervals',
  closed: 'its link has ended',
  dropped: 'we have closed its link, to make it anew',
}

export function markSuspect(s: State, peer: Peer): void {
  picture(s, peer, { ...peer.member, status: 'suspect' })
  noteSuspected(s, peer.member, CAUSES[peer.suspicion?.cause ?? 'silent'])
  log(s, 'debug', `${named(peer.member)} is suspect: ${peer.suspicion?.cause}`)
  emit(s, { type: 'memberSuspected', member: peer.member })
}

export function markAlive(s: State, peer: Peer): void {
  picture(s, peer, { ...peer.member, status: 'alive' })
  note(s, peer.member.alias, 'recovered', 'it was heard')
  emit(s, { type: 'memberRecovered', member: peer.member })
}

export function changeTags(s: State, peer: Peer, tags: Member['tags']): void {
  if (sameTags(peer.member.tags, tags)) return
  picture(s, peer, { ...peer.member, tags })
  emit(s, { type: 'memberUpdated', member: peer.member })
}

/** The member that has this alias and another id. */
export function holderOf(s: State, alias: string, id: string): Peer | null {
  const holder = s.members.get(alias)
  return holder && holder.id !== id ? (s.peers.get(holder.id) ?? null) : null
}

/** The last incarnation that is known of this alias, of boots other than `id`; 0 if there was none. */
export function lastIncarnation(s: State, alias: string, id: string): number {
  const boot = s.lastBoots.get(alias)
  const gone = boot && boot.id !== id ? boot.incarnation : 0
  return Math.max(holderOf(s, alias, id)?.member.incarnation ?? 0, gone)
}

export function rememberBoot(s: State, { alias, id, incarnation }: Member): void {
  s.lastBoots.delete(alias)
  s.lastBoots.set(alias, { id, incarnation })
  if (s.lastBoots.size <= MAX_REMEMBERED_INCARNATIONS) return
  const [oldest] = s.lastBoots.keys()
  s.lastBoots.delete(oldest as string)
}

function picture(s: State, peer: Peer, member: Member): void {
  Object.freeze(member.tags)
  peer.member = Object.freeze(member)
  s.members.set(member.alias, peer.member)
}

function sameTags(a: Member['tags'], b: Member['tags']): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
