// Owns the heartbeat: when one is sent, and what counts as a sign of life. What silence means is suspicion.ts.
//
// Once an interval, on every link over which no control message was sent within the last half of it. So the longest gap
// that a sound sender leaves is one and a half intervals, and the shortest that is suspected is two. Messages between
// hosts put none off: heartbeats carry the digest, which would not be told while they flow.
import { BEATS_PER_PING } from '../core/limits.js'
import { wake } from './alarm.js'
import { answered } from './doubt.js'
import { markAlive } from './membership.js'
import { send } from './outputs.js'
import { ping } from './ping.js'
import { suspectAt } from './silence.js'
import type { Link, State } from './state.js'

/** Sends what is due, and sets the time of the next beat. A host that was blocked does not catch up. */
export function beat(s: State): void {
  const { intervalMs } = s.config
  const heartbeat = { type: 'Heartbeat', digest: s.digest } as const
  for (const { link } of s.peers.values()) {
    if (!link) continue
    if (s.now - link.sentAt >= intervalMs / 2) send(s, link, heartbeat)
    const isUnmeasured = link.roundTripMs === null && !link.ping
    if (isUnmeasured || s.beats % BEATS_PER_PING === 0) ping(s, link)
  }
  s.beats++
  s.nextBeatAt += intervalMs
  if (s.nextBeatAt <= s.now) s.nextBeatAt = s.now + intervalMs
  wake(s, s.nextBeatAt)
}

/** Something has come over this link: any byte is a sign of life. */
export function heard(s: State, link: Link): void {
  link.heardAt = s.now
  if (link.phase.name !== 'up') return
  const { peer } = link.phase
  peer.heardAt = s.now
  answered(s)
  if (!peer.suspicion) return
  peer.suspicion = null
  wake(s, suspectAt(s.now, s.config.intervalMs))
  markAlive(s, peer)
}
