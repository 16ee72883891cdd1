// Owns the simulation's randomness: one seeded generator, from which others are forked, so that a seed replays
// exactly. sfc32 (Chris Doty-Humphrey, PractRand): small, fast, and good enough for anything but secrets.
import type { Random } from '../../src/core/random.js'

export class Prng implements Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, stream = 0) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 2 ** 32) | 0
    this.#c = stream | 0
    for (let i = 0; i < 15; i++) this.next()
  }

  /** 32 random bits, unsigned. */
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t
    return t >>> 0
  }

  fraction(): number {
    return this.next() / 2 ** 32
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() & 0xff)
  }

  /** From `min` to `max`. */
  between(min: number, max: number): number {
    return min + this.fraction() * (max - min)
  }

  /** A whole number below `end`. */
  below(end: number): number {
    return Math.floor(this.fraction() * end)
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  shuffled<T>(items: readonly T[]): T[] {
    const copy = [...items]
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const held = copy[i] as T
      copy[i] = copy[j] as T
      copy[j] = held
    }
    return copy
  }

  fork(stream: number): Prng {
    return new Prng(this.next() * 2 ** 20 + (this.next() >>> 12), stream)
  }

  /** 32 hex digits. */
  id(): string {
    return Buffer.from(this.bytes(16)).toString('hex')
  }
}
