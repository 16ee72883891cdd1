// Owns where each node is written: with the node that dominates it at once, or, if it does not belong to
// that node's loop, behind the loop. Ramsey leaves what follows a loop inside it; V8 takes the extent of a
// loop from the Wasm loop, and peels and unrolls only small ones.
import type { DominatorTree } from './dominators.js'
import type { LoopForest } from './loops.js'

export class Placement {
  readonly #tree: DominatorTree
  readonly #inside = new Map<number, number[]>()
  readonly #behind = new Map<number, number[]>()
  readonly #isLabelled: Uint8Array

  constructor(tree: DominatorTree, forest: LoopForest) {
    this.#tree = tree
    this.#isLabelled = Uint8Array.from(tree.isMerge)
    // In reverse postorder, so that the lists are in that order too.
    for (let place = 1; place < tree.order.length; place++) {
      const index = tree.order[place] as number
      const parent = tree.parentOf[index] as number
      const header = headerLeft(tree, forest, parent, index)
      if (header >= 0) {
        this.#isLabelled[index] = 1
        append(this.#behind, header, index)
      } else if (this.#isLabelled[index] === 1) {
        append(this.#inside, parent, index)
      }
    }
  }

  get root(): number {
    return this.#tree.order[0] as number
  }

  isLoop(index: number): boolean {
    return this.#tree.isLoop[index] === 1
  }

  /** Whether an edge between the two leads back, to the beginning of a loop. */
  leadsBack(from: number, next: number): boolean {
    return (this.#tree.placeOf[next] as number) <= (this.#tree.placeOf[from] as number)
  }

  /** Whether the node is broken to, and not written in place of the only edge that leads to it. */
  isLabelled(index: number): boolean {
    return this.#isLabelled[index] === 1
  }

  /** The labelled nodes that stand behind the code of `index`, within its loop if it has one; in order. */
  inside(index: number): readonly number[] {
    return this.#inside.get(index) ?? NONE
  }

  /** The nodes that stand behind the loop of `index`; in order. */
  behind(index: number): readonly number[] {
    return this.#behind.get(index) ?? NONE
  }
}

const NONE: readonly number[] = []

/** The header of the outermost loop that `from` belongs to and `to` does not; -1 if there is none. */
function headerLeft(tree: DominatorTree, forest: LoopForest, from: number, to: number): number {
  let target = forest.loopOf[to] ?? -1
  let loop = forest.loopOf[from] ?? -1
  let header = -1
  while (loop !== target) {
    const depth = forest.loops[loop]?.depth ?? 0
    if ((forest.loops[target]?.depth ?? 0) > depth) {
      target = forest.loops[target]?.parent ?? -1
      continue
    }
    const left = forest.loops[loop]
    if (left === undefined) break
    if (tree.isLoop[left.header] === 1) header = left.header
    loop = left.parent
  }
  return header
}

function append(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
