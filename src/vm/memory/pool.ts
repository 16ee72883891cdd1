// Owns the blocks, and where in them machines, their stacks and their heaps lie. It hands out places and
// takes them back; what machines do there it does not know.
//
// How much memory is wasted is bounded:
// - Extents are powers of two, so a record, stack or heap takes less than twice its size, and at least a unit.
// - A new shared block is as large as all before it together (up to a size), so they are at most about double
//   what was needed at once. An empty one goes, unless it is the only one, and small.
// - When less than a third of the shared blocks is in use, each machine that is made or closed lets some move
//   out of the largest block, until that is empty. If machines are of a size, that is before less than a
//   quarter is in use; in any case the blocks shrink to that, beside the first, as machines come and go.
import { IridiumError } from '../../core/errors.js'
import {
  FIRST_BLOCK_BYTES,
  MAX_BLOCK_BYTES,
  MAX_CROWDED_EXTENT_BYTES,
  MAX_IDLE_BLOCK_BYTES,
  MAX_LONE_MEMORIES,
  MAX_SHARED_EXTENT_BYTES,
} from '../../core/limits.js'
import { RECORD_BYTES } from '../layout.js'
import { type Block, extentBytes, LoneBlock, SharedBlock } from './block.js'
import { IdleBlocks } from './idle-blocks.js'

/** The shared blocks are this many times as large as what is in use when machines begin to move. */
const SPARSE = 3
/** Machines moved at a time: enough to empty a block of C / 2 that C / 3 is in use of while C / 12 is closed. */
const MOVES = 4

/** Where a machine lies. Addresses in bytes; an address means nothing while its length is 0. */
export interface Place {
  readonly block: Block
  readonly base: number
  readonly stack: number
  readonly stackBytes: number
  readonly heap: number
  /** Of the extent, which may be larger than what the program sees of it. */
  readonly heapBytes: number
}

/** Bytes that a machine needs now, what of its heap it brings along, and the most that it may ever need. */
export interface Need {
  readonly stackBytes: number
  readonly heapBytes: number
  readonly keptHeapBytes: number
  readonly maxStackBytes: number
  readonly maxHeapBytes: number
}

export class Pool {
  /** Whether other threads can be given the memories. */
  readonly isForThreads: boolean
  /** From the smallest to the largest; the first that has room is taken. */
  readonly #blocks: SharedBlock[] = []
  #length = 0
  /** Bytes of the shared blocks that are in use; they count it, since it is looked at for each machine that comes or goes. */
  used = 0
  readonly #idleShared = new IdleBlocks<SharedBlock>()
  readonly #idleLone = new IdleBlocks<LoneBlock>()
  /** Machines that lie alone. */
  #lone = 0
  readonly #maxLone: number

  constructor({ isForThreads = false, maxLone = MAX_LONE_MEMORIES } = {}) {
    this.isForThreads = isForThreads
    this.#maxLone = maxLone
  }

  /** Bytes of all shared blocks. */
  get length(): number {
    return this.#length
  }

  /** A block with room for a record. Throws ERR_IRIDIUM_LIMIT if the platform has no memory left. */
  blockForRecord(): SharedBlock {
    for (const block of this.#blocks) if (!block.isFull) return block
    return this.#growBlocks(RECORD_BYTES)
  }

  /**
   * A zeroed place for `need`, in a block before `limit` if that is given, or undefined if there is none before.
   * Throws ERR_IRIDIUM_LIMIT if the platform has no memory left.
   */
  place(need: Need): Place
  place(need: Need, limit: Block | undefined): Place | undefined
  place(need: Need, limit?: Block): Place | undefined {
    const stackBytes = need.stackBytes === 0 ? 0 : extentBytes(need.stackBytes)
    const heapBytes = need.heapBytes === 0 ? 0 : extentBytes(need.heapBytes)
    const longest = Math.max(stackBytes, heapBytes)
    if (limit === undefined && longest > MAX_SHARED_EXTENT_BYTES) {
      const alone = this.#tryAlone(need, longest)
      if (alone) return alone
    }
    for (const block of this.#blocks) {
      if (block === limit) return undefined
      const place = placeIn(block, stackBytes, heapBytes)
      if (place !== undefined) return place
    }
    const block = this.#growBlocks(RECORD_BYTES + stackBytes + heapBytes)
    return placeIn(block, stackBytes, heapBytes)
  }

  /** Takes a whole place back. */
  release(place: Place): void {
    const { block } = place
    if (block instanceof LoneBlock) {
      this.#lone--
      block.leave(place.heapBytes)
      this.#idleLone.put(block)
    }
    if (!(block instanceof SharedBlock)) return
    block.settle(place.base, undefined)
    block.release(place.base)
    if (place.stackBytes > 0) block.release(place.stack)
    if (place.heapBytes > 0) block.release(place.heap)
    if (block.used === 0) this.#drop(block)
  }

  /** Moves some machines if the blocks are sparse. To be called where hosts expect their views to go stale. */
  condense(): void {
    for (let moves = 0; moves < MOVES; moves++) {
      const { length, used } = this
      if (length <= FIRST_BLOCK_BYTES || used * SPARSE >= length) return
      const largest = this.#blocks.at(-1) as SharedBlock
      const tenant = largest.lastTenant()
      if (tenant === undefined || tenant.moveBefore(largest)) continue
      // Twice of what is in use has room for any of it.
      if (extentBytes(2 * used) >= largest.bytes.length) return
      this.#addBlock(used)
    }
  }

  /** Undefined if there are too many that lie alone, and extents up to the `longest` fit into a shared block. */
  #tryAlone(need: Need, longest: number): Place | undefined {
    const fits = longest <= MAX_CROWDED_EXTENT_BYTES
    if (fits && this.#lone >= this.#maxLone) return undefined
    try {
      return this.#placeAlone(need)
    } catch (error) {
      if (fits && error instanceof IridiumError && error.code === 'ERR_IRIDIUM_LIMIT')
        return undefined
      throw error
    }
  }

  // Sized for the ceilings at once: the platform backs it page by page, so it costs addresses only, and the
  // machine never has to be copied again. Its heap begins with what it brings along, and grows from there in steps.
  #placeAlone({ keptHeapBytes, maxStackBytes, maxHeapBytes }: Need): Place {
    const idle = this.#idleLone.take(
      ({ stackBytes, heapBytes }) => stackBytes === maxStackBytes && heapBytes === maxHeapBytes,
    )
    const block = idle ?? new LoneBlock(this, maxStackBytes, maxHeapBytes)
    this.#lone++
    const { stack, stackBytes, heap } = block
    let heapBytes = 0
    do heapBytes = block.widen(heapBytes, Math.max(keptHeapBytes, MAX_SHARED_EXTENT_BYTES))
    while (heapBytes < keptHeapBytes)
    return { block, base: 0, stack, stackBytes, heap, heapBytes }
  }

  #growBlocks(atLeast: number): SharedBlock {
    return this.#addBlock(Math.max(atLeast, this.length / 2))
  }

  /** A block with room for `used` bytes, however they are cut. */
  #addBlock(used: number): SharedBlock {
    const wanted = Math.max(FIRST_BLOCK_BYTES, extentBytes(2 * used))
    const length = Math.min(wanted, MAX_BLOCK_BYTES)
    const idle = this.#idleShared.take(({ bytes }) => bytes.length === length)
    const block = idle ?? new SharedBlock(this, length)
    this.#blocks.push(block)
    this.#length += length
    this.#blocks.sort((a, b) => a.bytes.length - b.bytes.length)
    return block
  }

  #drop(empty: SharedBlock): void {
    if (this.#blocks.length === 1 && empty.bytes.length <= MAX_IDLE_BLOCK_BYTES) return
    this.#blocks.splice(this.#blocks.indexOf(empty), 1)
    this.#length -= empty.bytes.length
    this.#idleShared.put(empty)
  }
}

function placeIn(block: SharedBlock, stackBytes: number, heapBytes: number): Place | undefined {
  const base = block.allocate(RECORD_BYTES)
  if (base < 0) return undefined
  const stack = stackBytes === 0 ? 0 : block.allocate(stackBytes)
  const heap = heapBytes === 0 || stack < 0 ? 0 : block.allocate(heapBytes)
  if (stack >= 0 && heap >= 0) return { block, base, stack, stackBytes, heap, heapBytes }
  block.release(base)
  if (stackBytes > 0 && stack >= 0) block.release(stack)
  return undefined
}
