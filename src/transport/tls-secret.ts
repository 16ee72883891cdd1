// Owns what a shared secret is on the wire: an external pre-shared key of TLS 1.3 (RFC 8446, section 4.2.11),
// used as RFC 9257 advises. Keeps derived keys only; nothing here is ever printed.
import { hkdfSync } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { TlsKeys } from './tls.js'
import { unauthenticated } from './tls-failure.js'

/** The first secret is the one that we dial with; all of them are accepted, so that a key can be changed without a stop. */
export function secretKeys(secrets: readonly Uint8Array[]): TlsKeys {
  const keys = secrets.map(derive)
  const first = keys[0]
  if (!first) throw new RangeError('at least one secret')
  const accepted = new Map(keys.map(({ identity, psk }) => [identity, psk]))
  return {
    context: { ciphers: CIPHER, ca: [] },
    client: { pskCallback: () => first },
    server: { pskCallback: (_socket, identity) => accepted.get(identity) ?? null },
    judge,
  }
}

/**
 * The key of an external pre-shared key goes with the hash of its cipher suite (RFC 8446, section 4.2.11), and
 * OpenSSL takes the one that node:tls hands over for SHA-256.
 */
const CIPHER = 'TLS_AES_128_GCM_SHA256'

interface PskKey {
  readonly psk: Uint8Array
  /** Names the key in clear text, and nothing else: neither the cluster nor who asks. */
  readonly identity: string
}

/** HKDF (RFC 5869): what each result is for stands in its `info`, so that neither tells anything of the other. */
function derive(secret: Uint8Array): PskKey {
  const part = (info: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `iridium-node tls1.3 ${info}`, length))
  return { psk: part('psk', 32), identity: part('identity', 8).toString('hex') }
}

/**
 * A server that has a certificate can finish a handshake without the key, and node:tls takes it if anyone in
 * the `ca` vouches for it. The contexts have an empty one; and who shows a certificate is none of ours.
 */
function judge(socket: TLSSocket): Error | null {
  // Without one, node:tls gives an empty object. (Its getPeerX509Certificate takes the certificate away.)
  return Object.keys(socket.getPeerCertificate()).length === 0
    ? null
    : unauthenticated('the other end showed a certificate instead of knowing the secret')
}
