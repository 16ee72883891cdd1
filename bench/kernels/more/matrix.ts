/** The same as matrix.iasm, by hand. */
export function matrix(n: number): number {
  const a = new Int32Array(n * n)
  const b = new Int32Array(n * n)
  for (let i = 0; i < n * n; i++) {
    a[i] = i + 1
    b[i] = 3 * (i + 1)
  }
  let result = 0
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      let sum = 0
      for (let k = 0; k < n; k++) {
        sum = (sum + Math.imul(a[row * n + k] as number, b[k * n + column] as number)) | 0
      }
      result = ((result ^ sum) + sum) | 0
    }
  }
  return result
}
