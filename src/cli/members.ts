// Owns `iridium members`. The protocol shows members to members only, so that this joins under a random
// alias, lists, and leaves; the others see somebody come and go.
import { randomBytes } from 'node:crypto'
import { IridiumNode } from '../node/iridium-node.js'
import { memberRows } from '../repl/member-rows.js'
import { nodeFlags } from './node-options.js'
import { type Invocation, UsageError } from './parse.js'
import { addresses } from './settings.js'
import { print, type Shell } from './shell.js'

export async function members(shell: Shell, invocation: Invocation): Promise<number> {
  const seeds = addresses(invocation.flags, 'via')
  if (seeds.length === 0) {
    throw new UsageError('iridium members needs --via HOST:PORT, a member of the cluster')
  }
  const alias = `members-${randomBytes(4).toString('hex')}`
  const options = await nodeFlags(shell, invocation, (line) => shell.stderr.write(line))
  const node = new IridiumNode({ ...options, alias, port: 0 })
  shell.trapSignals()
  try {
    await node.join(seeds, { signal: shell.stop })
    for (const row of memberRows(node.members.values())) print(shell, row)
  } finally {
    await node.close()
  }
  return 0
}
