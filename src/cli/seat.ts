// Owns where a command's node listens and what it is called, as the flags say.
import { IridiumNode } from '../node/iridium-node.js'
import { Seat } from '../repl/seat.js'
import { resolveAlias } from './alias.js'
import type { NodeFlags } from './node-options.js'
import type { Invocation } from './parse.js'
import { listening, text } from './settings.js'

/** `made` sees every node before it does anything. Rejects with UsageError or Failure. */
export async function createSeat(
  { flags }: Invocation,
  options: NodeFlags,
  made: (node: IridiumNode) => void,
): Promise<Seat> {
  const { host, port, anyPort } = listening(flags)
  const alias = await resolveAlias(text(flags, 'node-alias'), text(flags, 'data-root-dir'))
  return new Seat({
    port,
    anyPort,
    create: (at) => {
      const node = new IridiumNode({ ...options, alias, host, port: at })
      made(node)
      return node
    },
  })
}
