// Owns the outputs of a step, and the bookkeeping that each carries with it.

import { formatAddress } from '../core/address.js'
import { type ErrorCode, IridiumError } from '../core/errors.js'
import { HANDSHAKE_TIMEOUT_MS } from '../core/limits.js'
import type { Message } from '../protocol/messages.js'
import { knows, MIN_VERSION } from '../protocol/versions.js'
import { wake } from './alarm.js'
import type { ClusterEvent } from './io.js'
import type { Address, Member } from './member.js'
import type { Link, Purpose, State } from './state.js'

/** Sends a message; one that the version of this link does not know stays unsaid there. */
export function send(s: State, link: Link, message: Message): void {
  if (!knows(link.version, message.type)) return
  link.sentAt = s.now
  link.sent++
  s.outputs.push({ type: 'send', link: link.id, message })
}

/** Begins a link of our own. */
export function dial(s: State, address: Address, purpose: Purpose): Link {
  const link = newLink(s, s.nextLink, true, address, { name: 'dialling', purpose })
  s.nextLink += 2
  s.outputs.push({ type: 'dial', link: link.id, address })
  return link
}

export function newLink(
  s: State,
  id: number,
  dialled: boolean,
  remote: Address,
  phase: Link['phase'],
): Link {
  const link: Link = {
    id,
    dialled,
    remote,
    since: s.now,
    phase,
    version: MIN_VERSION,
    heardAt: s.now,
    sentAt: s.now,
    received: 0,
    sent: 0,
    ping: null,
    roundTripMs: null,
    roundTrips: { count: 0, sumMs: 0, leastMs: Number.POSITIVE_INFINITY, mostMs: 0 },
    told: new Map(),
    toldAt: Number.NEGATIVE_INFINITY,
  }
  s.links.set(id, link)
  s.unfinished.add(link)
  wake(s, s.now + HANDSHAKE_TIMEOUT_MS)
  return link
}

/** Asks for the end of a link; with `flush`, after what was sent has gone out. Nothing more is taken from it. */
export function close(s: State, link: Link, reason: string, { flush = false } = {}): void {
  s.weighing.delete(link)
  s.unfinished.delete(link)
  link.phase = { name: 'closing' }
  s.outputs.push({ type: 'close', link: link.id, flush, reason })
}

export function emit(s: State, event: ClusterEvent): void {
  s.outputs.push({ type: 'emit', event })
}

/** Tells of something that failed and for which no caller waits. */
export function report(s: State, code: ErrorCode, message: string): void {
  emit(s, { type: 'error', error: new IridiumError(code, message) })
}

/** The same for what came from a member, or how much of it: `error` does not know from whom. */
export function reportMember(s: State, { alias }: Member, error: IridiumError): void {
  const { code, message } = error
  emit(s, {
    type: 'error',
    error: new IridiumError(code, `${alias}: ${message}`, { cause: error }),
  })
}

/** The same for what strangers do: how often the host is told is not decided here. */
export function reportStranger(s: State, code: ErrorCode, message: string, cause?: unknown): void {
  const options = cause === undefined ? {} : { cause }
  emit(s, { type: 'error', error: new IridiumError(code, message, options), isStrangers: true })
}

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error'

export function log(s: State, level: Level, message: string, fields: object = {}): void {
  s.outputs.push({ type: 'log', level, fields, message })
}

/** For messages to people: `beta (127.0.0.1:2255)`. */
export function named(node: { alias: string; host: string; port: number }): string {
  return `${node.alias} (${formatAddress(node)})`
}
