// Owns waiting for something that may never come.
import { setTimeout as delay } from 'node:timers/promises'

/** Resolves when `work` has settled, or after `limitMs`. */
export async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const limit = delay(limitMs, undefined, { signal: over.signal }).catch(() => {})
  await Promise.race([work.catch(() => {}), limit])
  over.abort()
}
