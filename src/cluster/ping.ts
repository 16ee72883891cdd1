// Owns questions that want an answer at once: round-trip times, and whether somebody is there.
import type { MessageOf } from '../protocol/messages.js'
import { send } from './outputs.js'
import type { Link, State } from './state.js'

/** Asks, and returns the number by which the answer is known. */
export function ping(s: State, link: Link): number {
  const nonce = s.nextNonce
  s.nextNonce = (nonce + 1) % 2 ** 30
  link.ping = { nonce, at: s.now }
  send(s, link, { type: 'Ping', nonce })
  return nonce
}

export function pong(s: State, link: Link, { nonce }: MessageOf<'Ping'>): void {
  send(s, link, { type: 'Pong', nonce })
}

/** Notes the round trip, if it is the answer to the last question. */
export function ponged(s: State, link: Link, { nonce }: MessageOf<'Pong'>): void {
  if (link.ping?.nonce !== nonce) return
  const ms = s.now - link.ping.at
  link.roundTripMs = ms
  const all = link.roundTrips
  all.count++
  all.sumMs += ms
  all.leastMs = Math.min(all.leastMs, ms)
  all.mostMs = Math.max(all.mostMs, ms)
  link.ping = null
}
