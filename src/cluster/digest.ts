// Owns the digest of a set of ids, as 16 hex digits: the exclusive or of the first 8 bytes of each. Ids are random, so
// two different sets have one digest about never, and adding or removing an id is the same small step.

/** Of no ids at all. */
export const EMPTY_DIGEST = '0000000000000000'

/** What a digest becomes when each of `ids`, all of them different, is added to its set, or removed from it. */
export function toggled(digest: string, ...ids: readonly string[]): string {
  let bits = BigInt(`0x${digest}`)
  for (const id of ids) bits ^= BigInt(`0x${id.slice(0, 16)}`)
  return bits.toString(16).padStart(16, '0')
}
