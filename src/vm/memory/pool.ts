// Owns the blocks, and where in them machines, their stacks and their heaps lie. It hands out places and
// takes them back; what machines do there it does not know.
//
// Extents are powers of two, so a record, stack or heap takes less than twice its size (and at least a
// unit). Each new shared block is as large as all before it together, so the blocks are at most about
// double what was once in use, up to the largest size of a block; empty ones are dropped, all but one.
import { FIRST_BLOCK_BYTES, MAX_BLOCK_BYTES, MAX_SHARED_EXTENT_BYTES } from '../../core/limits.js'
import { RECORD_BYTES } from '../layout.js'
import { type Block, extentBytes, LoneBlock, SharedBlock } from './block.js'

/** Where a machine lies. Addresses in bytes; an address means nothing while its length is 0. */
export interface Place {
  readonly block: Block
  readonly base: number
  readonly stack: number
  readonly stackBytes: number
  readonly heap: number
  readonly heapBytes: number
}

/** Bytes that a machine needs now, and the most that it may ever need. */
export interface Need {
  readonly stackBytes: number
  readonly heapBytes: number
  readonly maxStackBytes: number
  readonly maxHeapBytes: number
}

export class Pool {
  /** Whether other threads can be given the memories. */
  readonly isForThreads: boolean
  readonly #blocks: SharedBlock[] = []

  constructor(options: { isForThreads?: boolean } = {}) {
    this.isForThreads = options.isForThreads ?? false
  }

  /** Bytes of all shared blocks. */
  get length(): number {
    return this.#blocks.reduce((sum, block) => sum + block.bytes.length, 0)
  }

  /** A block with room for a record. Throws ERR_IRIDIUM_LIMIT if the platform has no memory left. */
  blockForRecord(): SharedBlock {
    for (const block of this.#blocks) if (!block.isFull) return block
    return this.#addBlock(RECORD_BYTES)
  }

  /** A zeroed place for `need`. Throws ERR_IRIDIUM_LIMIT if the platform has no memory left. */
  place(need: Need): Place {
    const stackBytes = need.stackBytes === 0 ? 0 : extentBytes(need.stackBytes)
    const heapBytes = need.heapBytes === 0 ? 0 : extentBytes(need.heapBytes)
    if (Math.max(stackBytes, heapBytes) > MAX_SHARED_EXTENT_BYTES) return this.#placeAlone(need)
    for (const block of this.#blocks) {
      const place = placeIn(block, stackBytes, heapBytes)
      if (place !== undefined) return place
    }
    const block = this.#addBlock(RECORD_BYTES + stackBytes + heapBytes)
    return placeIn(block, stackBytes, heapBytes) as Place
  }

  /** Takes a whole place back. */
  release(place: Place): void {
    const { block } = place
    block.release(place.base)
    if (place.stackBytes > 0) block.release(place.stack)
    if (place.heapBytes > 0) block.release(place.heap)
    if (block instanceof SharedBlock && block.isEmpty) this.#dropAnEmptyBlock(block)
  }

  // Sized for the ceilings at once: the platform backs it page by page, so it costs addresses only, and the
  // machine never has to be copied again.
  #placeAlone(need: Need): Place {
    const stack = RECORD_BYTES
    const heap = stack + Math.ceil(need.maxStackBytes / 8) * 8
    const block = new LoneBlock(this, heap + need.maxHeapBytes)
    const [stackBytes, heapBytes] = [need.maxStackBytes, need.maxHeapBytes]
    return { block, base: 0, stack, stackBytes, heap, heapBytes }
  }

  #addBlock(atLeast: number): SharedBlock {
    const wanted = Math.max(FIRST_BLOCK_BYTES, extentBytes(this.length), extentBytes(2 * atLeast))
    const block = new SharedBlock(this, Math.min(wanted, MAX_BLOCK_BYTES))
    this.#blocks.push(block)
    return block
  }

  // One empty block stays, the smallest, so that a lone machine that comes and goes does not make one each time.
  #dropAnEmptyBlock(emptied: SharedBlock): void {
    const other = this.#blocks.find((block) => block !== emptied && block.isEmpty)
    if (other === undefined) return
    const larger = other.bytes.length > emptied.bytes.length ? other : emptied
    this.#blocks.splice(this.#blocks.indexOf(larger), 1)
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
