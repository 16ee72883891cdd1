// Owns the memory that a node has for messages in pieces, all links together: who gets how much, and who waits.
import { MAX_LINK_REASSEMBLY_BYTES, MAX_REASSEMBLY_BYTES } from '../../core/limits.js'

/** A part of the memory, asked for or held. */
export interface Reservation {
  /** Gives it back, or stops to ask. Later calls do nothing. */
  release(): void
}

interface Claim {
  readonly owner: object
  readonly bytes: number
  readonly granted: () => void
}

export class Reassembly {
  #usedBytes = 0
  readonly #usedBy = new Map<object, number>()
  readonly #waiting = new Set<Claim>()

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Asks for `bytes` (of one message: at most the largest) in the name of `owner`; `granted` is called once, now or later. */
  reserve(owner: object, bytes: number, granted: () => void): Reservation {
    const claim: Claim = { owner, bytes, granted }
    let isReleased = false
    if (this.#fits(claim)) this.#grant(claim)
    else this.#waiting.add(claim)
    return {
      release: () => {
        if (isReleased) return
        isReleased = true
        if (this.#waiting.delete(claim)) return
        this.#use(claim, -bytes)
        for (const next of this.#waiting) {
          if (this.#fits(next) && this.#waiting.delete(next)) this.#grant(next)
        }
      },
    }
  }

  #fits({ owner, bytes }: Claim): boolean {
    return (
      this.#usedBytes + bytes <= MAX_REASSEMBLY_BYTES &&
      (this.#usedBy.get(owner) ?? 0) + bytes <= MAX_LINK_REASSEMBLY_BYTES
    )
  }

  #grant(claim: Claim): void {
    this.#use(claim, claim.bytes)
    claim.granted()
  }

  #use({ owner }: Claim, bytes: number): void {
    this.#usedBytes += bytes
    const used = (this.#usedBy.get(owner) ?? 0) + bytes
    if (used > 0) this.#usedBy.set(owner, used)
    else this.#usedBy.delete(owner)
  }
}
