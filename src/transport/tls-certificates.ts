// Owns mutual certificates: both ends show one, and each must be from the `ca` of the other.
import { checkServerIdentity, type SecureContextOptions, type TLSSocket } from 'node:tls'
import type { TlsKeys } from './tls.js'

/** Certificates and keys, as node:tls takes them. */
export interface Certificates extends SecureContextOptions {
  /** Every certificate must bear this name, whichever end shows it. */
  readonly servername?: string
}

/**
 * Which host a certificate names is not checked: nodes are dialled at addresses that other members tell, and
 * whoever has a certificate of this `ca` is a member. `servername` asks for one name that all of them share,
 * for a `ca` that also serves others.
 */
export function certificateKeys({ servername, ...context }: Certificates): TlsKeys {
  const judge = (socket: TLSSocket): string | null => {
    if (!socket.authorized) return String(socket.authorizationError)
    if (servername === undefined) return null
    return checkServerIdentity(servername, socket.getPeerCertificate())?.message ?? null
  }
  return {
    context,
    // `judge` checks the name, of both ends alike.
    client: { checkServerIdentity: () => undefined, ...(servername ? { servername } : {}) },
    server: { requestCert: true },
    judge,
  }
}
