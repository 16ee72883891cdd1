/** The same as loops.iasm, by hand. */
export function loops(n: number): number {
  let x = 1
  for (let turn = n; turn > 0; turn--) {
    for (let count = 0; count < 100; count++) {
      x ^= x << 13
      x ^= x >> 17
      x ^= x << 5
    }
  }
  return x
}
