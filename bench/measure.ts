// Owns how times are taken: time of the processor, so that other work on the computer does not count, and the
// best of several rounds, since what disturbs nevertheless only ever adds.

const ROUND_LIMIT = 30
/** Nanoseconds. */
const TIME_LIMIT = 1e9

/** Nanoseconds that this process has had of the processor. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

/** Nanoseconds of the fastest of several calls; few of them if they take long. */
export function fastest(action: () => void): number {
  let best = Number.POSITIVE_INFINITY
  const end = processorTime() + TIME_LIMIT
  for (let round = 0; round < 5 || (round < ROUND_LIMIT && processorTime() < end); round++) {
    const start = processorTime()
    action()
    best = Math.min(best, processorTime() - start)
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
    .map((text, index) => (index === 0 ? text.padEnd(28) : text.padStart(15)))
    .join('')
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
