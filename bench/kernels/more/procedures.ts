/** The same as procedures.iasm, by hand. */
export function procedures(n: number): number {
  const mix = (x: number) => (Math.imul(x, 1103515245) + 1) | 0
  const abs = (x: number) => (x >= 0 ? x : -x | 0)
  const clamp = (x: number) => Math.min(x, 1000)
  const odd = (x: number, bit: number) => (bit === 0 ? x : x + 1)
  const half = (x: number) => odd(x >> 1, x & 1)
  let sum = 0
  for (let turn = 0; turn < n; turn++) {
    sum = (sum + half(mix((clamp(abs(mix(turn))) + turn) | 0))) | 0
  }
  return sum
}
