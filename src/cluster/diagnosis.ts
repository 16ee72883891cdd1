// Owns the picture of what is known about a node and why it is what it is, for an operator. Changes nothing.
import { formatAddress } from '../core/address.js'
import { type GoneReason, type History, type HistoryKind, REASONS } from './history.js'
import type { Address, Member } from './member.js'
import { CAUSES } from './membership.js'
import { selfMember } from './self.js'
import type { Contact, Link, Peer, State } from './state.js'

/** What a node knows of another, by its alias. All times are milliseconds; what is not known is null or empty. */
export interface Diagnosis {
  readonly alias: string
  /**
   * - `self`: the node itself; its own lateness is what there is to see
   * - `alive`, `suspect`: a member
   * - `gone`: was a member, see `gone`; `dial` tells whether it is still sought
   * - `sought`: named by a member, but not linked yet; `dial` and `history` tell why
   * - `unknown`: nobody has ever named it, or it is forgotten
   */
  readonly status: 'self' | 'alive' | 'suspect' | 'gone' | 'sought' | 'unknown'
  /** All of it in a few sentences, for people. */
  readonly summary: string
  /** The member; of one that has gone as it was last. */
  readonly member: Member | null
  /** Why and when it was a member no longer. */
  readonly gone: { readonly reason: GoneReason; readonly agoMs: number } | null
  /** Since the last sign of life, less the time in which this node did not run itself. */
  readonly silentMs: number | null
  /** From the last ping to its answer, on this link. */
  readonly roundTripMs: number | null
  /** Of all answers to pings on this link. */
  readonly roundTrips: {
    readonly count: number
    readonly leastMs: number
    readonly meanMs: number
    readonly mostMs: number
  } | null
  /** How long our last ping has waited for its answer. */
  readonly unansweredMs: number | null
  /** Why it is suspect: it is silent, its link was closed, or we closed it ourselves. */
  readonly suspicion: 'silent' | 'closed' | 'dropped' | null
  /** Whether the other members have been asked about it, and their time to answer runs. */
  readonly othersAsked: boolean
  /** Until the others are asked about a suspect, or, if they have been, until it is given up. */
  readonly nextStepInMs: number | null
  /** What other members said of it when they were last asked; those that hear it vouch for it. */
  readonly witnesses: readonly {
    readonly alias: string
    readonly hears: boolean
    readonly agoMs: number
  }[]
  /** The link; null: there is none at the moment. */
  readonly link: {
    readonly dialledByUs: boolean
    readonly remote: Address
    /** Since the connection was begun. */
    readonly ageMs: number
    /** The version of the protocol that both ends speak. */
    readonly version: number
    /** Control messages on it so far. */
    readonly received: number
    readonly sent: number
    readonly receivedAgoMs: number
    readonly sentAgoMs: number
  } | null
  /** How it is dialled, while it is not linked and wanted. */
  readonly dial: {
    readonly address: Address
    /** A dial is under way now. */
    readonly isUnderWay: boolean
    /** Until the next, if none is. */
    readonly nextInMs: number | null
    /** Failed ones in a row. */
    readonly attempts: number
    readonly failingForMs: number | null
  } | null
  /** What happened, the latest last; the same in a row is one entry, `agoMs` that of its last time. */
  readonly history: readonly {
    readonly agoMs: number
    readonly what: HistoryKind
    readonly why: string
    readonly times: number
  }[]
  /** How reliable this node is itself as an observer. */
  readonly self: {
    /** How late its own timers were, at worst. */
    readonly worstLateMs: number
    /** How long nothing ran here when its event loop was last blocked for half an interval or longer; 0: it never was. */
    readonly lastBlockMs: number
    readonly lastBlockAgoMs: number | null
    /** Most members are silent, so that it doubts itself and gives up nobody. */
    readonly isDoubting: boolean
  }
}

/** What is known of this alias at the time `now`. */
export function diagnose(s: State, alias: string, now: number): Diagnosis {
  const peer = s.peers.get(s.members.get(alias)?.id ?? '') ?? null
  const history = s.histories.get(alias) ?? null
  const contact = contactOf(s, alias, peer)
  const isSelf = alias === s.config.alias
  const gone = peer || isSelf ? null : (history?.gone ?? null)
  const { link = null, suspicion = null } = peer ?? {}
  const ago = (at: number): number => Math.max(0, now - at)
  const facts: Omit<Diagnosis, 'summary'> = {
    alias,
    status: isSelf
      ? 'self'
      : (peer?.member.status ?? (gone ? 'gone' : contact ? 'sought' : 'unknown')),
    member: isSelf ? selfMember(s) : (peer?.member ?? gone?.member ?? null),
    gone: gone && { reason: gone.reason, agoMs: ago(gone.at) },
    silentMs: peer && ago(peer.heardAt),
    ...roundTripsOf(link),
    unansweredMs: link?.ping ? ago(link.ping.at) : null,
    suspicion: suspicion?.cause ?? null,
    othersAsked: suspicion?.askedUntil != null,
    nextStepInMs: suspicion && Math.max(0, (suspicion.askedUntil ?? suspicion.askAt) - now),
    witnesses: suspicion ? witnessesOf(history, ago) : [],
    link: link && {
      dialledByUs: link.dialled,
      remote: link.remote,
      ageMs: ago(link.since),
      version: link.version,
      received: link.received,
      sent: link.sent,
      receivedAgoMs: ago(link.heardAt),
      sentAgoMs: ago(link.sentAt),
    },
    dial: contact && {
      address: contact.address,
      isUnderWay: contact.link !== null,
      nextInMs: contact.link ? null : Math.max(0, contact.dialAt - now),
      attempts: contact.attempts,
      failingForMs: contact.failingSince === null ? null : ago(contact.failingSince),
    },
    history: (history?.entries ?? []).map(({ what, why, at, times }) => ({
      agoMs: ago(at),
      what,
      why,
      times,
    })),
    self: {
      worstLateMs: s.lateness.worstMs,
      lastBlockMs: s.lateness.lastBlockMs,
      lastBlockAgoMs: s.lateness.lastBlockAt === null ? null : ago(s.lateness.lastBlockAt),
      isDoubting: s.doubt.kind === 'asking',
    },
  }
  return { ...facts, summary: summary(facts) }
}

/** The dials to this node: of a member by its id, else by the alias under which it was last named. */
function contactOf(s: State, alias: string, peer: Peer | null): Contact | null {
  if (peer) return s.contacts.get(peer.id) ?? null
  for (const contact of s.contacts.values()) if (contact.alias === alias) return contact
  return null
}

function roundTripsOf(link: Link | null): Pick<Diagnosis, 'roundTripMs' | 'roundTrips'> {
  if (!link || link.roundTrips.count === 0) return { roundTripMs: null, roundTrips: null }
  const { count, sumMs, leastMs, mostMs } = link.roundTrips
  return {
    roundTripMs: link.roundTripMs,
    roundTrips: { count, leastMs, meanMs: sumMs / count, mostMs },
  }
}

function witnessesOf(history: History | null, ago: (at: number) => number): Diagnosis['witnesses'] {
  return [...(history?.witnesses ?? [])].map(([alias, { hears, at }]) => {
    return { alias, hears, agoMs: ago(at) }
  })
}

// --- in words ---

function summary(d: Omit<Diagnosis, 'summary'>): string {
  return [...aboutNode(d), ...aboutDial(d), ...aboutSelf(d)].join(' ')
}

function aboutNode(d: Omit<Diagnosis, 'summary'>): string[] {
  const { alias, status, gone, silentMs, suspicion } = d
  switch (status) {
    case 'self':
      return [`${alias} is this node itself.`]
    case 'unknown':
      return [`Nothing is known of ${alias}: no member has named it, or it is long gone.`]
    case 'sought':
      return [
        `${alias} is no member yet: a member has named it, and no link with it has come about.`,
      ]
    case 'gone':
      return gone ? [`${alias} has gone, ${time(gone.agoMs)} ago: ${REASONS[gone.reason]}.`] : []
    case 'alive':
      return [`${alias} is alive: last heard ${time(silentMs ?? 0)} ago${pace(d)}.`]
    case 'suspect':
      return [
        `${alias} is suspect: ${CAUSES[suspicion ?? 'silent']}; last heard ${time(silentMs ?? 0)} ago.`,
        ...aboutVerdict(d),
      ]
    default:
      return status satisfies never
  }
}

function pace({ roundTripMs, roundTrips }: Omit<Diagnosis, 'summary'>): string {
  if (roundTripMs === null || !roundTrips) return ''
  const range = `${time(roundTrips.leastMs)} to ${time(roundTrips.mostMs)} of ${roundTrips.count}`
  return `, round trip ${time(roundTripMs)} (${range})`
}

function aboutVerdict({
  witnesses,
  othersAsked,
  nextStepInMs,
  self,
}: Omit<Diagnosis, 'summary'>): string[] {
  const names = (hears: boolean) =>
    witnesses.filter((each) => each.hears === hears).map((each) => each.alias)
  const [hear, deaf] = [names(true), names(false)]
  const next = time(nextStepInMs ?? 0)
  return [
    ...(hear.length > 0 ? [`${hear.join(', ')} vouched for it.`] : []),
    ...(deaf.length > 0 ? [`${deaf.join(', ')} did not hear it either.`] : []),
    self.isDoubting
      ? 'Most members are silent, so this node doubts itself and gives up nobody for now.'
      : othersAsked
        ? `The others have been asked; if nobody vouches for it, it is given up in ${next}.`
        : `The others are asked${witnesses.length > 0 ? ' again' : ''} in ${next}.`,
  ]
}

function aboutDial({ dial, history }: Omit<Diagnosis, 'summary'>): string[] {
  if (!dial) return []
  const at = formatAddress(dial.address)
  const when = dial.isUnderWay ? 'is being dialled' : `is dialled in ${time(dial.nextInMs ?? 0)}`
  const last = history.findLast(({ what }) => what === 'dialFailed' || what === 'refused')
  const since = dial.failingForMs === null ? '' : `, in vain for ${time(dial.failingForMs)}`
  return [`It ${when} at ${at}${since}${last ? `; last: ${last.why}` : ''}.`]
}

function aboutSelf({ self }: Omit<Diagnosis, 'summary'>): string[] {
  if (self.lastBlockAgoMs === null) return []
  return [
    `This node itself was blocked for ${time(self.lastBlockMs)}, ${time(self.lastBlockAgoMs)} ago.`,
  ]
}

/** `340 ms`, `2.3 s`, `17 min`, `5 h`. */
function time(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 100_000) return `${(ms / 1000).toFixed(1)} s`
  return ms < 6_000_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}
