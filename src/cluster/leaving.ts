// Owns leaving: goodbye on every link, and then being nobody's member until the host starts or joins again.
import { IridiumError } from '../core/errors.js'
import { noteGone } from './history.js'
import type { CallId } from './io.js'
import { failJoins } from './joining.js'
import { detach, rememberBoot } from './membership.js'
import { close, emit, log, send } from './outputs.js'
import type { Link, State } from './state.js'

/** The host's call: settles once the goodbyes are out. */
export function leave(s: State, call: CallId): void {
  if (s.presence === 'present') depart(s)
  if (s.leaving) s.leaving.calls.push(call)
  else s.outputs.push({ type: 'settle', call, result: { ok: true, members: [] } })
}

/** The caller no longer waits; the node leaves all the same. */
export function abortLeave(s: State, call: CallId): void {
  const calls = s.leaving?.calls
  if (calls?.includes(call)) calls.splice(calls.indexOf(call), 1)
}

/** Says goodbye to all members and forgets everybody. */
export function depart(s: State): void {
  log(s, 'info', `leaving ${s.peers.size} members`)
  s.presence = 'absent'
  s.hasJoined = false
  s.leaving = { links: new Set(), calls: [] }
  failJoins(s, new IridiumError('ERR_IRIDIUM_BAD_STATE', 'the node has left while it was joining'))
  for (const peer of s.peers.values()) {
    const { link } = peer
    rememberBoot(s, peer.member)
    noteGone(s, peer.member, 'weLeft')
    if (!link) continue
    send(s, link, { type: 'Goodbye' })
    detach(s, peer)
    close(s, link, 'this node leaves', { flush: true })
    s.leaving.links.add(link)
  }
  s.peers.clear()
  s.members.clear()
  for (const link of s.unfinished) {
    const { name } = link.phase
    if (name === 'dialling' || name === 'greeting') close(s, link, 'this node leaves')
  }
  s.contacts.clear()
  s.seeds.clear()
  s.doubt = { kind: 'none' }
  if (s.leaving.links.size === 0) left(s)
}

/** A link has ended: perhaps the last that had to carry a goodbye. */
export function goodbyeOut(s: State, link: Link): void {
  if (s.leaving?.links.delete(link) && s.leaving.links.size === 0) left(s)
}

/** The goodbyes are out, or the host does not wait for them. */
export function left(s: State): void {
  if (!s.leaving) return
  const { calls } = s.leaving
  s.leaving = null
  emit(s, { type: 'left' })
  for (const call of calls)
    s.outputs.push({ type: 'settle', call, result: { ok: true, members: [] } })
}
