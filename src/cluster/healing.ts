// Owns the comparison of what should be with what is: every node that was a member or was named by one, and
// is not linked, is dialled again, with back-off, until it is linked, says goodbye, or is forgotten.
// What an answer means is decided in greeting.ts.
import {
  FIRST_RETRY_MS,
  FORGET_FAILED_AFTER_MS,
  MAX_CONTACTS,
  MAX_RETRY_MS,
} from '../core/limits.js'
import type { Listed } from '../protocol/messages.js'
import { wake } from './alarm.js'
import { bitsOf } from './digest.js'
import type { Member } from './member.js'
import { close, dial } from './outputs.js'
import type { Contact, Link, State } from './state.js'

/** What to wait before the next attempt, in ms: doubling up to half a minute, uniform between half and whole. */
export function backOff(attempts: number, firstMs: number, fraction: number): number {
  return Math.min(MAX_RETRY_MS, firstMs * 2 ** attempts) * (1 + fraction) * 0.5
}

/** A member or former member that is not linked: dialled at once, unless that is already being tried. */
export function missing(s: State, node: Member): Contact {
  return s.contacts.get(node.id) ?? add(s, node)
}

/** A member that we are linked with names this node: dial it now, at most once per timeout and id. */
export function heardOf(s: State, node: Listed): void {
  if (node.id === s.config.id || s.peers.get(node.id)?.link) return
  const contact = s.contacts.get(node.id)
  if (!contact) {
    if (makesRoom(s)) add(s, node)
    return
  }
  if (s.now - contact.namedAt < s.config.timeoutMs) return
  contact.namedAt = s.now
  contact.attempts = 0
  if (!s.peers.has(node.id)) contact.address = { host: node.host, port: node.port }
  dialNow(s, contact)
}

/** `link` is up with this node: nothing is missing any more. A dial that has not greeted yet is given up. */
export function nowLinked(s: State, id: string, link: Link): void {
  const contact = s.contacts.get(id)
  if (!contact) return
  s.contacts.delete(id)
  if (contact.link && contact.link !== link && contact.link.phase.name === 'dialling') {
    close(s, contact.link, 'linked by the other side in the meantime')
  }
}

/** Never dial this node again, unless it is named or comes by itself. */
export function strike(s: State, id: string): void {
  const contact = s.contacts.get(id)
  if (!contact) return
  s.contacts.delete(id)
  if (contact.link) close(s, contact.link, 'no longer wanted')
}

/** An attempt has ended without a link. */
export function retry(s: State, contact: Contact, atLeastMs = 0): void {
  contact.link = null
  contact.failingSince ??= s.now
  const pause = backOff(contact.attempts++, FIRST_RETRY_MS, s.random.fraction())
  contact.dialAt = s.now + Math.max(atLeastMs, pause)
  wake(s, contact.dialAt)
}

/** Dial now, from the shortest back-off on. */
export function retryNow(s: State, contact: Contact): void {
  contact.attempts = 0
  dialNow(s, contact)
}

function dialNow(s: State, contact: Contact): void {
  if (contact.link) return
  contact.dialAt = s.now
  wake(s, s.now)
}

/** Strikes what the host no longer wants dialled; true if there was such a node. */
export function forget(s: State, idOrAlias: string): boolean {
  for (const { id, alias } of s.contacts.values()) {
    if ((id === idOrAlias || alias === idOrAlias) && !s.peers.has(id)) {
      strike(s, id)
      return true
    }
  }
  return false
}

export function nextDial(s: State): number {
  let at = Number.POSITIVE_INFINITY
  for (const contact of s.contacts.values()) if (!contact.link) at = Math.min(at, contact.dialAt)
  return at
}

export function dialDue(s: State): void {
  for (const contact of s.contacts.values()) {
    if (contact.link || contact.dialAt > s.now) continue
    const { failingSince } = contact
    const isMember = s.peers.has(contact.id)
    if (!isMember && failingSince !== null && s.now - failingSince > FORGET_FAILED_AFTER_MS) {
      s.contacts.delete(contact.id)
      continue
    }
    contact.link = dial(s, contact.address, { kind: 'contact', contact })
  }
}

function add(s: State, { id, alias, host, port, incarnation }: Listed | Member): Contact {
  if (s.contacts.size >= MAX_CONTACTS) dropOldest(s)
  const contact: Contact = {
    id,
    bits: bitsOf(id),
    alias,
    address: { host, port },
    incarnation,
    link: null,
    dialAt: s.now,
    attempts: 0,
    failingSince: null,
    namedAt: s.now,
  }
  s.contacts.set(id, contact)
  wake(s, s.now)
  return contact
}

/**
 * Makes room for a node that is only named, or says that there is none. It displaces nobody that has not been out of
 * reach for the timeout, so that names by the ten thousand cost as many dials as there are places; a list that is true is
 * sent again. Who was out of reach for longest is looked for once, not for every name.
 */
function makesRoom(s: State): boolean {
  if (s.contacts.size < MAX_CONTACTS) return true
  if (s.now < s.roomAt) return false
  const contact = oldest(s)
  s.roomAt = (contact?.failingSince ?? s.now) + s.config.timeoutMs
  if (!contact || s.now < s.roomAt) return false
  strike(s, contact.id)
  return true
}

/** Makes room: the node that has been out of reach for longest goes. */
function dropOldest(s: State): void {
  const contact = oldest(s)
  if (contact) strike(s, contact.id)
}

/** The node that has been out of reach for longest, or one that is not known to be; members do not count. */
function oldest(s: State): Contact | null {
  let found: Contact | null = null
  for (const contact of s.contacts.values()) {
    if (s.peers.has(contact.id)) continue
    const since = contact.failingSince ?? Number.POSITIVE_INFINITY
    if (!found || since < (found.failingSince ?? Number.POSITIVE_INFINITY)) found = contact
  }
  return found
}
