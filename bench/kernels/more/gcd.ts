/** The same as gcd.iasm, by hand. */
export function gcd(n: number): number {
  let sum = 0
  for (let i = 1; i <= n; i++) {
    let a = i
    let b = 5040
    while (b !== 0) {
      const rest = a % b
      a = b
      b = rest
    }
    sum = (sum + a) | 0
  }
  return sum
}
