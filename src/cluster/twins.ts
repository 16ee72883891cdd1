// Owns the case of two living nodes with one alias: twins, two halves of a cluster, clusters born apart. The one
// that outranks the other keeps the alias; the other concedes, but only after a handshake with the first itself.
// So all that the rest can do is to let the two learn of each other.
import { formatAddress } from '../core/address.js'
import type { Listed, MessageOf, Self } from '../protocol/messages.js'
import { heardOf } from './healing.js'
import { depart } from './leaving.js'
import type { Address } from './member.js'
import { close, log, named, report, send } from './outputs.js'
import { outranks } from './ranks.js'
import type { Link, Peer, State } from './state.js'

/** We dialled a node and hold its alias under another id: tell each of the two where the other is. */
export function nameTwins(s: State, link: Link, holder: Peer, them: Self): void {
  log(s, 'warn', `two living nodes are called ${them.alias}: each is told of the other`)
  send(s, link, listOf(s, holder.member))
  close(s, link, `${named(holder.member)} has this alias here`, { flush: true })
  if (holder.link) send(s, holder.link, listOf(s, them))
}

function listOf(s: State, { id, alias, host, port, incarnation }: Listed): MessageOf<'Members'> {
  const nodes = [{ id, alias, host, port, incarnation }]
  return { type: 'Members', digest: s.digest, nodes, more: false, question: false }
}

/** Somebody has refused us because of our alias. A node that belongs to no cluster yet has nothing to defend. */
export function aliasIsTaken(s: State, refusal: MessageOf<'Refused'>, at: Address): void {
  const isNew = s.peers.size === 0 && s.contacts.size === 0 && !s.hasJoined
  if (isNew) return
  const { alias, id } = s.config
  if (refusal.alias !== alias) {
    const { holder } = refusal
    if (holder && holder.id !== id) heardOf(s, { ...holder, alias, incarnation: 0 })
  } else if (outranks({ id, incarnation: s.incarnation }, refusal)) {
    const { incarnation } = refusal
    heardOf(s, { id: refusal.id, alias, ...at, incarnation })
  } else {
    concede(s, formatAddress(at))
  }
}

/** The other keeps the alias. This node leaves; its host goes on. */
export function concede(s: State, where: string): void {
  const { alias } = s.config
  const message = `another living node, at ${where}, holds the alias ${alias} and outranks this one, which has left the cluster`
  report(s, 'ERR_IRIDIUM_ALIAS_TAKEN', message)
  depart(s)
}
