// Owns the control-flow graph of one unit: its nodes, their edges, and how a block's last instruction makes
// them. Loops, checkpoints and code are found and made elsewhere, from this graph.
import { type Blocks, directTarget } from './blocks.js'
import {
  BRANCH,
  BRANCH_JUMP,
  CALL,
  COUNT,
  type Code,
  DEAD,
  HALT,
  JUMP,
  LEAVE,
  NEXT,
  RETURN,
} from './code.js'
import type { Landings } from './guesses.js'
import type { Unit } from './units.js'

/**
 * What a node does:
 * `root`: where the function begins; goes to the entry that is asked for.
 * `block`: executes a basic block.
 * `table`: goes where the local PC says, if that is one of several guesses.
 * `dispatch`: the one way into a loop that had several; goes where the local LABEL says.
 * `steer`: sets LABEL and goes to a dispatch.
 * `arrive`: the last step to an entry: ends the state of resuming.
 * `steps`: executes a basic block one instruction at a time, with a look at the fuel before each.
 * `restart`: goes back to the root, to be led to an entry.
 */
export type NodeKind =
  | 'root'
  | 'block'
  | 'table'
  | 'dispatch'
  | 'steer'
  | 'arrive'
  | 'steps'
  | 'restart'

/** In the place of a successor: somewhere outside the unit. */
export const OUTSIDE = -1

export interface Node {
  readonly kind: NodeKind
  /** `block`, `steps`: which block; `steer`: what LABEL becomes; `restart`: the entry; else 0. */
  readonly value: number
  /**
   * Indices of nodes, or OUTSIDE. `block`: by its last instruction, the jump's target before the next
   * block; a register jump without a guess is OUTSIDE. `table`, `dispatch`: one for each landing or label.
   */
  readonly successors: number[]
  readonly predecessors: number[]
  /** Edges that the interpreter takes, not the function: they count when loops are looked for. */
  readonly shadows: number[]
  /** The function may be entered here, or its fuel is looked at: a place where a run may stop and go on. */
  isCheckpoint: boolean
  /** The root has to lead here, since nothing else does. */
  isEntered: boolean
  /** Instructions that the block completes. */
  readonly length: number
  /** Instructions on the longest way from here to the next checkpoint. */
  path: number
  /** Instructions on the likeliest way from here to the next checkpoint; paid for in advance. */
  paid: number
  /**
   * Instructions where a register jump may land. `table`: one for each successor. `block`: the only guess
   * where its jump leads, which it has to compare with; else none.
   */
  landings: readonly number[]
  /** The node that this one is a copy of; its own index if it is none. A run is never resumed in a copy. */
  readonly original: number
}

const NO_LANDINGS: readonly number[] = []

export class Graph {
  readonly nodes: Node[] = []
  readonly code: Code
  readonly blocks: Blocks
  readonly unit: Unit
  readonly #landings: Landings
  /** By list of landings: the node where it leads. Many jumps share one list. */
  readonly #ways = new Map<readonly number[], number>()
  /** By landings, as text: lists may differ outside of the unit only. */
  readonly #tables = new Map<string, number>()

  /** The graph of `unit`: node n is block `unit.from + n`, the others come after. */
  constructor(code: Code, blocks: Blocks, landings: Landings, unit: Unit) {
    this.code = code
    this.blocks = blocks
    this.unit = unit
    this.#landings = landings
    for (let block = unit.from; block < unit.to; block++) {
      this.add('block', block, completedIn(code, blocks, block))
    }
    for (let block = unit.from; block < unit.to; block++) this.#connect(block)
    this.#addShadows()
  }

  add(
    kind: NodeKind,
    value = 0,
    length = 0,
    landings: readonly number[] = [],
    original = this.nodes.length,
  ): number {
    this.nodes.push({
      kind,
      value,
      successors: [],
      predecessors: [],
      shadows: [],
      isCheckpoint: false,
      isEntered: false,
      length,
      path: 0,
      paid: 0,
      landings,
      original,
    })
    return this.nodes.length - 1
  }

  /** A node that does the same, without edges. */
  copy(index: number): number {
    const { kind, value, length, landings, original } = this.node(index)
    return this.add(kind, value, length, landings, original)
  }

  /** Leads the edge from `from` to its successor at `place` elsewhere. */
  redirect(from: number, place: number, to: number): void {
    const { successors } = this.node(from)
    const { predecessors } = this.node(successors[place] as number)
    predecessors.splice(predecessors.indexOf(from), 1)
    successors[place] = to
    this.node(to).predecessors.push(from)
  }

  connect(from: number, to: number): void {
    this.node(from).successors.push(to)
    if (to !== OUTSIDE) this.node(to).predecessors.push(from)
  }

  node(index: number): Node {
    return this.nodes[index] as Node
  }

  /** The node of the block that begins at instruction `index`, or OUTSIDE. */
  nodeAt(index: number): number {
    if (index < 0 || index >= this.code.count) return OUTSIDE
    const block = this.blocks.blockOf[index] as number
    return block >= this.unit.from && block < this.unit.to ? block - this.unit.from : OUTSIDE
  }

  firstOf(block: number): number {
    return this.blocks.firsts[block] as number
  }

  lastOf(block: number): number {
    return (this.blocks.firsts[block + 1] as number) - 1
  }

  #connect(block: number): void {
    const node = block - this.unit.from
    const last = this.lastOf(block)
    const next = this.nodeAt(last + 1)
    switch (this.code.leaves[last]) {
      case NEXT:
        this.connect(node, next)
        break
      case BRANCH:
      case COUNT:
        this.connect(node, this.nodeAt(directTarget(this.code, last)))
        this.connect(node, next)
        break
      case CALL:
        this.connect(node, this.nodeAt(directTarget(this.code, last)))
        break
      case JUMP:
      case RETURN:
        this.#connectJump(node, last)
        break
      case BRANCH_JUMP:
        this.#connectJump(node, last)
        this.connect(node, next)
        break
      case HALT:
      case LEAVE:
      case DEAD:
        break
    }
  }

  // A register jump or RET goes to its only guess, or to a table of all, shared by those that have the same.
  #connectJump(node: number, index: number): void {
    const all = this.#landings.get(index) ?? NO_LANDINGS
    let way = this.#ways.get(all)
    if (way === undefined) {
      way = this.#wayTo(all.filter((at) => this.nodeAt(at) !== OUTSIDE))
      this.#ways.set(all, way)
    }
    if (way !== OUTSIDE && this.node(way).kind === 'block') {
      this.node(node).landings = [this.firstOf(this.node(way).value)]
    }
    this.connect(node, way)
  }

  #wayTo(landings: readonly number[]): number {
    if (landings.length === 0) return OUTSIDE
    return landings.length === 1 ? this.nodeAt(landings[0] as number) : this.#table(landings)
  }

  #table(landings: readonly number[]): number {
    const key = landings.join()
    const existing = this.#tables.get(key)
    if (existing !== undefined) return existing
    const table = this.add('table', 0, 0, landings)
    this.#tables.set(key, table)
    for (const landing of landings) {
      const target = this.nodeAt(landing)
      this.connect(table, target)
      this.node(target).isCheckpoint = true
    }
    return table
  }

  // Behind what the interpreter executes, and behind a CALL whose RET is not seen here, the function is
  // entered again: if that lies in a loop, it has to count as part of it.
  #addShadows(): void {
    for (let block = this.unit.from; block < this.unit.to; block++) {
      const last = this.lastOf(block)
      const leaves = this.code.leaves[last]
      const next = this.nodeAt(last + 1)
      if (next === OUTSIDE || (leaves !== LEAVE && leaves !== CALL)) continue
      const target = this.node(next)
      if (leaves === CALL && target.predecessors.length > 0) continue
      target.isCheckpoint = true
      target.predecessors.push(block - this.unit.from)
      this.node(block - this.unit.from).shadows.push(next)
    }
  }
}

function completedIn(code: Code, blocks: Blocks, block: number): number {
  const first = blocks.firsts[block] as number
  const end = blocks.firsts[block + 1] as number
  const leaves = code.leaves[end - 1]
  return leaves === LEAVE || leaves === DEAD ? end - 1 - first : end - first
}
