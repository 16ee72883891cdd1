/** The same as fsm.iasm, by hand. */
export function fsm(steps: number): number {
  let left = steps
  let x = 12345
  let sum = 0
  let state = 0
  for (;;) {
    switch (state) {
      case 0:
        sum = (sum + 1) | 0
        if (--left === 0) return sum
        x = (Math.imul(x, 1103515245) + 12345) | 0
        state = x < 0 ? 1 : 2
        break
      case 1:
        sum = (sum + 2) | 0
        if (--left === 0) return sum
        x = (Math.imul(x, 1103515245) + 12345) | 0
        state = x < 0 ? 3 : 0
        break
      case 2:
        sum = (sum + 3) | 0
        if (--left === 0) return sum
        x = (Math.imul(x, 1103515245) + 12345) | 0
        state = x < 0 ? 0 : 3
        break
      default:
        sum = (sum + 5) | 0
        if (--left === 0) return sum
        x = (Math.imul(x, 1103515245) + 12345) | 0
        state = x < 0 ? 2 : 1
    }
  }
}
