// What a raw socket does for the same protection as a link with a secret.
import { constants } from 'node:crypto'

export const KEY = { psk: Buffer.alloc(32, 7), identity: '0123456789abcdef' }
export const TLS = {
  minVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256',
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const
