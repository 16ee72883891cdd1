// Owns the commands that show or clear the machine: !program, !registers, !symbols and their like.
import type { Context } from './context.js'

const BYTES_PER_ROW = 4
const REGISTERS_PER_ROW = 4

export function program({ bench, print }: Context): void {
  const { bytes, readOnly, codeStart } = bench.listing.program
  print("Listing instructions currently in VM's program vector:")
  if (readOnly.length > 0) print('  read-only section:')
  for (const row of rows(bytes, codeStart - readOnly.length, codeStart)) print(row)
  if (readOnly.length > 0) print('  code:')
  for (const row of rows(bytes, codeStart, bytes.length)) print(row)
  print('End of Program Listing')
}

export function clearProgram({ bench }: Context): void {
  bench.clearProgram()
}

export function clearRegisters({ bench, print }: Context): void {
  print('Setting all registers to 0')
  bench.clearRegisters()
  print('Done!')
}

export function registers({ bench, print }: Context): void {
  print('Listing registers and all contents:')
  for (const row of grid(bench.vm.registers)) print(row)
  print('  float registers:')
  for (const row of grid(bench.vm.floatRegisters)) print(row)
  print('End of Register Listing')
}

export function symbols({ bench, print }: Context): void {
  const entries = [...bench.listing.symbols]
  const width = Math.max(0, ...entries.map(([name]) => name.length))
  print('Listing symbols table:')
  for (const [name, value] of entries) print(`  ${name.padEnd(width)}  ${value}`)
  print('End of Symbols Listing')
}

function* rows(bytes: Uint8Array, from: number, to: number): Generator<string> {
  for (let at = from; at < to; at += BYTES_PER_ROW) {
    yield `  ${at}: ${bytes.subarray(at, Math.min(at + BYTES_PER_ROW, to)).join(', ')}`
  }
}

/** Named values in columns, to be read downwards. */
function* grid(values: Int32Array | Float64Array): Generator<string> {
  const height = values.length / REGISTERS_PER_ROW
  for (let row = 0; row < height; row++) {
    const cells = Array.from({ length: REGISTERS_PER_ROW }, (_, column) => {
      const index = column * height + row
      return `${`$${index}`.padEnd(4)}${values[index]}`.padEnd(19)
    })
    yield `  ${cells.join('')}`.trimEnd()
  }
}
