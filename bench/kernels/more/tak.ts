/** The same as tak.iasm, by hand. */
export function tak(n: number): number {
  let calls = 0
  const t = (x: number, y: number, z: number): number => {
    calls++
    if (y >= x) return z
    return t(t(x - 1, y, z), t(y - 1, z, x), t(z - 1, x, y))
  }
  const third = Math.trunc(n / 3)
  return t(n, third * 2, third) + calls
}
