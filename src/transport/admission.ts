// Owns which of the accepted connections may stay that have not yet become a member's link: how many, and for
// how long. Knows neither sockets nor what a member is.
import type { Cancel, Clock } from '../core/clock.js'
import {
  HANDSHAKE_TIMEOUT_MS,
  MAX_UNFINISHED_HANDSHAKES,
  MAX_UNFINISHED_HANDSHAKES_PER_ADDRESS,
} from '../core/limits.js'

/** What an accepted connection tells about itself. */
export interface Entrant {
  /** The IP address that it comes from. */
  readonly address: string
  /** On loopback all have the same address: there only the bound of all counts. */
  readonly local: boolean
  /** Whether not one byte has come. */
  silent(): boolean
  /** It has to go: for lack of a place, or because its time is over. */
  evict(reason: 'crowded' | 'timeout'): void
}

export interface Place {
  /** The encryption vouches for it: it goes after all that are still unknown. */
  vouch(): void
  /** It has become a member's link, or has ended. May be called again. */
  leave(): void
}

/**
 * A newcomer always gets a place, and the one that goes for it is the oldest of those that have shown the
 * least: silent ones first, then those of which something was heard, last those that are authenticated. So
 * connections that say nothing can be as many as they like, and a node that dials finds room.
 */
export class Admission {
  readonly #clock: Clock
  /** In the order of their coming. */
  readonly #waiting = new Set<Waiting>()
  #evicted = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How many have a place. */
  get size(): number {
    return this.#waiting.size
  }

  /** How many had to go so far. */
  get evicted(): number {
    return this.#evicted
  }

  enter(entrant: Entrant): Place {
    const group = groupOf(entrant.address)
    if (!entrant.local) {
      this.#makeRoom((other) => other.group === group, MAX_UNFINISHED_HANDSHAKES_PER_ADDRESS)
    }
    this.#makeRoom(() => true, MAX_UNFINISHED_HANDSHAKES)
    const stopTimer = this.#clock.timer(HANDSHAKE_TIMEOUT_MS, () => this.#evict(waiting, 'timeout'))
    const waiting: Waiting = { entrant, group, stopTimer, vouched: false }
    this.#waiting.add(waiting)
    return {
      vouch: () => {
        waiting.vouched = true
      },
      leave: () => this.#remove(waiting),
    }
  }

  #makeRoom(counts: (waiting: Waiting) => boolean, places: number): void {
    if (this.#waiting.size < places) return
    const rivals = [...this.#waiting].filter(counts)
    if (rivals.length < places) return
    const weakest =
      rivals.find(({ entrant, vouched }) => !vouched && entrant.silent()) ??
      rivals.find(({ vouched }) => !vouched) ??
      (rivals[0] as Waiting)
    this.#evict(weakest, 'crowded')
  }

  #evict(waiting: Waiting, reason: 'crowded' | 'timeout'): void {
    this.#remove(waiting)
    this.#evicted++
    waiting.entrant.evict(reason)
  }

  #remove(waiting: Waiting): void {
    waiting.stopTimer()
    this.#waiting.delete(waiting)
  }
}

interface Waiting {
  readonly entrant: Entrant
  readonly group: string
  readonly stopTimer: Cancel
  vouched: boolean
}

/** Whom an address stands for: an IPv6 host commonly has a whole /64 to itself (RFC 6177). */
function groupOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length
  return [...groups, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...rest].slice(0, 4).join(':')
}
