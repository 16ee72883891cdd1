// Owns how times are taken: the best of several rounds, since other work on the computer only ever adds.

const ROUND_LIMIT = 30
const TIME_LIMIT_MS = 1000

/** Nanoseconds of the fastest of several calls; few of them if they take long. */
export function fastest(action: () => void): number {
  let best = Number.POSITIVE_INFINITY
  const end = performance.now() + TIME_LIMIT_MS
  for (let round = 0; round < 3 || (round < ROUND_LIMIT && performance.now() < end); round++) {
    const start = process.hrtime.bigint()
    action()
    best = Math.min(best, Number(process.hrtime.bigint() - start))
  }
  return best
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

/** Columns of equal width, the first to the left. */
export function row(...cells: readonly (string | number)[]): string {
  return cells
    .map((cell) => (typeof cell === 'number' ? cell.toFixed(2) : cell))
    .map((text, index) => (index === 0 ? text.padEnd(28) : text.padStart(14)))
    .join('')
}
