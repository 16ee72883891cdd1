// Owns our side of a link that we dial: introducing ourselves, and being taken in. What a refusal or a failed dial
// means is setbacks.ts; how the other side decides is answering.ts.
import { formatAddress } from '../core/address.js'
import { MAX_MEMBERS } from '../core/limits.js'
import { REFUSALS, type Self } from '../protocol/messages.js'
import { agreedVersion, formatVersions } from '../protocol/versions.js'
import { helloAcked, hopedDigest, takeAck, takeNames } from './exchange.js'
import { seedAnswered } from './joining.js'
import { announce, enter, holderOf } from './membership.js'
import { close, log, named, reportStranger, send } from './outputs.js'
import { dialsOver } from './ranks.js'
import { dialOver } from './seeds.js'
import { introduction, ownVersions } from './self.js'
import { answeredInVain, discarded } from './setbacks.js'
import type { Ack, Link, Purpose, State } from './state.js'
import { nameTwins } from './twins.js'

/** The connection is there: Hello to a seed, Join to a listed member. */
export function greet(s: State, link: Link, purpose: Purpose): void {
  link.phase = { name: 'greeting', purpose }
  if (purpose.kind === 'seed') {
    send(s, link, { type: 'Hello', ...introduction(s) })
    log(s, 'trace', `Hello sent to ${formatAddress(link.remote)}`)
    return
  }
  const { contact } = purpose
  if (s.contacts.get(contact.id) !== contact) {
    close(s, link, 'linked by the other side in the meantime')
    return
  }
  send(s, link, { type: 'Join', ...introduction(s), digest: hopedDigest(s), to: contact.id })
  log(s, 'trace', `Join sent to ${contact.alias} (${formatAddress(link.remote)})`)
}

/** HelloAck or JoinAck: we are a member there. */
export function acknowledged(s: State, link: Link, purpose: Purpose, ack: Ack): void {
  const { self } = ack
  const them = { ...self, host: self.host === '' ? link.remote.host : self.host }
  log(s, 'trace', `${ack.type} received from ${named(them)}`)
  const obstacle = lieOf(s, them) ?? obstacleTo(s, purpose, ack)
  if (obstacle) {
    close(s, link, obstacle)
    answeredInVain(s, purpose, self.id, obstacle)
    return
  }
  if (purpose.kind === 'seed') purpose.seed.answeredBy = self.id
  const twin = holderOf(s, self.alias, self.id)
  if (twin) {
    nameTwins(s, link, twin, them)
    discarded(s, purpose)
    return
  }
  const known = s.peers.get(self.id)
  const other = known?.link
  if (other && (other.dialled || !dialsOver(s.config.alias, self.alias))) {
    close(s, link, 'the other connection between the two stays')
    discarded(s, purpose)
    takeNames(s, self.alias, ack.nodes)
    if (ack.type === 'HelloAck' && !ack.more) helloAcked(s, known, ack.nodes)
    return
  }
  linked(s, link, purpose, ack, them)
}

function linked(s: State, link: Link, purpose: Purpose, ack: Ack, them: Self): void {
  if (ack.type === 'HelloAck') {
    s.incarnation = Math.max(s.incarnation, ack.you.incarnation)
    if (ack.you.host !== '') s.seenHost = ack.you.host
  }
  if (purpose.kind === 'seed') dialOver(s, purpose.seed)
  else purpose.contact.link = null
  link.version = agreedVersion(ownVersions(s), ack) ?? link.version
  const entry = enter(s, link, them)
  announce(s, entry)
  const { peer } = entry
  if (purpose.kind === 'seed') seedAnswered(s, purpose.seed, peer)
  takeAck(s, link, peer, ack)
}

/** A node keeps its alias as long as its id: who says otherwise is another one, and proves nothing about the member. */
function lieOf(s: State, them: Self): string | null {
  const member = s.peers.get(them.id)?.member
  if (!member || member.alias === them.alias) return null
  const lie = `${named(them)} answers with the id of ${named(member)}`
  reportStranger(s, 'ERR_IRIDIUM_PROTOCOL', `A peer broke the protocol: ${lie}`)
  return lie
}

/** Why an Ack cannot be taken at its word; null if it can. */
function obstacleTo(s: State, purpose: Purpose, ack: Ack): string | null {
  const { id, alias } = ack.self
  if (ack.type !== (purpose.kind === 'seed' ? 'HelloAck' : 'JoinAck')) {
    return `${ack.type} is no answer to what was sent`
  }
  if (purpose.kind === 'contact' && id !== purpose.contact.id) return 'another node answers there'
  if (id === s.config.id || alias === s.config.alias) return 'the answer bears our own name'
  if (agreedVersion(ownVersions(s), ack) === null) {
    return `${REFUSALS.WRONG_VERSION.meaning}: it speaks ${formatVersions(ack)}, we ${formatVersions(ownVersions(s))}`
  }
  if (s.peers.size >= MAX_MEMBERS && !s.peers.has(id))
    return 'this node has as many members as it may'
  return null
}
