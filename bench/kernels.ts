// Owns the six kernels: each an assembly source that takes its size in $0 and leaves its result in $1, and
// the same by hand in JavaScript.
import { readFileSync } from 'node:fs'
import { assemble, type Program } from '../src/vm-entry.js'
import { collatz } from './kernels/collatz.js'
import { count } from './kernels/count.js'
import { fib } from './kernels/fib.js'
import { fsm } from './kernels/fsm.js'
import { mandel } from './kernels/mandel.js'
import { sieve } from './kernels/sieve.js'

export interface Kernel {
  readonly name: string
  readonly program: Program
  readonly twin: (size: number) => number
  /** Large enough to be timed. */
  readonly size: number
  /** For engines that would take too long with `size`. */
  readonly slowSize: number
  /** Small enough for a test. */
  readonly testSize: number
}

const twins = { count, fib, sieve, mandel, collatz, fsm }
type Sizes = readonly [size: number, slowSize: number, testSize: number]
const sizes: Record<keyof typeof twins, Sizes> = {
  count: [20_000_000, 1_000_000, 1000],
  fib: [27, 21, 10],
  sieve: [1_000_000, 100_000, 1000],
  mandel: [300, 75, 10],
  collatz: [50_000, 3000, 100],
  fsm: [5_000_000, 250_000, 1000],
}

export const KERNELS: readonly Kernel[] = Object.entries(twins).map(([name, twin]) => {
  const file = `kernels/${name}.iasm`
  const source = readFileSync(new URL(file, import.meta.url), 'utf8')
  const [size, slowSize, testSize] = sizes[name as keyof typeof twins]
  return { name, program: assemble(source, { file }), twin, size, slowSize, testSize }
})

/** A program of about `size` instructions: small loops, one after the other. `seed` makes it unlike all others. */
export function largeProgram(size: number, seed: number): Program {
  const loops = Array.from(
    { length: Math.floor(size / 8) },
    (_, index) => `
      LOAD $1 #${(seed * 7919 + index) % 65536}
      LOAD $2 #0
loop${index}: ADD $1 $3 $3
      XOR $3 $2 $4
      SHL $4 #3
      INC $2
      LT $2 $1
      DJMPE @loop${index}`,
  )
  return assemble(`.data\n.code\n${loops.join('\n')}\nHLT`)
}
