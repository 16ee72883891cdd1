// Owns serving sessions over the network: who gets one, and when all of them end. One connection, one session.

import type { Clock } from '../core/clock.js'
import { LINK_END_TIMEOUT_MS, MAX_REMOTE_SESSIONS } from '../core/limits.js'
import { realClock } from '../node/clock.js'
import type { Address, Connection, ConnectionHandler, Transport } from '../node/repl-transport.js'
import { RemoteSession } from './remote-session.js'
import type { Seat } from './seat.js'

export interface RemoteOptions {
  readonly transport: Transport
  /** Where to listen; port 0 picks a free one. */
  readonly address: Address
  /** The node through which all sessions act. */
  readonly seat: Seat
  /** Told of connections that could not be taken. */
  readonly failed: (error: Error) => void
  /** Default: the real one. */
  readonly clock?: Clock
}

export interface RemoteAccess {
  /** Where it listens. */
  readonly address: Address
  /** Takes nobody any more, and ends the sessions. The node stays. */
  close(): Promise<void>
}

/**
 * Listens, and gives each connection a session with a machine of its own, MAX_REMOTE_SESSIONS at a time. Rejects
 * with ERR_IRIDIUM_LISTEN_FAILED, and with ERR_IRIDIUM_INSECURE beyond loopback without security.
 */
export async function serveSessions(options: RemoteOptions): Promise<RemoteAccess> {
  const { transport, address, seat, failed, clock = realClock } = options
  const sessions = new Set<RemoteSession>()
  const accepted = (connection: Connection): ConnectionHandler => {
    connection.keep()
    if (sessions.size >= MAX_REMOTE_SESSIONS) return turnedAway(connection)
    const session = new RemoteSession(seat, connection, clock, () => sessions.delete(session))
    sessions.add(session)
    session.greet()
    return session
  }
  const listener = await transport.listen(address, { accepted, failed })
  return {
    address: listener.address,
    async close() {
      listener.close()
      await Promise.all([...sessions].map((session) => session.close()))
    },
  }
}

function turnedAway(connection: Connection): ConnectionHandler {
  connection.write(Buffer.from(`All ${MAX_REMOTE_SESSIONS} sessions are taken; try again later.\n`))
  connection.end(LINK_END_TIMEOUT_MS)
  return { data() {}, drained() {}, closed() {} }
}
