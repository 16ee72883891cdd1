// Owns the life of connections apart from what is said on them: they come, are bounded in number and time, and end.
import { formatAddress } from '../core/address.js'
import type { DialFailure } from '../core/dial.js'
import { IridiumError } from '../core/errors.js'
import {
  HANDSHAKE_TIMEOUT_MS,
  MAX_UNFINISHED_HANDSHAKES,
  MAX_UNFINISHED_HANDSHAKES_PER_ADDRESS,
} from '../core/limits.js'
import { greet } from './greeting.js'
import { note } from './history.js'
import type { Input, LinkId } from './io.js'
import { goodbyeOut } from './leaving.js'
import type { Address } from './member.js'
import { close, log, newLink, reportMember, reportStranger } from './outputs.js'
import { isLoopback } from './self.js'
import { dialFailed } from './setbacks.js'
import type { Link, State } from './state.js'
import { linkLost } from './suspicion.js'

type InputOf<Type extends Input['type']> = Extract<Input, { type: Type }>

/** The link of this number; the driver names only links that have not ended. */
export function linkOf(s: State, id: LinkId): Link {
  const link = s.links.get(id)
  if (!link) throw new IridiumError('ERR_IRIDIUM_INTERNAL', `there is no link ${id}`)
  return link
}

export function accepted(s: State, { link: id, remote }: InputOf<'accepted'>): void {
  if (s.links.has(id) || id % 2 === 0) {
    throw new IridiumError('ERR_IRIDIUM_INTERNAL', `${id} is no number for an accepted link`)
  }
  makeRoom(s, remote)
  newLink(s, id, false, remote, { name: 'awaited' })
}

export function connected(s: State, { link: id }: InputOf<'connected'>): void {
  const link = linkOf(s, id)
  const { phase } = link
  if (phase.name === 'closing') return
  if (phase.name !== 'dialling') {
    throw new IridiumError('ERR_IRIDIUM_INTERNAL', `link ${id} connects while it is ${phase.name}`)
  }
  greet(s, link, phase.purpose)
}

export function dialEnded(s: State, { link: id, reason, message }: InputOf<'dialFailed'>): void {
  const link = linkOf(s, id)
  const { phase } = link
  s.links.delete(id)
  s.unfinished.delete(link)
  if (phase.name === 'closing') return
  if (phase.name !== 'dialling') {
    throw new IridiumError(
      'ERR_IRIDIUM_INTERNAL',
      `link ${id} cannot be dialled: it is ${phase.name}`,
    )
  }
  dialFailed(s, phase.purpose, reason, message)
}

export function closed(s: State, { link: id, error }: InputOf<'closed'>): void {
  const link = linkOf(s, id)
  const { phase } = link
  s.links.delete(id)
  s.weighing.delete(link)
  s.unfinished.delete(link)
  s.asks.delete(link)
  switch (phase.name) {
    case 'dialling':
    case 'greeting':
      dialFailed(
        s,
        phase.purpose,
        failureOf(error),
        error?.message ?? 'closed before it answered',
        isFault(error) ? error.code : undefined,
      )
      return
    case 'awaited':
    case 'weighing':
      if (isFault(error)) {
        reportStranger(s, error.code, `${formatAddress(link.remote)}: ${error.message}`, error)
      }
      return
    case 'up':
      if (isFault(error)) reportMember(s, phase.peer.member, error)
      note(
        s,
        phase.peer.member.alias,
        'linkClosed',
        error?.message ?? 'the other end has closed it',
      )
      linkLost(s, phase.peer, isFault(error) ? 'dropped' : 'closed')
      return
    case 'closing':
      goodbyeOut(s, link)
      return
    default:
      phase satisfies never
  }
}

function failureOf(error: IridiumError | undefined): DialFailure {
  return error?.code === 'ERR_IRIDIUM_UNAUTHENTICATED' ? 'unauthenticated' : 'reset'
}

/** Whether a link has ended because we could not bear what came over it, or how much. */
function isFault(error: IridiumError | undefined): error is IridiumError {
  return error !== undefined && error.code !== 'ERR_IRIDIUM_LINK_LOST'
}

export function nextHandshakeEnd(s: State): number {
  let at = Number.POSITIVE_INFINITY
  for (const { since } of s.unfinished) at = Math.min(at, since + HANDSHAKE_TIMEOUT_MS)
  return at
}

/** Closes what has not become a link in time. */
export function endHandshakes(s: State): void {
  for (const link of s.unfinished) {
    if (s.now < link.since + HANDSHAKE_TIMEOUT_MS) continue
    const { phase } = link
    if (!link.dialled) s.evicted++
    close(s, link, 'its handshake took too long')
    if (phase.name === 'dialling' || phase.name === 'greeting') {
      dialFailed(s, phase.purpose, 'timeout', `no answer within ${HANDSHAKE_TIMEOUT_MS} ms`)
    }
  }
}

/** Bounds the strangers: when there are too many, the oldest that has said nothing goes. */
function makeRoom(s: State, { host }: Address): void {
  const strangers = [...s.unfinished].filter((link) => !link.dialled)
  const sameHost = isLoopback(host) ? [] : strangers.filter((link) => link.remote.host === host)
  const crowd =
    sameHost.length >= MAX_UNFINISHED_HANDSHAKES_PER_ADDRESS
      ? sameHost
      : strangers.length >= MAX_UNFINISHED_HANDSHAKES
        ? strangers
        : null
  if (!crowd) return
  const oldest = crowd.find((link) => link.phase.name === 'awaited') ?? crowd[0]
  if (oldest) close(s, oldest, 'too many handshakes are unfinished')
  s.evicted++
  log(s, 'debug', `too many handshakes are unfinished: the oldest goes`, { host })
}
