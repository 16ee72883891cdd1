// Owns `iridium node`: a node without a REPL. What happens to its cluster is its result, a line each.
import { once } from 'node:events'
import { IridiumError } from '../core/errors.js'
import { watch } from '../repl/notices.js'
import { reasonOf } from '../repl/reason.js'
import type { RemoteAccess } from '../repl/remote-access.js'
import { listeningText, type Seat } from '../repl/seat.js'
import { nodeFlags } from './node-options.js'
import type { Invocation } from './parse.js'
import { remoteAccess } from './remote.js'
import { createSeat } from './seat.js'
import { addresses } from './settings.js'
import { print, type Shell, warn } from './shell.js'

/** Resolves when the node has taken its leave, after `shell.stop`. */
export async function node(shell: Shell, invocation: Invocation): Promise<number> {
  const { flags } = invocation
  shell.trapSignals()
  const seeds = addresses(flags, 'join')
  const options = await nodeFlags(shell, invocation, (line) => shell.stderr.write(line))
  const seat = await createSeat(invocation, options, (made) =>
    watch(made, (text) => print(shell, text)),
  )
  let remote: RemoteAccess | undefined
  try {
    remote = await remoteAccess(invocation, options, seat, (line) => warn(shell, line))
    const listening = await seat.listen(shell.stop)
    print(shell, `${seat.node.alias}: ${listeningText(listening)}`)
    if (seeds.length > 0) await join(shell, seat, seeds)
    if (!shell.stop.aborted) await once(shell.stop, 'abort')
  } catch (error) {
    if (!shell.stop.aborted) throw error
  } finally {
    await remote?.close()
    await seat.close()
  }
  return 0
}

/** A seed that cannot be reached yet is tried again by the node, so that only an alias that is taken is a failure. */
async function join(
  shell: Shell,
  { node }: Seat,
  seeds: { host: string; port: number }[],
): Promise<void> {
  try {
    const members = await node.join(seeds, { signal: shell.stop })
    print(shell, `Connected to the cluster, which has ${members.length + 1} members.`)
  } catch (error) {
    if (!(error instanceof IridiumError && error.retriable) || isAliasTaken(error)) throw error
    warn(shell, `${reasonOf(error)}; going on trying`)
  }
}

function isAliasTaken({ cause }: IridiumError): boolean {
  const reasons: readonly unknown[] = cause instanceof AggregateError ? cause.errors : []
  return reasons.some((r) => r instanceof IridiumError && r.code === 'ERR_IRIDIUM_ALIAS_TAKEN')
}
