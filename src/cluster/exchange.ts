// Owns the exchange of lists. A digest covers whom the sender is linked with, in a handshake also whom it is dialling;
// whoever sees one that differs from its own sends its list as a question, and the other answers with those that the
// list lacks, if there are any. A list adds nobody: those it names that we are not linked with are dialled.
//
// What damps it: a pair of digests is told once per link and half a minute; nobody is told what it has just listed
// itself; and of many members whose digests differ, a node asks only some at random in each interval: while fifty start,
// all digests go on changing, and what one of them learns spreads by itself.
import {
  DIGEST_PAIR_MS,
  HANDSHAKE_TIMEOUT_MS,
  MAX_DIGEST_PAIRS,
  MAX_LIST_ELEMENTS,
  MAX_LOGGED_ALIASES,
  MEMBERS_PAGE_BYTES,
  QUESTIONS_PER_INTERVAL,
} from '../core/limits.js'
import type { Listed, MessageOf } from '../protocol/messages.js'
import { pages } from '../protocol/pages.js'
import { wake } from './alarm.js'
import { toggled } from './digest.js'
import { heardOf } from './healing.js'
import { listedWhileJoining } from './joining.js'
import { emit, log, send } from './outputs.js'
import type { Ack, Link, Peer, PhaseOf, State } from './state.js'

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

/**
 * The digest of those that we are linked with or are dialling at this moment: what both say in a handshake. A newcomer
 * that has the whole list from its seed agrees with everybody from its first Join on, and no list is sent. Should one of
 * the dials fail, the heartbeats, which count links alone, tell of the difference.
 */
export function hopedDigest(s: State): string {
  let bits = 0n
  for (const contact of s.contacts.values()) {
    if (contact.link && !s.peers.get(contact.id)?.link) bits ^= contact.bits
  }
  return bits === 0n ? s.digest : toggled(s.digest, bits)
}

/** Whether this digest covers those that we are linked with, or those and whom we dial. */
export function agrees(s: State, theirs: string): boolean {
  return theirs === s.digest || theirs === hopedDigest(s)
}

/** A heartbeat: tell them our list if they see the world differently, and have not just been told. */
export function compareDigest(s: State, link: Link, peer: Peer, theirs: string): void {
  if (theirs === s.digest || s.now - link.toldAt < s.config.intervalMs) return
  if (s.random.fraction() * s.peers.size > QUESTIONS_PER_INTERVAL) return
  if (!mayTell(s, link, theirs)) return
  link.toldAt = s.now
  sendPages(s, link, pages(listFor(s, peer.id), MEMBERS_PAGE_BYTES), true)
  log(s, 'trace', `list of nodes sent to ${peer.member.alias}, as a question`)
}

/** A first or only page has come with the answer to our Hello or Join. */
export function takeAck(s: State, link: Link, peer: Peer, ack: Ack): void {
  takeNames(s, peer.member.alias, ack.nodes)
  if (link.phase.name !== 'up') return
  link.phase.list = { of: ack.type, nodes: [], since: s.now }
  gather(s, link, link.phase, ack)
}

/** A page of a list has come. */
export function takeMembers(s: State, link: Link, peer: Peer, message: MessageOf<'Members'>): void {
  takeNames(s, peer.member.alias, message.nodes)
  if (link.phase.name === 'up') gather(s, link, link.phase, message)
}

type Page = Pick<MessageOf<'Members'>, 'digest' | 'nodes' | 'more'> & {
  readonly question?: boolean
}

/** Puts the pages of a list together. Whoever asks, or has answered our Hello or Join, is told what it lacks. */
function gather(s: State, link: Link, phase: PhaseOf<'up'>, page: Page): void {
  const { peer, list } = phase
  const { of, nodes, since } = list ?? { of: 'Members', nodes: [], since: s.now }
  nodes.push(...page.nodes.slice(0, MAX_LIST_ELEMENTS - nodes.length))
  phase.list = page.more ? { of, nodes, since } : null
  if (page.more) {
    wake(s, since + HANDSHAKE_TIMEOUT_MS) // then a join waits for no more of it
    return
  }
  if (of === 'HelloAck') helloAcked(s, peer, nodes)
  if (of === 'Members' && !page.question) return
  if (!agrees(s, page.digest)) answer(s, link, peer, page.digest, nodes)
}

/** They see the world differently: tell them whom their list lacks. */
function answer(
  s: State,
  link: Link,
  { id, member }: Peer,
  theirs: string,
  listed: readonly Listed[],
): void {
  const known = new Set(listed.map((node) => node.id))
  const list = listFor(s, id).filter((node) => !known.has(node.id))
  if (list.length === 0 || !mayTell(s, link, theirs)) return
  sendPages(s, link, pages(list, MEMBERS_PAGE_BYTES), false)
  log(s, 'trace', `list of nodes sent to ${member.alias}: ${summary(list)}`)
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
