/** The same as crc.iasm, by hand. */
export function crc(n: number): number {
  let sum = -1
  for (let i = 0; i < n; i++) {
    sum ^= i
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (sum & 1) !== 0
      sum >>>= 1
      if (isOdd) sum ^= 0xedb88320
    }
  }
  return sum | 0
}
