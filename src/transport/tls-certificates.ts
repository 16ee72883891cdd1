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
  const judge = (socket: TLSSocket): Error | null => {
    const certificate = socket.getPeerCertificate()
    if (Object.keys(certificate).length === 0) return failure('ERR_TLS_CERTIFICATE_REQUIRED')
    // Node's types call it an Error; on a server's socket it is the code of one (tls.TLSSocket, `authorizationError`).
    if (!socket.authorized) return failure(String(socket.authorizationError))
    return (servername && checkServerIdentity(servername, certificate)) || null
  }
  return {
    context,
    // `judge` checks the name, of both ends alike.
    client: { checkServerIdentity: () => undefined, ...(servername ? { servername } : {}) },
    server: { requestCert: true },
    judge,
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code.toLowerCase().replaceAll('_', ' ')), { code })
}
