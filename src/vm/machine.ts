// Owns one machine's place in memory and the growth of its stack and heap. A Machine knows nothing of the
// Vm around it, so that it can outlive a Vm that the host has forgotten, and be released then. There may be
// 100,000 of them, so it has few fields.
import { IridiumError } from '../core/errors.js'
import { INITIAL_HEAP_BYTES } from '../core/limits.js'
import { type DecodedProgram, decodedProgram } from './decode.js'
import { REGISTER_COUNT } from './instructions.js'
import * as at from './layout.js'
import { type Block, extentBytes, type Tenant } from './memory/block.js'
import { type Place, Pool } from './memory/pool.js'
import type { Program } from './program.js'

export interface Ceilings {
  readonly maxHeapBytes: number
  readonly maxStackEntries: number
}

/** Where all machines of this thread lie. */
const defaultPool = new Pool()

export class Machine implements Tenant {
  #decoded: DecodedProgram
  #block: Block
  #base: number
  /** Of the stack's extent; 0 while the stack lies in the record. */
  #stackBytes = 0
  #heapBytes = 0

  /** A machine at the start of `program`, everything zero. Throws ERR_IRIDIUM_LIMIT if the platform has no memory left. */
  constructor(program: Program, ceilings: Ceilings, pool: Pool = defaultPool) {
    pool.condense()
    const block = pool.blockForRecord()
    this.#decoded = decodedProgram(program)
    this.#block = block
    this.#base = block.allocate(at.RECORD_BYTES)
    block.settle(this.#base, this)
    this.setWord(at.STACK_ADDRESS, this.#base + at.FIRST_STACK)
    this.setWord(at.STACK_CAPACITY, Math.min(at.FIRST_STACK_ENTRIES, ceilings.maxStackEntries))
    this.setWord(at.STACK_LIMIT, ceilings.maxStackEntries)
    this.setWord(at.HEAP_LIMIT, ceilings.maxHeapBytes)
    this.setWord(at.HEAP_LENGTH, Math.min(INITIAL_HEAP_BYTES, ceilings.maxHeapBytes))
    this.setWord(at.PC, program.codeStart)
  }

  /** The memory that the machine lies in, until more of its stack or heap is backed. */
  get block(): Block {
    return this.#block
  }

  /** Byte address of the record in the block; as short-lived as `block`. */
  get base(): number {
    return this.#base
  }

  /** Whether the memory has been given back: the record may be another machine's then. */
  get isReleased(): boolean {
    return this.#base < 0
  }

  /** What the interpreter reads instead of the image. */
  get decoded(): DecodedProgram {
    return this.#decoded
  }

  get program(): Program {
    return this.#decoded.program
  }

  /** Puts another program in the place of the present one; the record stays as it is. */
  exchange(program: Program): void {
    this.#decoded = decodedProgram(program)
  }

  /** The i32 of the record at `offset`, one of layout.ts. */
  word(offset: number): number {
    return this.#block.words[(this.#base + offset) >>> 2] as number
  }

  setWord(offset: number, value: number): void {
    this.#block.words[(this.#base + offset) >>> 2] = value
  }

  /** The f64 of the record at `offset`, one of layout.ts. */
  float(offset: number): number {
    return this.#block.floats[(this.#base + offset) >>> 3] as number
  }

  setFloat(offset: number, value: number): void {
    this.#block.floats[(this.#base + offset) >>> 3] = value
  }

  /** A view of the integer registers; as short-lived as `block`, like those that follow. */
  registers(): Int32Array {
    const start = (this.#base + at.REGISTERS) >>> 2
    return this.#block.words.subarray(start, start + REGISTER_COUNT)
  }

  floatRegisters(): Float64Array {
    const start = (this.#base + at.FLOAT_REGISTERS) >>> 3
    const floats = this.#block.floats.subarray(start, start + REGISTER_COUNT)
    // Programs make no NaN but this one; a host may have written another.
    for (let i = 0; i < REGISTER_COUNT; i++) if (Number.isNaN(floats[i])) floats[i] = Number.NaN
    return floats
  }

  /** What lies on the stack, as bytes. */
  stackBytes(): Uint8Array {
    const start = this.word(at.STACK_ADDRESS)
    return this.#block.bytes.subarray(start, start + this.word(at.STACK_DEPTH) * 4)
  }

  /** What of the heap is backed by memory; the rest is zero. */
  backedHeap(): Uint8Array {
    const start = this.word(at.HEAP_ADDRESS)
    return this.#block.bytes.subarray(start, start + this.word(at.HEAP_CAPACITY))
  }

  /**
   * Makes STACK_CAPACITY at least `entries`, which must be within STACK_LIMIT. False if the platform has no
   * memory left: nothing has changed then. Otherwise stack, heap and record may lie elsewhere afterwards.
   */
  backStack(entries: number): boolean {
    const needed = entries * 4
    if (entries > this.word(at.STACK_CAPACITY)) {
      const address = this.#block.extend(needed)
      if (address < 0) return this.#move(needed, this.word(at.HEAP_CAPACITY))
      this.#transfer(at.STACK_ADDRESS, address, this.word(at.STACK_DEPTH) * 4, this.#stackBytes)
      this.#stackBytes = extentBytes(needed)
    }
    this.#setCapacities()
    return true
  }

  /** Makes HEAP_CAPACITY at least `bytes`, which must be within HEAP_LENGTH; otherwise as backStack. */
  backHeap(bytes: number): boolean {
    while (this.growHeap(bytes)) if (this.word(at.HEAP_CAPACITY) >= bytes) return true
    return false
  }

  /** The same in steps of bounded work: true, but HEAP_CAPACITY still too small, where more are to be done. */
  growHeap(bytes: number): boolean {
    if (bytes > this.#heapBytes) {
      const widened = this.#block.widen(this.#heapBytes, bytes)
      if (widened === this.#heapBytes) return this.#moveHeap(bytes)
      this.#heapBytes = widened
    }
    this.#setCapacities()
    return true
  }

  /** Called by the pool, between two instructions. */
  moveBefore(block: Block): boolean {
    return this.#move(this.#stackBytes, this.#heapBytes, block)
  }

  /** Gives the memory back, and lets other machines move together; only the first call does anything. */
  close(): void {
    if (this.isReleased) return
    const { pool } = this.#block
    this.release()
    pool.condense()
  }

  /** Gives the memory back and moves nobody: for machines that go when no host expects it. */
  release(): void {
    if (this.isReleased) return
    this.#block.pool.release(this.#place())
    this.#base = -1
  }

  #moveHeap(bytes: number): boolean {
    const address = this.#block.extend(bytes)
    if (address < 0) return this.#move(this.#stackBytes, bytes)
    this.#transfer(at.HEAP_ADDRESS, address, this.word(at.HEAP_CAPACITY), this.#heapBytes)
    this.#heapBytes = extentBytes(bytes)
    this.#setCapacities()
    return true
  }

  #place(): Place {
    return {
      block: this.#block,
      base: this.#base,
      stack: this.word(at.STACK_ADDRESS),
      stackBytes: this.#stackBytes,
      heap: this.word(at.HEAP_ADDRESS),
      heapBytes: this.#heapBytes,
    }
  }

  // Within the block: `used` bytes go to their new address, and the old extent, if there is one, back to the pool.
  #transfer(addressWord: number, to: number, used: number, oldBytes: number): void {
    const from = this.word(addressWord)
    if (used > 0) this.#block.bytes.copyWithin(to, from, from + used)
    if (oldBytes > 0) this.#block.release(from)
    this.setWord(addressWord, to)
  }

  // The whole machine, to a block that has room for what it needs now.
  #move(stackBytes: number, heapBytes: number, before?: Block): boolean {
    const old = this.#place()
    const next = this.#tryPlace(stackBytes, heapBytes, before)
    if (next === undefined) return false
    const from = old.block.bytes
    const to = next.block.bytes
    to.set(from.subarray(old.base, old.base + at.RECORD_BYTES), next.base)
    const stack = next.stackBytes > 0 ? next.stack : next.base + at.FIRST_STACK
    to.set(from.subarray(old.stack, old.stack + this.word(at.STACK_DEPTH) * 4), stack)
    to.set(from.subarray(old.heap, old.heap + this.word(at.HEAP_CAPACITY)), next.heap)
    this.#block = next.block
    this.#base = next.base
    next.block.settle(next.base, this)
    this.#stackBytes = next.stackBytes
    this.#heapBytes = next.heapBytes
    this.setWord(at.STACK_ADDRESS, stack)
    this.setWord(at.HEAP_ADDRESS, next.heap)
    this.#setCapacities()
    old.block.pool.release(old)
    return true
  }

  #tryPlace(stackBytes: number, heapBytes: number, before?: Block): Place | undefined {
    const maxStackBytes = this.word(at.STACK_LIMIT) * 4
    const maxHeapBytes = this.word(at.HEAP_LIMIT)
    try {
      const keptHeapBytes = this.word(at.HEAP_CAPACITY)
      const need = { stackBytes, heapBytes, keptHeapBytes, maxStackBytes, maxHeapBytes }
      return this.#block.pool.place(need, before)
    } catch (error) {
      if (error instanceof IridiumError && error.code === 'ERR_IRIDIUM_LIMIT') return undefined
      throw error
    }
  }

  // An extent may be larger than what the program may see of it.
  #setCapacities(): void {
    const entries = this.#stackBytes > 0 ? this.#stackBytes / 4 : at.FIRST_STACK_ENTRIES
    this.setWord(at.STACK_CAPACITY, Math.min(entries, this.word(at.STACK_LIMIT)))
    this.setWord(at.HEAP_CAPACITY, Math.min(this.#heapBytes, this.word(at.HEAP_LENGTH)))
  }
}
