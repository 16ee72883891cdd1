// Owns the digest of a set of ids, as 16 hex digits: the exclusive or of the first 8 bytes of each. Ids are random, so
// two different sets have one digest about never, and adding or removing an id is the same small step.

/** Of no ids at all. */
export const EMPTY_DIGEST = '0000000000000000'

/** What a digest becomes when `id` is added to its set, or removed from it. */
export function toggled(digest: string, id: string): string {
  return word(digest, id, 0) + word(digest, id, 8)
}

function word(digest: string, id: string, at: number): string {
  const a = Number.parseInt(digest.slice(at, at + 8), 16)
  const b = Number.parseInt(id.slice(at, at + 8), 16)
  return ((a ^ b) >>> 0).toString(16).padStart(8, '0')
}
