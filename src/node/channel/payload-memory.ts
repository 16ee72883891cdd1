// Owns the memory in which large values wait until they have gone, one for all channels of a node. It is used again
// and again, because to touch memory for the first time is dear: some 14 us a page in a virtual machine, 60 ms for
// 16 MiB, in which nothing else can happen. Must not know what the values are, or when they go.
import type { Cancel } from '../../core/clock.js'
import { PAGE_BYTES, WARM_FROM_BYTES, WARM_STEP_BYTES } from '../../core/limits.js'

/** A value as Avro writes it, for as long as somebody holds it; several lines may. Whoever has made it holds it at first. */
export class Payload {
  #bytes: Buffer
  #holders = 1
  readonly #stretch: Stretch | undefined

  constructor(bytes: Buffer, stretch?: Stretch) {
    this.#bytes = bytes
    this.#stretch = stretch
  }

  get bytes(): Buffer {
    return this.#bytes
  }

  hold(): this {
    this.#holders++
    return this
  }

  /** Lets go when `use` has returned, or has thrown. */
  lend<T>(use: (payload: this) => T): T {
    try {
      return use(this)
    } finally {
      this.letGo()
    }
  }

  /** The last to let go gives the memory back: nobody may look at the bytes any more. */
  letGo(): void {
    this.#holders--
    if (this.#holders === 0) this.#stretch?.release()
  }

  /** Keeps the first `bytes` only. */
  cut(bytes: number): this {
    this.#bytes = this.#bytes.subarray(0, bytes)
    this.#stretch?.cut(bytes)
    return this
  }
}

export class PayloadMemory {
  readonly #soon: (callback: () => void) => Cancel
  #size = 0
  /** Made when it is needed; replaced when another size is. What is held of an old one keeps that. */
  #arena: Arena | undefined
  #cancelWarming: Cancel | undefined

  /** `soon` calls back in a later turn. */
  constructor(soon: (callback: () => void) => Cancel) {
    this.#soon = soon
  }

  /** From now on the largest value may have so many bytes; 0: there will be none. */
  fit(bytes: number): void {
    if (bytes === this.#size) return
    this.#size = bytes
    this.#arena = undefined
    this.#cancelWarming?.()
    if (bytes <= WARM_FROM_BYTES) return
    this.#arena = new Arena(bytes)
    this.#warm(this.#arena.bytes, 0)
  }

  /** Room for `bytes`: of memory that has been used before, where that is free. */
  take(bytes: number): Payload {
    this.#arena ??= new Arena(this.#size)
    return this.#arena.take(bytes) ?? new Payload(Buffer.allocUnsafeSlow(bytes))
  }

  /** All that can be had in one piece, if it is more than `bytes`. */
  takeMost(bytes: number): Payload | undefined {
    this.#arena ??= new Arena(this.#size)
    return this.#arena.takeMost(bytes)
  }

  /** Touches all of it, a little in each turn, so that no value has to. */
  #warm(memory: Buffer, from: number): void {
    this.#cancelWarming = this.#soon(() => {
      const end = Math.min(memory.length, from + WARM_STEP_BYTES)
      // Written with what it holds: a value may be there already.
      for (let at = from; at < end; at += PAGE_BYTES) memory[at] = memory[at] as number
      if (end < memory.length) this.#warm(memory, end)
    })
  }
}

/** A part of an arena that is held. */
interface Stretch {
  release(): void
  cut(bytes: number): void
}

interface Place {
  readonly start: number
  end: number
}

/** Memory of which stretches are taken from the lowest place where they fit: what has been used is used again. */
class Arena {
  readonly bytes: Buffer
  /** What is taken, in order. */
  readonly #taken: Place[] = []

  constructor(bytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(bytes)
  }

  take(bytes: number): Payload | undefined {
    for (const gap of this.#gaps())
      if (gap.end - gap.start >= bytes) return this.#place(gap).cut(bytes)
    return undefined
  }

  takeMost(bytes: number): Payload | undefined {
    let most: Gap | undefined
    for (const gap of this.#gaps()) {
      const size = gap.end - gap.start
      if (size > (most ? most.end - most.start : bytes)) most = gap
    }
    return most && this.#place(most)
  }

  #gaps(): Gap[] {
    const gaps: Gap[] = []
    let start = 0
    for (const [index, place] of this.#taken.entries()) {
      gaps.push({ index, start, end: place.start })
      start = place.end
    }
    gaps.push({ index: this.#taken.length, start, end: this.bytes.length })
    return gaps
  }

  #place({ index, start, end }: Gap): Payload {
    const place: Place = { start, end }
    this.#taken.splice(index, 0, place)
    return new Payload(this.bytes.subarray(start, end), {
      release: () => void this.#taken.splice(this.#taken.indexOf(place), 1),
      cut: (bytes) => {
        place.end = start + bytes
      },
    })
  }
}

/** What is free before the place of this index. */
interface Gap {
  readonly index: number
  readonly start: number
  readonly end: number
}
