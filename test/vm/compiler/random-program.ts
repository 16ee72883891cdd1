// Draws programs for the fuzzer: some like those that people write, with loops, procedures and tables of
// addresses, some like those that nobody would, with jumps to anywhere and operands of any kind.

import type { Bounds } from '../../../src/vm/compiler/compile.js'
import { INSTRUCTIONS } from '../../../src/vm/instructions.js'
import { buildImage, HEADER_BYTES } from '../../../src/vm/program.js'
import { bits } from '../machines.js'
import { Chance } from './chance.js'
import { CodeBuilder } from './code-builder.js'
import { StructuredCode } from './structured-code.js'

/** Everything that a run of the fuzzer starts from, as plain data: it is kept as JSON if it fails. */
export interface Trial {
  /** The program, in hex. */
  readonly image: string
  readonly maxHeapBytes: number
  readonly maxStackEntries: number
  readonly registers: readonly number[]
  /** As bits, in hex: JSON has no NaN. */
  readonly floats: readonly string[]
  /** How the code is divided; null for the usual way. */
  readonly bounds: Bounds | null
  /** From which the fuel of the slices is drawn, and what the host does between them. */
  readonly sliceSeed: number
}

export function randomTrial(seed: number): Trial {
  const chance = new Chance(seed)
  const readOnly = randomReadOnly(chance)
  const start = HEADER_BYTES + readOnly.length
  const code = randomCode(chance, start)
  const end = chance.oneIn(20) ? -chance.between(1, 3) : code.length
  return {
    image: Buffer.from(buildImage(readOnly, code.subarray(0, end))).toString('hex'),
    maxHeapBytes: chance.oneIn(3) ? chance.pick(SMALL) : 100_000,
    maxStackEntries: chance.oneIn(4) ? chance.pick([100, 20, 5, 1, 0]) : 100_000,
    registers: Array.from({ length: 32 }, () => randomInt(chance, start)),
    floats: Array.from({ length: 32 }, () => bits(randomFloat(chance))),
    bounds: chance.oneIn(2) ? null : randomBounds(chance),
    sliceSeed: chance.below(2 ** 31),
  }
}

function randomBounds(chance: Chance): Bounds {
  return {
    unitInstructions: chance.pick([32, 50, 100, 2000]),
    pathInstructions: chance.pick([1, 2, 5, 32]),
    resumeDepth: chance.pick([1, 2, 12]),
    stepInstructions: chance.pick([0, 10, 256]),
    fuelPerCall: chance.pick([33, 64, 500, 2 ** 20]),
  }
}

function randomReadOnly(chance: Chance): Uint8Array {
  const length = chance.pick([0, 0, 1, 2, 3, 4, 9, 20])
  return Uint8Array.from({ length }, () => chance.pick([0, 65, 195, 164, 255, 20]))
}

function randomCode(chance: Chance, start: number): Uint8Array {
  const builder = new CodeBuilder()
  switch (chance.below(10)) {
    case 0:
      for (let i = chance.between(0, 40); i > 0; i--) builder.raw(bytes(chance, 4))
      break
    case 1:
    case 2:
    case 3:
      writeSoup(builder, chance, start, chance.between(1, 60))
      break
    default:
      new StructuredCode(builder, chance).write()
  }
  return builder.build(start)
}

// Any instruction with mostly valid operands; addresses mostly of instructions.
function writeSoup(builder: CodeBuilder, chance: Chance, start: number, count: number): void {
  const address = (): number => {
    const at = start + 4 * chance.below(count + 1)
    return chance.oneIn(15) ? at + chance.between(-3, 3) : at
  }
  const usual = chance.pick([2, 4, 8])
  for (let i = 0; i < count; i++) {
    const { mnemonic, operands } = chance.pick(INSTRUCTIONS)
    const rare = mnemonic === 'HLT' || mnemonic === 'IGL' || mnemonic === 'PRTS'
    if (rare && !chance.oneIn(4)) continue
    const encoded: number[] = []
    for (const kind of operands) {
      if (kind === 'int' || kind === 'float') {
        encoded.push(chance.oneIn(100) ? chance.below(256) : chance.below(usual))
      } else if (kind === 'shift') {
        encoded.push(chance.oneIn(4) ? chance.below(256) : chance.below(33))
      } else {
        const value = chance.oneIn(3) ? chance.pick(SMALL) : address()
        encoded.push((value >> 8) & 255, value & 255)
      }
    }
    builder.emit(mnemonic, ...encoded)
  }
}

const SMALL = [0, 1, 2, 3, 4, 6, 10, 31, 32, 255, 2044, 2045, 2048, 5000, 32768, 65535]

function randomInt(chance: Chance, start: number): number {
  switch (chance.below(8)) {
    case 0:
      return chance.pick([-1, -2, -0x80000000, 0x7fffffff, 0x10000, -4])
    case 1:
      return start + 4 * chance.below(60)
    case 2:
      return chance.below(2 ** 32) | 0
    case 3:
    case 4:
      return chance.pick(SMALL)
    default:
      return 0
  }
}

function randomFloat(chance: Chance): number {
  const special = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -0,
    1e308,
    5e-324,
  ]
  switch (chance.below(4)) {
    case 0:
      return chance.pick(special)
    case 1:
      return 1 + chance.between(-4, 4) * 2 ** -53
    case 2:
      return chance.between(-100, 100) / 8
    default:
      return 0
  }
}

function bytes(chance: Chance, length: number): number[] {
  return Array.from({ length }, () => (chance.oneIn(3) ? chance.below(256) : chance.below(48)))
}
