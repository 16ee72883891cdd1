// Owns one linear memory and its views. A block never grows, since growth would detach every view of it.
// A shared block holds many machines; a lone one holds a single machine that has outgrown those.
import { IridiumError } from '../../core/errors.js'
import { MAX_SHARED_EXTENT_BYTES } from '../../core/limits.js'
import { RECORD_BYTES } from '../layout.js'
import { Buddy } from './buddy.js'
import type { Pool } from './pool.js'

/** Of WebAssembly's linear memory. */
const PAGE_BYTES = 65_536
/** Bytes of the smallest extent: a record, or the smallest stack or heap. */
const UNIT_BYTES = RECORD_BYTES

/** What compiled code notes in a block. */
export interface LatestCode {
  readonly of: object
  readonly functions: readonly ((base: number, entry: number) => number)[]
}

export abstract class Block {
  readonly pool: Pool
  /** What compiled code imports; undefined where the platform has no WebAssembly. */
  readonly memory: WebAssembly.Memory | undefined
  readonly words: Int32Array
  readonly floats: Float64Array
  readonly bytes: Uint8Array
  readonly view: DataView
  /** The code that ran here last, bound to this memory: looked at before a table is asked, since runs are short. */
  latestCode: LatestCode | undefined

  /** At least `length` bytes, all zero. Throws ERR_IRIDIUM_LIMIT if the platform has no such memory left. */
  constructor(pool: Pool, length: number) {
    const pages = Math.ceil(length / PAGE_BYTES)
    this.pool = pool
    this.memory = newMemory(pages, pool.isForThreads)
    const buffer = this.memory?.buffer ?? new ArrayBuffer(pages * PAGE_BYTES)
    this.words = new Int32Array(buffer)
    this.floats = new Float64Array(buffer)
    this.bytes = new Uint8Array(buffer)
    this.view = new DataView(buffer)
  }

  /** The address of `length` zero bytes for a stack or heap that grows; -1 if the whole machine must move. */
  abstract extend(length: number): number

  /**
   * How many bytes a heap of `heapBytes` has from now on, zero where it is new, of the `wanted` ones: in a step of bounded
   * work, so perhaps not yet all. No more than before if it cannot grow where it lies.
   */
  abstract widen(heapBytes: number, wanted: number): number

  /** Takes back what `extend` gave. */
  abstract release(address: number): void

  /** Notes whose record lies at `base`, or that nobody's does any more. */
  abstract settle(base: number, tenant: Tenant | undefined): void
}

/** Whoever lies in a block, and can go elsewhere at any time at which no host calls into it. */
export interface Tenant {
  /** Moves to a block before `block`; false if there is no room. */
  moveBefore(block: Block): boolean
}

/** A block whose extents come and go. */
export class SharedBlock extends Block {
  readonly #buddy: Buddy
  /** What lies from here on was never handed out, so it is zero and, on most platforms, not even backed. */
  #fresh = 0
  #used = 0
  /** By the unit of their record. */
  readonly #tenants: (Tenant | undefined)[] = []

  /** `length` is a power of two of at least a page. */
  constructor(pool: Pool, length: number) {
    super(pool, length)
    this.#buddy = new Buddy(Math.log2(length / UNIT_BYTES))
  }

  /** Bytes that are taken. */
  get used(): number {
    return this.#used
  }

  get isFull(): boolean {
    return this.#used === this.bytes.length
  }

  /** The address of `length` zero bytes, aligned to `length`, a power of two of at least a unit; -1 if there are none. */
  allocate(length: number): number {
    const unit = this.#buddy.allocate(31 - Math.clz32(length / UNIT_BYTES))
    if (unit < 0) return -1
    const address = unit * UNIT_BYTES
    // Zeroed here, not on release: a host may have kept a view of a closed machine and written to it since.
    if (address < this.#fresh) this.bytes.fill(0, address, Math.min(address + length, this.#fresh))
    this.#fresh = Math.max(this.#fresh, address + length)
    this.#used += length
    this.pool.used += length
    return address
  }

  override extend(length: number): number {
    return length > MAX_SHARED_EXTENT_BYTES ? -1 : this.allocate(extentBytes(length))
  }

  override widen(heapBytes: number): number {
    return heapBytes
  }

  override release(address: number): void {
    const length = UNIT_BYTES << this.#buddy.release(address / UNIT_BYTES)
    this.#used -= length
    this.pool.used -= length
  }

  override settle(base: number, tenant: Tenant | undefined): void {
    this.#tenants[base / UNIT_BYTES] = tenant
  }

  /** The tenant with the highest address, if there is any. */
  lastTenant(): Tenant | undefined {
    const tenants = this.#tenants
    while (tenants.length > 0 && tenants.at(-1) === undefined) tenants.pop()
    return tenants.at(-1)
  }
}

/** A block with room for all that its one machine may ever need. */
export class LoneBlock extends Block {
  readonly stackBytes: number
  readonly heapBytes: number
  /** Of the heap, what a machine before may have written to. */
  #dirtyBytes = 0

  /** Room for a record, then a stack, then a heap. */
  constructor(pool: Pool, stackBytes: number, heapBytes: number) {
    super(pool, heapStart(stackBytes) + heapBytes)
    this.stackBytes = stackBytes
    this.heapBytes = heapBytes
  }

  get stack(): number {
    return RECORD_BYTES
  }

  get heap(): number {
    return heapStart(this.stackBytes)
  }

  /** Its machine goes, whose heap had so many bytes. */
  leave(heapBytes: number): void {
    this.#dirtyBytes = Math.max(this.#dirtyBytes, heapBytes)
  }

  override extend(): number {
    return -1
  }

  // What was never used is zero, and costs addresses only. The stack need not be zero: nobody looks above its top.
  override widen(heapBytes: number, wanted: number): number {
    const isDirty = heapBytes < this.#dirtyBytes
    const steps = isDirty ? 1 : Math.ceil((wanted - heapBytes) / MAX_SHARED_EXTENT_BYTES)
    const widened = Math.min(heapBytes + steps * MAX_SHARED_EXTENT_BYTES, this.heapBytes)
    if (isDirty) this.bytes.fill(0, this.heap + heapBytes, this.heap + widened)
    return widened
  }

  override release(): void {}

  override settle(): void {}
}

/** The heap, like the stack, is aligned for every view of it. */
function heapStart(stackBytes: number): number {
  return RECORD_BYTES + Math.ceil(stackBytes / UNIT_BYTES) * UNIT_BYTES
}

/** The size of the extent that holds `length` bytes: the next power of two, less than double. */
export function extentBytes(length: number): number {
  if (length <= UNIT_BYTES) return UNIT_BYTES
  return 2 ** (32 - Math.clz32(length - 1))
}

function newMemory(pages: number, shared: boolean): WebAssembly.Memory | undefined {
  if (typeof WebAssembly === 'undefined') {
    if (!shared) return undefined
    throw new IridiumError('ERR_IRIDIUM_NOT_SUPPORTED', 'shared memory needs WebAssembly')
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared })
  } catch (cause) {
    const message = `no memory for ${pages * PAGE_BYTES} bytes of machines`
    throw new IridiumError('ERR_IRIDIUM_LIMIT', message, { cause })
  }
}
