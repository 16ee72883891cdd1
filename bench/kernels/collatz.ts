/** The same as collatz.iasm, by hand. */
export function collatz(limit: number): number {
  let total = 0
  for (let start = 1; start < limit; start++) {
    let n = start
    while (n !== 1) {
      total = (total + 1) | 0
      n = (n & 1) === 0 ? n >> 1 : (Math.imul(n, 3) + 1) | 0
    }
  }
  return total
}
