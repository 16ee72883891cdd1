/** The same as count.iasm, by hand. */
export function count(n: number): number {
  let i = 0
  do {
    i = (i + 1) | 0
  } while (i !== n)
  return i
}
