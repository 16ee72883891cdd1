// Owns the contract of randomness. Implementations: node/ uses node:crypto, testing/ a seeded generator.

export interface Random {
  /** A number in [0, 1), for jitter. */
  fraction(): number
  /** `length` bytes that nobody can guess (in production), for ids. */
  bytes(length: number): Uint8Array
}
