// Owns what a person at a terminal is told about the cluster while it happens.
import type { IridiumNode } from '../node/iridium-node.js'
import { printable } from './printable.js'

const GONE = {
  left: 'has left the cluster',
  failed: 'has failed and is no longer a member',
  replaced: 'has been replaced by a new node of its alias',
} as const

/** Calls `tell` with one clause for each event of the node that changes who is a member. */
export function watch(node: IridiumNode, tell: (notice: string) => void): void {
  node.on('memberJoined', ({ member }) =>
    tell(
      `${printable(member.alias)} has joined the cluster, listening on ${printable(member.host)}:${member.port}`,
    ),
  )
  node.on('memberSuspected', ({ member }) => tell(`${printable(member.alias)} does not answer`))
  node.on('memberRecovered', ({ member }) => tell(`${printable(member.alias)} answers again`))
  node.on('memberLeft', ({ member, reason }) => tell(`${printable(member.alias)} ${GONE[reason]}`))
  node.on('isolated', () => tell('no member answers any more'))
}
