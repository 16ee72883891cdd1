/** The same as sieve.iasm, by hand. */
export function sieve(n: number): number {
  const struck = new Int32Array(n)
  let primes = 0
  for (let i = 2; i < n; i++) {
    if (struck[i] !== 0) continue
    primes++
    for (let j = i + i; j < n; j += i) struck[j] = 1
  }
  return primes
}
