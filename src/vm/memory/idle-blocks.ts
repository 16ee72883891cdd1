// Owns the blocks that nobody uses. The platform gives a memory back only when the garbage collector gets to
// it, which it is in no hurry to do; so whoever needs a block takes an idle one, and programs that come and
// go never leave more behind than was once in use together. They are held weakly: the collector may have them.
import { MAX_IDLE_BLOCKS } from '../../core/limits.js'
import type { Block } from './block.js'

export class IdleBlocks<B extends Block> {
  #blocks: WeakRef<B>[] = []

  put(block: B): void {
    this.#blocks.push(new WeakRef(block))
    if (this.#blocks.length > MAX_IDLE_BLOCKS) this.#blocks.shift()
  }

  /** The block that was put last of those that fit; it is idle no longer. */
  take(fits: (block: B) => boolean): B | undefined {
    for (let index = this.#blocks.length - 1; index >= 0; index--) {
      const block = this.#blocks[index]?.deref()
      if (block !== undefined && !fits(block)) continue
      this.#blocks.splice(index, 1)
      if (block !== undefined) return block
    }
    return undefined
  }
}
