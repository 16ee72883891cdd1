/** The same as mandel.iasm, by hand. */
export function mandel(n: number): number {
  const step = 4 / n
  let total = 0
  for (let row = 0, ci = -2; row < n; row++, ci += step) {
    for (let column = 0, cr = -2; column < n; column++, cr += step) {
      let zr = 0
      let zi = 0
      let steps = 0
      do {
        const zr2 = zr * zr
        const zi2 = zi * zi
        if (zr2 + zi2 > 4) break
        zi = zr * zi * 2 + ci
        zr = zr2 - zi2 + cr
        steps++
      } while (steps !== 50)
      total = (total + steps) | 0
    }
  }
  return total
}
