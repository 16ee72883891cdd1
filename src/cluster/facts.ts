// Owns what can be told about the whole node's links, for statistics; about one member: diagnosis.ts. Changes nothing.
import type { Address } from './member.js'
import type { State } from './state.js'

export interface Counts {
  readonly links: number
  readonly members: number
  /** Those of them that are suspect. */
  readonly suspects: number
  /** Nodes that are dialled and not linked. */
  readonly contacts: number
  readonly seeds: number
  readonly joins: number
  /** Strangers that wait for an answer. */
  readonly strangers: number
  /** Accepted connections that are no member's link yet; those strangers among them. */
  readonly unfinished: number
  /** Those of them that had to make room or were too slow, so far. */
  readonly evicted: number
  /** How many were refused so far because there are as many members as there may be. */
  readonly full: number
}

export function counts(s: State): Counts {
  return {
    links: s.links.size,
    members: s.peers.size,
    suspects: [...s.peers.values()].filter(({ suspicion }) => suspicion).length,
    contacts: s.contacts.size,
    seeds: s.seeds.size,
    joins: s.joins.size,
    strangers: s.weighing.size,
    unfinished: [...s.unfinished].filter(({ dialled }) => !dialled).length,
    evicted: s.evicted,
    full: s.full,
  }
}

/** Somebody that is dialled: a node that should be linked, or a seed. */
export interface Wanted {
  /** Null for a seed. */
  readonly id: string | null
  readonly address: Address
  /** When it is dialled next, unless that is under way: ms of Clock.now. */
  readonly dialAt: number
  readonly isUnderWay: boolean
}

export function wanted(s: State): Wanted[] {
  const contacts = [...s.contacts.values()].map(({ id, address, dialAt, link }) => {
    return { id, address, dialAt, isUnderWay: link !== null }
  })
  const seeds = [...s.seeds.values()].map(({ address, dialAt, link }) => {
    return { id: null, address, dialAt, isUnderWay: link !== null }
  })
  return [...contacts, ...seeds]
}
