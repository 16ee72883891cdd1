// Owns randomness that is the same for the same seed.
import type { Random } from '../core/random.js'

/** sfc32, Chris Doty-Humphrey's small fast counting generator (PractRand), seeded by two numbers. */
export class SeededRandom implements Random {
  readonly #state: Int32Array

  constructor(seed: number, stream: number) {
    this.#state = Int32Array.of(seed, seed / 2 ** 32, stream, 1)
    for (let i = 0; i < 12; i++) this.#next() // as its author advises
  }

  fraction(): number {
    return this.#next() / 2 ** 32
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#next() >>> 24)
  }

  #next(): number {
    const s = this.#state as unknown as [number, number, number, number]
    const [a, b, c] = s
    const result = (a + b + s[3]++) | 0
    s[0] = b ^ (b >>> 9)
    s[1] = c + (c << 3)
    s[2] = ((c << 21) | (c >>> 11)) + result
    return result >>> 0
  }
}
