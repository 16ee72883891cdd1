// Owns the machine of a session and the program that grows in it, line by line.
// Not its business: commands, texts, where the lines come from.

import { AssemblyError } from '../assembler/assembly-error.js'
import { IridiumError } from '../core/errors.js'
import { Vm } from '../vm/vm.js'
import { type Appended, Listing } from './listing.js'
import { runInSlices } from './slices.js'

/** How the execution of a line ended. */
export type Ending =
  /** Ran to the end of the program. */
  | { readonly kind: 'done' }
  | { readonly kind: 'halted'; readonly pc: number }
  /** Met an illegal opcode, or an address outside the program. */
  | { readonly kind: 'lost'; readonly pc: number }
  | { readonly kind: 'crashed'; readonly message: string }
  | { readonly kind: 'interrupted'; readonly pc: number }
  /** Has executed all the instructions that it may. */
  | { readonly kind: 'exhausted'; readonly pc: number; readonly fuel: number }

/** What a session may use; what is absent has the bounds of the machine. */
export interface WorkbenchBounds {
  /** Instructions that one run may execute. */
  readonly fuel?: number
  /** Bytes of the program's image. */
  readonly maxProgramBytes?: number
  readonly maxHeapBytes?: number
  readonly maxStackEntries?: number
}

export class Workbench {
  readonly vm: Vm
  #listing = Listing.empty
  readonly #written: () => Promise<void>
  readonly #bounds: WorkbenchBounds

  /** `write` takes what programs print; `written` resolves when it is ready for more. */
  constructor(
    write: (text: string) => void,
    written: () => Promise<void>,
    bounds: WorkbenchBounds = {},
  ) {
    const { maxHeapBytes, maxStackEntries } = bounds
    this.vm = new Vm(this.#listing.program, {
      output: write,
      ...(maxHeapBytes === undefined ? {} : { maxHeapBytes }),
      ...(maxStackEntries === undefined ? {} : { maxStackEntries }),
    })
    this.#written = written
    this.#bounds = bounds
  }

  get listing(): Listing {
    return this.#listing
  }

  /**
   * Assembles a source, a line or a file's, and appends it; `run` begins there. Returns by how many bytes the
   * code before has moved, to make room for new data. Throws AssemblyError, and ERR_IRIDIUM_BAD_PROGRAM or
   * ERR_IRIDIUM_LIMIT where the program becomes too large; then nothing has changed.
   */
  append(source: string, file?: string): number {
    const { listing, entry, moved } = this.#append(source, file)
    this.#checkSize(listing)
    this.#listing = listing
    this.vm.load(listing.program, { pc: entry })
    return moved
  }

  /** Runs what was appended last; registers, flags, heap and stack are what was left before. */
  async run(signal: AbortSignal): Promise<Ending> {
    const { fuel = Number.POSITIVE_INFINITY } = this.#bounds
    const stop = await runInSlices(this.vm, { fuel, signal, written: this.#written })
    if (stop.kind !== 'yielded' || signal.aborted) return this.#ending(stop)
    return { kind: 'exhausted', pc: this.vm.pc, fuel }
  }

  clearProgram(): void {
    this.#listing = Listing.empty
    this.vm.load(this.#listing.program)
  }

  clearRegisters(): void {
    this.vm.registers.fill(0)
    this.vm.floatRegisters.fill(0)
  }

  close(): void {
    this.vm.close()
  }

  /** A constant may be typed without a header before it: what is only in the wrong section is tried in the other. */
  #append(source: string, file: string | undefined): Appended {
    try {
      return this.#listing.append(source, file)
    } catch (error) {
      if (file !== undefined || !isMisplaced(error)) throw error
      return this.#listing.append(`.data ${source}`)
    }
  }

  #checkSize({ program }: Listing): void {
    const { maxProgramBytes = Number.POSITIVE_INFINITY } = this.#bounds
    if (program.bytes.length <= maxProgramBytes) return
    throw new IridiumError(
      'ERR_IRIDIUM_LIMIT',
      `the program would have ${program.bytes.length} bytes, and here it may have ${maxProgramBytes}; !clear_program empties it`,
    )
  }

  #ending(stop: Awaited<ReturnType<typeof runInSlices>>): Ending {
    const { pc } = this.vm
    switch (stop.kind) {
      case 'yielded':
        return { kind: 'interrupted', pc }
      case 'crashed':
        return { kind: 'crashed', message: stop.fault.message }
      case 'halted':
        if (stop.code === 0) return { kind: 'halted', pc }
        return pc === this.#listing.program.bytes.length ? { kind: 'done' } : { kind: 'lost', pc }
      default:
        return stop satisfies never
    }
  }
}

function isMisplaced(error: unknown): boolean {
  return (
    error instanceof AssemblyError && error.diagnostics.every(({ code }) => code === 'WrongSection')
  )
}
