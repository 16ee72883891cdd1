// Owns what can be told about a member beside its picture: for statistics and for diagnosis. Reads, changes nothing.
import type { LinkId } from './io.js'
import type { Address } from './member.js'
import type { State } from './state.js'

export interface LinkFacts {
  readonly id: string
  readonly alias: string
  /** The link with this member; null while there is none. */
  readonly link: LinkId | null
  readonly dialled: boolean | null
  /** Since when the link has been there, and when anything was last received or sent over it: ms of Clock.now. */
  readonly since: number | null
  readonly heardAt: number
  readonly sentAt: number | null
  readonly roundTripMs: number | null
  /** Control messages over this link. */
  readonly received: number
  readonly sent: number
  /** Why it is suspect; null if it is not. */
  readonly suspicion: 'silent' | 'closed' | 'dropped' | null
  /** Whether the others are being asked about it. */
  readonly isAskedAbout: boolean
  /** The next dial, and how many there have been, while there is no link. */
  readonly dial: {
    readonly at: number
    readonly attempts: number
    readonly isUnderWay: boolean
  } | null
}

export function linkFacts(s: State, idOrAlias: string): LinkFacts | null {
  const id = s.members.get(idOrAlias)?.id ?? idOrAlias
  const peer = s.peers.get(id)
  if (!peer) return null
  const { link, suspicion, member, heardAt } = peer
  const contact = s.contacts.get(id)
  return {
    id,
    alias: member.alias,
    link: link?.id ?? null,
    dialled: link?.dialled ?? null,
    since: link?.since ?? null,
    heardAt: link?.heardAt ?? heardAt,
    sentAt: link?.sentAt ?? null,
    roundTripMs: link?.roundTripMs ?? null,
    received: link?.received ?? 0,
    sent: link?.sent ?? 0,
    suspicion: suspicion?.cause ?? null,
    isAskedAbout: (suspicion?.askedUntil ?? null) !== null,
    dial: contact
      ? { at: contact.dialAt, attempts: contact.attempts, isUnderWay: contact.link !== null }
      : null,
  }
}

export interface Counts {
  readonly links: number
  readonly members: number
  /** Nodes that are dialled and not linked. */
  readonly contacts: number
  readonly seeds: number
  readonly joins: number
  /** Strangers that wait for an answer. */
  readonly strangers: number
}

export function counts(s: State): Counts {
  return {
    links: s.links.size,
    members: s.peers.size,
    contacts: s.contacts.size,
    seeds: s.seeds.size,
    joins: s.joins.size,
    strangers: s.weighing.size,
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
