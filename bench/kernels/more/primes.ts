/** The same as primes.iasm, by hand. */
export function primes(n: number): number {
  let count = 1
  for (let i = 3; i <= n; i += 2) {
    let isPrime = true
    for (let divisor = 3; Math.imul(divisor, divisor) <= i; divisor += 2) {
      if (i % divisor === 0) {
        isPrime = false
        break
      }
    }
    if (isPrime) count++
  }
  return count
}
