/** The same as sort.iasm, by hand. */
export function sort(n: number): number {
  const numbers = new Int32Array(n)
  let x = 12345
  for (let i = 0; i < n; i++) {
    x = (Math.imul(x, 1103515245) + 12345) | 0
    numbers[i] = x
  }
  for (let i = 1; i < n; i++) {
    const number = numbers[i] as number
    let place = i
    while (place !== 0) {
      const before = numbers[place - 1] as number
      if (before <= number) break
      numbers[place] = before
      place--
    }
    numbers[place] = number
  }
  let sum = 0
  for (let i = 0; i < n; i++) sum = (sum + Math.imul(numbers[i] as number, i + 1)) | 0
  return sum
}
