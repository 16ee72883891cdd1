// Owns real randomness.
import { randomBytes } from 'node:crypto'
import type { Random } from '../core/random.js'

export const realRandom: Random = {
  fraction: () => Math.random(),
  bytes: (length) => randomBytes(length),
}

/** A random UUID (RFC 9562, version 4) from a given source. */
export function uuid(random: Random): string {
  const bytes = Uint8Array.from(random.bytes(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = Buffer.from(bytes).toString('hex')
  return [8, 12, 16, 20, 32].map((end, i, ends) => hex.slice(ends[i - 1] ?? 0, end)).join('-')
}
