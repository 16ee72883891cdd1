// Owns the translation of a reducible graph into nested blocks and loops (Ramsey, "Beyond Relooper:
// recursive translation of unstructured control flow to structured control flow", 2022): each node stands
// where its dominator tree puts it, a loop around each header, and a block before each node that is broken
// to. What the nodes do, the caller writes. There is no recursion, since hostile programs nest deeply.
import { CHAINS_PER_STEP } from '../../core/limits.js'
import type { FunctionWriter, Label } from './function-writer.js'
import type { Placement } from './placement.js'
import { BLOCK, LOOP } from './wasm.js'

/** The labels that the code of one node can break to. */
export type LabelOf = (next: number) => Label

/**
 * Writes one node. It breaks to all but one of the nodes where it leads; that one it returns, and it is gone
 * on with behind the code. -1 if the end of the code is not reached.
 */
export type WriteNode = (index: number, labelOf: LabelOf) => number

/** In steps, as compileInSteps. */
export function* writeStructure(
  placement: Placement,
  writer: FunctionWriter,
  write: WriteNode,
): Generator<void> {
  yield* new Structure(placement, writer, write).place(placement.root)
}

class Structure {
  readonly #placement: Placement
  readonly #writer: FunctionWriter
  readonly #write: WriteNode
  /** By node: the label of the loop that it heads, while that is open. */
  readonly #loops = new Map<number, Label>()
  /** By node: the label of the block behind which it stands, while that is open. */
  readonly #blocks = new Map<number, Label>()
  /** What is open, innermost last: a node to be placed behind its block, or ~ the header of a loop. */
  readonly #open: number[] = []

  constructor(placement: Placement, writer: FunctionWriter, write: WriteNode) {
    this.#placement = placement
    this.#writer = writer
    this.#write = write
  }

  /** Writes the node and all that is placed with it. */
  *place(root: number): Generator<void> {
    this.#placeChain(root)
    let chains = 0
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      this.#writer.close()
      if (next < 0) {
        this.#loops.delete(~next)
      } else {
        this.#blocks.delete(next)
        this.#placeChain(next)
        if (++chains % CHAINS_PER_STEP === 0) yield
      }
    }
  }

  // A node, then the one where it goes on in place, and so forth.
  #placeChain(first: number): void {
    for (let index = first; index >= 0; ) {
      if (this.#placement.isLoop(index)) {
        this.#openBlocks(this.#placement.behind(index))
        this.#loops.set(index, this.#writer.open(LOOP))
        this.#open.push(~index)
      }
      this.#openBlocks(this.#placement.inside(index))
      const from = index
      const next = this.#write(from, (to) => this.#labelOf(from, to))
      if (next < 0) return
      if (this.#isInPlace(from, next)) {
        index = next
      } else {
        this.#writer.br(this.#labelOf(from, next))
        return
      }
    }
  }

  #openBlocks(nodes: readonly number[]): void {
    for (let at = nodes.length - 1; at >= 0; at--) {
      const node = nodes[at] as number
      this.#blocks.set(node, this.#writer.open(BLOCK))
      this.#open.push(node)
    }
  }

  #isInPlace(from: number, next: number): boolean {
    return !this.#placement.leadsBack(from, next) && !this.#placement.isLabelled(next)
  }

  #labelOf(from: number, next: number): Label {
    const labels = this.#placement.leadsBack(from, next) ? this.#loops : this.#blocks
    const label = labels.get(next)
    if (label === undefined) throw new Error('the graph is not reducible')
    return label
  }
}
