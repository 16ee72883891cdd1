// Owns the doubt about ourselves: when most of at least two members are silent at once, it is likelier that
// we are cut off, or were asleep, than that all of them died. One answer ends the doubt; if none comes within
// the timeout we are isolated, and the silence then counts as always.
import { wake } from './alarm.js'
import { emit, log } from './outputs.js'
import { ping } from './ping.js'
import type { State } from './state.js'

/** Whether nobody may be given up for silence at the moment. */
export function doubting(s: State): boolean {
  return s.doubt.kind === 'asking'
}

/** Begins or ends the doubt by how many are silent now. */
export function reviewDoubt(s: State): void {
  let suspects = 0
  for (const peer of s.peers.values()) if (peer.suspicion) suspects++
  const most = s.peers.size >= 2 && suspects * 2 > s.peers.size
  if (!most) s.doubt = { kind: 'none' }
  else if (s.doubt.kind === 'none') begin(s, suspects)
  else if (s.doubt.kind === 'asking' && s.now >= s.doubt.until) {
    s.doubt = { kind: 'over' }
    log(s, 'warn', 'no member answers any more: this node is isolated')
    emit(s, { type: 'isolated' })
  }
}

/** A member has given a sign of life. */
export function answered(s: State): void {
  if (s.doubt.kind !== 'asking') return
  s.doubt = { kind: 'over' }
  wake(s, s.now) // what was put off counts again
  log(s, 'debug', 'a member answers: it is not me')
}

function begin(s: State, suspects: number): void {
  s.doubt = { kind: 'asking', until: s.now + s.config.timeoutMs }
  wake(s, s.doubt.until)
  log(s, 'debug', `${suspects} of ${s.peers.size} members are silent: is it me?`)
  for (const { link } of s.peers.values()) if (link) ping(s, link)
}
