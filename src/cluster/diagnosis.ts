// Owns the picture of what is known about a member and why it is what it is, for an operator. Changes nothing.
import type { Address, Member } from './member.js'
import type { State } from './state.js'

export interface Diagnosis {
  readonly member: Member
  /** Milliseconds since the last sign of life, less the time in which this node did not run itself. */
  readonly silentMs: number
  /** Milliseconds from the last ping to its answer; null: not measured on this link yet. */
  readonly roundTripMs: number | null
  /** Why it is suspect: it is silent, its link was closed, or we closed it ourselves. Null: it is not. */
  readonly suspicion: 'silent' | 'closed' | 'dropped' | null
  /** Whether the other members have been asked about it, because it was silent too long. */
  readonly othersAsked: boolean
  /** The link; null: there is none at the moment, and it is being dialled. */
  readonly link: {
    readonly dialledByUs: boolean
    readonly remote: Address
    /** Milliseconds since the connection was begun. */
    readonly ageMs: number
    /** Control messages on it so far. */
    readonly received: number
    readonly sent: number
  } | null
}

/** What is known of the member with this alias at the time `now`; null if there is none. */
export function diagnose(s: State, alias: string, now: number): Diagnosis | null {
  const peer = s.peers.get(s.members.get(alias)?.id ?? '')
  if (!peer) return null
  const { member, link, suspicion, heardAt } = peer
  return {
    member,
    silentMs: Math.max(0, now - heardAt),
    roundTripMs: link?.roundTripMs ?? null,
    suspicion: suspicion?.cause ?? null,
    othersAsked: suspicion?.askedUntil != null,
    link: link && {
      dialledByUs: link.dialled,
      remote: link.remote,
      ageMs: Math.max(0, now - link.since),
      received: link.received,
      sent: link.sent,
    },
  }
}
