// Owns "did you mean": the candidate that is nearest to a misspelt name. Names and the number of candidates
// are bounded, so that a source full of mistakes costs no more than its length.
import { MAX_SUGGESTION_CANDIDATES, MAX_SUGGESTION_LENGTH } from '../core/limits.js'

/** The candidate that differs from `name` by its case, or by very few mistakes; of several, the nearest. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_SUGGESTION_LENGTH) return undefined
  const wanted = name.toUpperCase()
  const mistakes = mistakesAllowed(name)
  let best: string | undefined
  let bestScore = Number.POSITIVE_INFINITY
  let compared = 0
  for (const candidate of candidates) {
    if (++compared > MAX_SUGGESTION_CANDIDATES) break
    if (Math.abs(candidate.length - name.length) > mistakes) continue
    const other = candidate.toUpperCase()
    const found = distance(wanted, other)
    // People rarely mistype the first letter: it decides between candidates of one distance.
    const score = found * 2 + (other[0] === wanted[0] ? 0 : 1)
    if (found <= mistakes && score < bestScore) {
      best = candidate
      bestScore = score
    }
  }
  return best
}

function mistakesAllowed(name: string): number {
  if (name.length < 2) return 0
  return name.length < 6 ? 1 : 2
}

/**
 * How many letters must be added, dropped, replaced or swapped with their neighbour: the optimal string
 * alignment distance, with three rows of the usual table.
 */
function distance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(
        (previous[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (previous[column - 1] as number) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (before[column - 2] as number) + 1)
      }
      current.push(cost)
    }
    before = previous
    previous = current
  }
  return previous[b.length] as number
}
