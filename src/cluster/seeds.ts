// Owns the seeds: addresses, from the options and from joins, that are said Hello to for ever, so that two halves
// that have lost each other's traces still meet; at first often, so that the order of starting does not matter. Those
// behind which we ourselves or a linked member last answered are left in peace.
import { formatAddress } from '../core/address.js'
import { FIRST_SEED_RETRY_MS, MAX_RETRY_MS, MAX_SEEDS } from '../core/limits.js'
import { wake } from './alarm.js'
import { backOff } from './healing.js'
import type { Address } from './member.js'
import { dial } from './outputs.js'
import type { Seed, State } from './state.js'

/** The seed at this address, known or new. */
export function seedAt(s: State, address: Address, isConfigured: boolean): Seed {
  const key = formatAddress(address)
  const known = s.seeds.get(key)
  if (known) return known
  if (s.seeds.size >= MAX_SEEDS) dropOldest(s)
  const seed: Seed = {
    address,
    isConfigured,
    link: null,
    dialAt: s.now,
    attempts: 0,
    answeredBy: null,
  }
  s.seeds.set(key, seed)
  wake(s, s.now)
  return seed
}

/** Its dial has ended, or has become a link: it is dialled again when its time comes. */
export function dialOver(s: State, seed: Seed): void {
  seed.link = null
  wake(s, seed.dialAt)
}

export function nextSeed(s: State): number {
  let at = Number.POSITIVE_INFINITY
  for (const seed of s.seeds.values()) if (!seed.link) at = Math.min(at, seed.dialAt)
  return at
}

export function dialSeeds(s: State): void {
  for (const seed of s.seeds.values()) {
    if (seed.link || seed.dialAt > s.now) continue
    if (isAnswered(s, seed)) {
      seed.attempts = 0
      seed.dialAt = s.now + MAX_RETRY_MS / 2
    } else {
      seed.dialAt = s.now + backOff(seed.attempts++, FIRST_SEED_RETRY_MS, s.random.fraction())
      seed.link = dial(s, seed.address, { kind: 'seed', seed })
    }
  }
}

/** Whether we ourselves or a linked member last answered there. */
function isAnswered(s: State, { answeredBy }: Seed): boolean {
  if (answeredBy === null) return false
  return answeredBy === s.config.id || s.peers.get(answeredBy)?.link != null
}

function dropOldest(s: State): void {
  for (const [key, seed] of s.seeds) {
    if (seed.isConfigured || seed.link) continue
    s.seeds.delete(key)
    return
  }
}
