// Owns the digest of a set of ids, as 16 hex digits: the exclusive or of the first 8 bytes of each. Ids are random, so
// two different sets have one digest about never, and adding or removing an id is the same small step.

/** Of no ids at all. */
export const EMPTY_DIGEST = '0000000000000000'

/** What an id adds to a digest. */
export function bitsOf(id: string): bigint {
  return BigInt(`0x${id.slice(0, 16)}`)
}

/** What a digest becomes when ids are added to its set, or removed from it: `bits` is theirs, by exclusive or. */
export function toggled(digest: string, bits: bigint): string {
  return (BigInt(`0x${digest}`) ^ bits).toString(16).padStart(16, '0')
}
