// Owns how long a silence may last before it means something. What it means then is suspicion.ts.
import { ASK_TIMEOUT_MS } from '../core/limits.js'

/** When silence since `heardAt` becomes suspicious: a sound sender leaves gaps of one and a half intervals. */
export function suspectAt(heardAt: number, intervalMs: number): number {
  return heardAt + 2 * intervalMs
}

/**
 * When silence since `heardAt` is put before the others. The added interval lets a member that was itself blocked
 * for just under the timeout, and is heard in its next beat, get away without a vote.
 */
export function askAt(heardAt: number, timeoutMs: number, intervalMs: number): number {
  return heardAt + timeoutMs + intervalMs
}

/**
 * How long witnesses have to answer. With the interval that `askAt` adds, it makes up for the longest gap that a sound
 * sender leaves, so that no stall shorter than the timeout ends in a verdict.
 */
export function askTimeout(intervalMs: number): number {
  return Math.max(ASK_TIMEOUT_MS, intervalMs / 2)
}
