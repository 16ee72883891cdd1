// Owns the exchange of lists. A digest covers whom the sender is linked with; whoever sees one that differs from
// its own sends its list as a question, and the other answers with its own. A list adds nobody: those it names
// that we are not linked with are dialled.
import {
  DIGEST_PAIR_MS,
  MAX_DIGEST_PAIRS,
  MAX_LOGGED_ALIASES,
  MEMBERS_PAGE_BYTES,
} from '../core/limits.js'
import type { Listed, MessageOf } from '../protocol/messages.js'
import { pages } from '../protocol/pages.js'
import { heardOf } from './healing.js'
import { listedWhileJoining } from './joining.js'
import { emit, log, send } from './outbox.js'
import type { Link, Peer, State } from './state.js'

/** Those that we are linked with, for `reader`, who needs not be told of itself. */
export function listFor(s: State, reader: string): Listed[] {
  const list: Listed[] = []
  for (const { link, member } of s.peers.values()) {
    if (!link || member.id === reader) continue
    const { id, alias, host, port, incarnation } = member
    list.push({ id, alias, host, port, incarnation })
  }
  return list
}

/** A heartbeat: tell them our list if they see the world differently, and have not just been told. */
export function compareDigest(s: State, link: Link, peer: Peer, theirs: string): void {
  if (theirs === s.digest || s.now - link.toldAt < s.config.intervalMs) return
  if (!mayTell(s, link, theirs)) return
  link.toldAt = s.now
  tell(s, link, peer, true)
}

/** The answer to our Hello or Join shows another digest than ours: they get our list at once. */
export function tellAfterAck(s: State, link: Link, peer: Peer, theirs: string): void {
  if (theirs === s.digest || listFor(s, peer.id).length === 0) return
  if (mayTell(s, link, theirs)) tell(s, link, peer, false)
}

/** A page of a list has come. */
export function takeMembers(s: State, link: Link, peer: Peer, message: MessageOf<'Members'>): void {
  const { nodes, more, question, digest } = message
  takeNames(s, peer.member.alias, nodes)
  if (link.phase.name === 'up' && link.phase.pages) {
    link.phase.pages.push(...nodes)
    if (!more) helloAcked(s, peer, link.phase.pages)
    if (!more) link.phase.pages = null
  }
  if (more || !question || digest === s.digest) return
  if (mayTell(s, link, digest)) tell(s, link, peer, false)
}

/** Dials whoever is named and not linked. */
export function takeNames(s: State, from: string, nodes: readonly Listed[]): void {
  log(s, 'trace', `list of nodes received from ${from}: ${summary(nodes)}`, { nodes })
  for (const node of nodes) {
    heardOf(s, node)
    listedWhileJoining(s, node.id)
  }
}

/** The first aliases, and how many more there are. */
function summary(nodes: readonly Listed[]): string {
  const aliases = nodes.slice(0, MAX_LOGGED_ALIASES).map((node) => node.alias)
  const rest = nodes.length - aliases.length
  return `${aliases.join(', ') || '(empty)'}${rest > 0 ? ` and ${rest} more` : ''}`
}

/** The seed's answer is whole. */
export function helloAcked(s: State, peer: Peer, nodes: readonly Listed[]): void {
  const members = nodes.map(
    (n) => s.peers.get(n.id)?.member ?? { ...n, tags: {}, status: 'alive' as const },
  )
  emit(s, { type: 'helloAck', from: peer.member, nodes: members })
}

/** The same pair of digests is told once per link and half a minute. */
function mayTell(s: State, link: Link, theirs: string): boolean {
  const pair = `${s.digest} ${theirs}`
  const last = link.told.get(pair)
  if (last !== undefined && s.now - last < DIGEST_PAIR_MS) return false
  link.told.delete(pair)
  link.told.set(pair, s.now)
  if (link.told.size > MAX_DIGEST_PAIRS) link.told.delete([...link.told.keys()][0] as string)
  return true
}

function tell(s: State, link: Link, peer: Peer, question: boolean): void {
  sendPages(s, link, pages(listFor(s, peer.id), MEMBERS_PAGE_BYTES), question)
  log(s, 'trace', `list of nodes sent to ${peer.member.alias}${question ? ', as a question' : ''}`)
}

export function sendPages(
  s: State,
  link: Link,
  list: readonly Listed[][],
  question: boolean,
): void {
  const digest = s.digest
  list.forEach((nodes, index) => {
    send(s, link, { type: 'Members', digest, nodes, more: index < list.length - 1, question })
  })
}
