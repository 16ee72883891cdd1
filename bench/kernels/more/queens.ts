/** The same as queens.iasm, by hand. */
export function queens(n: number): number {
  const all = (1 << n) - 1
  const place = (columns: number, left: number, right: number): number => {
    if (columns === all) return 1
    let count = 0
    for (let free = ~(columns | left | right) & all; free !== 0; ) {
      const bit = free & -free
      free ^= bit
      count += place(columns | bit, (left | bit) << 1, (right | bit) >> 1)
    }
    return count
  }
  return place(0, 0, 0)
}
