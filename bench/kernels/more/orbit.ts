/** The same as orbit.iasm, by hand. */
export function orbit(n: number): number {
  let count = 0
  let x = 1
  let y = 0
  let vx = 0
  let vy = 1
  const time = 1 / 1000
  for (let step = n; step > 0; step--) {
    const squared = x * x + y * y
    let root = 1
    for (let turn = 0; turn < 5; turn++) root = (root + squared / root) * 0.5
    const pull = time / (squared * root)
    vx -= x * pull
    vy -= y * pull
    x += vx * time
    y += vy * time
    if (y > 0) count++
    if (x > 0) count++
  }
  return count
}
