/** The same as bytecode.iasm, by hand. */
export function bytecode(n: number): number {
  const program = Int32Array.of(0, 1, 0, 2, 3, 4)
  let left = n
  let accumulator = 1
  let pc = 0
  for (;;) {
    switch (program[pc++]) {
      case 0:
        accumulator = (accumulator + left) | 0
        break
      case 1:
        accumulator ^= 27
        break
      case 2:
        accumulator ^= accumulator << 3
        break
      case 3:
        left--
        break
      default:
        if (left === 0) return accumulator
        pc = 0
    }
  }
}
