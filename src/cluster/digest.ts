// Owns the digest of a set of ids: the exclusive or of the first 8 bytes of each. Ids are random, so two
// different sets have one digest about never, and adding or removing an id is the same small step.

export class Digest {
  #high = 0
  #low = 0
  #hex: string | null = null

  /** Adds an id that is not in the set, or removes one that is. */
  toggle(id: string): void {
    this.#high ^= Number.parseInt(id.slice(0, 8), 16)
    this.#low ^= Number.parseInt(id.slice(8, 16), 16)
    this.#hex = null
  }

  /** 16 hex digits, as messages carry them. */
  get hex(): string {
    this.#hex ??= word(this.#high) + word(this.#low)
    return this.#hex
  }
}

/** What a digest becomes when `id` is added to its set or removed from it. */
export function toggled(hex: string, id: string): string {
  return (
    word(Number.parseInt(hex.slice(0, 8), 16) ^ Number.parseInt(id.slice(0, 8), 16)) +
    word(Number.parseInt(hex.slice(8, 16), 16) ^ Number.parseInt(id.slice(8, 16), 16))
  )
}

function word(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}
