// Owns the kernels: each an assembly source that takes its size in $0 and leaves its result in $1, and the same
// by hand in JavaScript. The first six are compared with other engines; for more, JavaScript is enough.
import { readFileSync } from 'node:fs'
import { assemble, type Program } from '../src/vm-entry.js'
import { collatz } from './kernels/collatz.js'
import { count } from './kernels/count.js'
import { fib } from './kernels/fib.js'
import { fsm } from './kernels/fsm.js'
import { mandel } from './kernels/mandel.js'
import { bytecode } from './kernels/more/bytecode.js'
import { crc } from './kernels/more/crc.js'
import { gcd } from './kernels/more/gcd.js'
import { loops } from './kernels/more/loops.js'
import { matrix } from './kernels/more/matrix.js'
import { orbit } from './kernels/more/orbit.js'
import { primes } from './kernels/more/primes.js'
import { procedures } from './kernels/more/procedures.js'
import { queens } from './kernels/more/queens.js'
import { sort } from './kernels/more/sort.js'
import { tak } from './kernels/more/tak.js'
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

type Twin = (size: number) => number
type Sizes = readonly [size: number, slowSize: number, testSize: number]

export const KERNELS = kernels(
  'kernels',
  { count, fib, sieve, mandel, collatz, fsm },
  {
    count: [20_000_000, 1_000_000, 1000],
    fib: [27, 21, 10],
    sieve: [1_000_000, 100_000, 1000],
    mandel: [300, 75, 10],
    collatz: [50_000, 3000, 100],
    fsm: [5_000_000, 250_000, 1000],
  },
)

export const MORE_KERNELS = kernels(
  'kernels/more',
  { gcd, primes, sort, matrix, queens, tak, procedures, bytecode, loops, crc, orbit },
  {
    gcd: [200_000, 10_000, 100],
    primes: [200_000, 10_000, 100],
    sort: [3000, 500, 30],
    matrix: [200, 50, 8],
    queens: [10, 7, 6],
    tak: [24, 12, 9],
    procedures: [2_000_000, 100_000, 100],
    bytecode: [1_000_000, 50_000, 100],
    loops: [100_000, 5000, 10],
    crc: [1_000_000, 50_000, 100],
    orbit: [500_000, 25_000, 1000],
  },
)

function kernels<Name extends string>(
  folder: string,
  twins: Record<Name, Twin>,
  sizes: Record<Name, Sizes>,
): readonly Kernel[] {
  return (Object.keys(twins) as Name[]).map((name) => {
    const file = `${folder}/${name}.iasm`
    const source = readFileSync(new URL(file, import.meta.url), 'utf8')
    const [size, slowSize, testSize] = sizes[name]
    return {
      name,
      program: assemble(source, { file }),
      twin: twins[name],
      size,
      slowSize,
      testSize,
    }
  })
}

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
