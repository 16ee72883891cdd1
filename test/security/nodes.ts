// Nodes of the tests: they keep what they are told.
import type { Address } from '../../src/core/address.js'
import type { IridiumError } from '../../src/core/errors.js'
import { IridiumNode } from '../../src/node/iridium-node.js'
import type { NodeOptions } from '../../src/node/options.js'

/** A node on a free port that keeps its events and errors; whoever calls closes all of `nodes` in the end. */
export function make(nodes: IridiumNode[], options: NodeOptions) {
  const node = new IridiumNode({ port: 0, ...options })
  nodes.push(node)
  const events: string[] = []
  const errors: IridiumError[] = []
  node.on('memberJoined', ({ member }) => events.push(`joined ${member.alias}`))
  node.on('memberLeft', ({ member, reason }) => events.push(`${reason} ${member.alias}`))
  node.on('memberSuspected', ({ member }) => events.push(`suspected ${member.alias}`))
  node.on('error', (error) => errors.push(error))
  return { node, events, errors }
}

export const addressOf = (node: IridiumNode) => node.address as Address
