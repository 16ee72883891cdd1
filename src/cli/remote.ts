// Owns the flags of remote access: -r serves sessions of the REPL beside whatever the command does.
import { formatAddress } from '../core/address.js'
import { DEFAULT_REMOTE_PORT } from '../core/limits.js'
import { replTransport } from '../node/repl-transport.js'
import { type RemoteAccess, serveSessions } from '../repl/remote-access.js'
import type { Seat } from '../repl/seat.js'
import type { NodeFlags } from './node-options.js'
import type { Invocation } from './parse.js'
import { port, text } from './settings.js'

/** Serves sessions if --enable-remote-access is given, and says where. Rejects as serveSessions does, and with UsageError. */
export async function remoteAccess(
  { flags }: Invocation,
  options: NodeFlags,
  seat: Seat,
  say: (line: string) => void,
): Promise<RemoteAccess | undefined> {
  const at = port(flags, 'bind-port') ?? DEFAULT_REMOTE_PORT
  if (!flags.has('enable-remote-access')) return undefined
  const { logger, secret, tls, insecure } = options
  const remote = await serveSessions({
    transport: replTransport({ secret, tls, insecure }),
    address: { host: text(flags, 'bind-host') ?? '127.0.0.1', port: at },
    seat,
    failed: (error) => logger.warn({ error }, 'somebody could not open a session'),
  })
  say(`remote access on ${formatAddress(remote.address)}`)
  return remote
}
