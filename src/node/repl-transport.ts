// Owns the transport for sessions of the REPL: TCP, protected by the same options as a node's links. What is
// spoken inside has another name, so that nobody can lead a node's link to a session.
import { TcpTransport } from '../transport/tcp.js'
import type { Transport } from '../transport/transport.js'
import { realClock } from './clock.js'
import { readSecurity, type SecurityOptions } from './security.js'

export type { Address } from '../core/address.js'
export { dialFailure } from '../transport/tcp.js'
export type { Connection, ConnectionHandler, Transport } from '../transport/transport.js'

/** @throws IridiumError ERR_IRIDIUM_BAD_OPTION */
export function replTransport(options: SecurityOptions): Transport {
  return new TcpTransport({ clock: realClock, ...readSecurity(options, 'iridium-repl') })
}
