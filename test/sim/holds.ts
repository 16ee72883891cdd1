// Owns how long what went from one site to another was held up: by packets that were lost and sent again, by cuts, and by
// what stood before it on its connection. By this the checker judges whether a member could be reached.

/** Shorter ones, in ms, are the ordinary way of a packet. */
const LEAST_MS = 50
/** For how long they are remembered, in ms: longer than anybody may look back. */
const KEPT_MS = 180_000
/** How many are remembered before the old ones are looked for. */
const MANY = 128

interface Hold {
  readonly since: number
  readonly until: number
}

export class Holds {
  readonly #byWay = new Map<number, Hold[]>()

  /** What was sent on this way at `since` arrives, or is given up, at `until`. */
  note(way: number, since: number, until: number): void {
    if (until - since < LEAST_MS) return
    const holds = this.#byWay.get(way) ?? []
    holds.push({ since, until })
    const isNew = (hold: Hold): boolean => hold.until > until - KEPT_MS
    this.#byWay.set(way, holds.length > MANY ? holds.filter(isNew) : holds)
  }

  /** The longest until `now` that had not ended before `after`, in ms. */
  longest(way: number, after: number, now: number): number {
    let longest = 0
    for (const { since, until } of this.#byWay.get(way) ?? []) {
      if (until > after) longest = Math.max(longest, Math.min(until, now) - since)
    }
    return longest
  }
}
