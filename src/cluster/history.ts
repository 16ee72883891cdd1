// Owns what is remembered of each alias for people who ask why it is what it is: the last things that happened to it,
// and what others said of it. Decides nothing: nobody but diagnosis.ts reads it. By alias, not by id, so that the
// boots of one name stand in one story.
import { formatAddress } from '../core/address.js'
import { MAX_GONE_HISTORIES, MAX_HISTORY_ENTRIES, MAX_HISTORY_TEXT } from '../core/limits.js'
import type { MessageOf } from '../protocol/messages.js'
import type { Member } from './member.js'
import type { Link, State } from './state.js'

/**
 * - `joined`, `left`: it became a member, and was one no longer
 * - `linkOpened`, `linkClosed`: its link, and why it ended
 * - `dialFailed`, `refused`: a dial to it came to nothing; it answered one with a refusal
 * - `suspected`, `asked`, `vouched`, `recovered`: it was silent or unlinked, the others were asked about it, one of
 *   them heard it, it gave a sign of life
 */
export type HistoryKind =
  | 'joined'
  | 'left'
  | 'linkOpened'
  | 'linkClosed'
  | 'dialFailed'
  | 'refused'
  | 'suspected'
  | 'asked'
  | 'vouched'
  | 'recovered'

/** Why a member is one no longer; `weLeft`: it was this node that left the cluster. */
export type GoneReason = 'left' | 'failed' | 'replaced' | 'weLeft'

export interface History {
  /** The latest last. */
  readonly entries: {
    readonly what: HistoryKind
    readonly why: string
    /** The last of `times` in a row. */
    at: number
    times: number
  }[]
  /** What others have said of it since it became suspect, by their alias. */
  readonly witnesses: Map<string, { readonly hears: boolean; readonly at: number }>
  /** What became of it; null as long as it is a member, or if it never was one. */
  gone: { readonly member: Member; readonly reason: GoneReason; readonly at: number } | null
}

export function note(s: State, alias: string, what: HistoryKind, why: string): void {
  const { entries } = historyOf(s, alias)
  const text = why.length > MAX_HISTORY_TEXT ? `${why.slice(0, MAX_HISTORY_TEXT)}...` : why
  const last = entries.at(-1)
  if (last?.what === what && last.why === text) {
    last.at = s.now
    last.times++
    return
  }
  entries.push({ what, why: text, at: s.now, times: 1 })
  if (entries.length > MAX_HISTORY_ENTRIES) entries.shift()
}

export function noteJoined(s: State, { alias, id, incarnation }: Member): void {
  historyOf(s, alias).gone = null
  note(s, alias, 'joined', `as ${id}, incarnation ${incarnation}`)
}

export function noteLink(s: State, { alias }: Member, { dialled, remote }: Link): void {
  const at = formatAddress(remote)
  note(s, alias, 'linkOpened', dialled ? `we dialled ${at}` : `it dialled us from ${at}`)
}

export function noteSuspected(s: State, { alias }: Member, cause: string): void {
  historyOf(s, alias).witnesses.clear()
  note(s, alias, 'suspected', cause)
}

export function noteGone(s: State, member: Member, reason: GoneReason): void {
  note(s, member.alias, 'left', REASONS[reason])
  historyOf(s, member.alias).gone = { member, reason, at: s.now }
}

/** A member answers which of those that are silent towards us it has heard. */
export function noteHeard(s: State, witness: Member, { ids }: MessageOf<'Heard'>): void {
  for (const { id, member, suspicion } of s.peers.values()) {
    const hears = ids.includes(id)
    if (!suspicion || (suspicion.askedUntil === null && !hears)) continue
    historyOf(s, member.alias).witnesses.set(witness.alias, { hears, at: s.now })
    if (hears) note(s, member.alias, 'vouched', `${witness.alias} hears it`)
  }
}

/** In words. */
export const REASONS: Readonly<Record<GoneReason, string>> = {
  left: 'it said goodbye',
  failed: 'it died, or could not be reached',
  replaced: 'another boot of its alias took its place',
  weLeft: 'this node left the cluster',
}

/** The history of this alias, begun if there is none. */
function historyOf(s: State, alias: string): History {
  const known = s.histories.get(alias)
  if (known) return known
  const history: History = { entries: [], witnesses: new Map(), gone: null }
  s.histories.set(alias, history)
  if (s.histories.size > s.members.size + MAX_GONE_HISTORIES) forgetOldest(s, alias)
  return history
}

function forgetOldest(s: State, except: string): void {
  for (const alias of s.histories.keys()) {
    if (alias === except || s.members.has(alias)) continue
    s.histories.delete(alias)
    return
  }
}
