// Owns the code of a basic block: its instructions, and above all how the last one goes on.
import { INSTRUCTION_BYTES } from '../instructions.js'
import * as op from '../opcodes.js'
import { BRANCH, BRANCH_JUMP, CALL, COUNT, DEAD, HALT, JUMP, LEAVE, NEXT, RETURN } from './code.js'
import { GOTO, HALTED, LOW_FUEL, refundFuel, STEP } from './exits.js'
import { COUNTER, FLAG, FUEL, PC, RESUME, SAVED } from './frame.js'
import type { Label } from './function-writer.js'
import { type Node, OUTSIDE } from './graph.js'
import type { Parts } from './parts.js'
import { prepaid } from './paths.js'
import type { LeaveIf } from './stack-writer.js'
import type { LabelOf } from './structure.js'
import * as wasm from './wasm.js'

/** JMPF and JMPB count from this far behind their own address. */
const RELATIVE_BASE = 2

/** Writes the block of `node`; returns the node to go on with in place, or OUTSIDE. */
export function writeBlock(parts: Parts, node: Node, labelOf: LabelOf): number {
  const first = parts.graph.firstOf(node.value)
  return new BlockWriter(parts, node, labelOf, first, node.paid).write()
}

/** The same for a node of steps: RESUME says at which instruction to begin, if it is one of them. */
export function writeSteps(parts: Parts, index: number, labelOf: LabelOf): number {
  const { graph, writer, resumption } = parts
  const node = graph.node(index)
  const [first, last] = [graph.firstOf(node.value), graph.lastOf(node.value)]
  const labels: Label[] = []
  for (let at = last; at >= first; at--) labels.unshift(writer.open(wasm.BLOCK))
  writer.get(RESUME)
  writer.open(wasm.IF)
  writer.get(SAVED)
  writer.set(FUEL)
  writer.close()
  writer.get(RESUME)
  writer.i32(resumption.firstEntryOf.get(index) as number)
  writer.op(wasm.I32_SUB)
  writer.i32(0)
  writer.set(RESUME)
  writer.brTable(labels, labels[0] as Label)
  for (let at = first; at < last; at++) {
    writer.close()
    writeStep(parts, at)
    parts.straight.stack.begin(at + 1)
    parts.straight.write(at, STEP_PAID)
    parts.straight.settleFlag()
    parts.straight.stack.settle()
  }
  writer.close()
  const isExecuted = graph.code.leaves[last] !== LEAVE && graph.code.leaves[last] !== DEAD
  if (isExecuted) writeStep(parts, last)
  return new BlockWriter(parts, node, labelOf, last, isExecuted ? STEP_PAID : 0).write()
}

/** What a step pays for: the one instruction. */
const STEP_PAID = 1

function writeStep({ writer, exits }: Parts, index: number): void {
  exits.leaveIf(LOW_FUEL, index, STEP_PAID, () => {
    writer.get(FUEL)
    writer.i32(STEP_PAID)
    writer.op(wasm.I32_SUB)
    writer.tee(FUEL)
    writer.i32(0)
    writer.op(wasm.I32_LT_S)
  })
}

/** One way out of a block. */
interface Way {
  /** A node, or OUTSIDE. */
  readonly node: number
  /** Where it leads, if OUTSIDE. */
  readonly address: number
  /** What FLAG has to become on the way; undefined if it is right, or nobody will look. */
  readonly flag: number | undefined
}

class BlockWriter {
  readonly #parts: Parts
  readonly #node: Node
  readonly #labelOf: LabelOf
  /** The instruction to begin with, and what has been paid for from there on. */
  readonly #first: number
  readonly #paid: number
  readonly #last: number

  constructor(parts: Parts, node: Node, labelOf: LabelOf, first: number, paid: number) {
    this.#parts = parts
    this.#node = node
    this.#labelOf = labelOf
    this.#first = first
    this.#paid = paid
    this.#last = parts.graph.lastOf(node.value)
  }

  write(): number {
    const { graph, straight } = this.#parts
    const leaves = graph.code.leaves[this.#last] as number
    const end = leaves === NEXT ? this.#last + 1 : this.#last
    straight.stack.begin(this.#last + 1)
    for (let index = this.#first; index < end; index++) {
      straight.write(index, this.#unusedBefore(index))
    }
    return this.#leave(leaves)
  }

  #leave(leaves: number): number {
    const { exits, straight } = this.#parts
    if (leaves !== CALL && leaves !== RETURN) straight.stack.settle()
    switch (leaves) {
      case NEXT:
        this.#settleFlagFor([this.#nextWay()])
        return this.#goOn(this.#nextWay())
      case BRANCH:
        return this.#branch()
      case COUNT:
        return this.#count()
      case JUMP:
        straight.settleFlag()
        this.#setPc()
        return this.#jump()
      case BRANCH_JUMP:
        return this.#branchJump()
      case CALL:
        straight.settleFlag()
        return this.#call()
      case RETURN:
        straight.settleFlag()
        this.#return()
        return this.#jump()
      case HALT:
        straight.settleFlag()
        exits.leave(HALTED, this.#last + 1, this.#unusedAfter)
        return OUTSIDE
      case LEAVE:
      case DEAD:
        straight.settleFlag()
        exits.leave(STEP, this.#last, this.#unusedBefore(this.#last))
        return OUTSIDE
      default:
        throw new Error(`an instruction cannot leave as ${leaves}`)
    }
  }

  #branch(): number {
    const isFused = this.#parts.straight.takeFlag()
    const taken = this.#targetWay(isFused ? 1 : undefined)
    const next = this.#nextWay(isFused ? 0 : undefined)
    return this.#choose(taken, next)
  }

  #count(): number {
    const { writer } = this.#parts
    const taken = this.#targetWay()
    const next = this.#nextWay()
    this.#settleFlagFor([taken, next])
    writer.get(COUNTER)
    writer.open(wasm.IF)
    writer.get(COUNTER)
    writer.i32(1)
    writer.op(wasm.I32_SUB)
    writer.set(COUNTER)
    this.#finish(taken)
    writer.close()
    return this.#goOn(next)
  }

  #branchJump(): number {
    const { writer, straight } = this.#parts
    const isFused = straight.takeFlag()
    writer.open(wasm.IF)
    if (isFused) this.#setFlag(1)
    this.#setPc()
    const landing = this.#jump()
    if (landing !== OUTSIDE) writer.br(this.#labelOf(landing))
    writer.close()
    return this.#goOn(this.#nextWay(isFused ? 0 : undefined))
  }

  // The condition is on the stack.
  #choose(taken: Way, next: Way): number {
    const { writer } = this.#parts
    if (this.#isBare(taken)) {
      writer.brIf(this.#labelOf(taken.node))
    } else {
      writer.open(wasm.IF)
      this.#finish(taken)
      writer.close()
    }
    return this.#goOn(next)
  }

  #isBare(way: Way): boolean {
    return way.node !== OUTSIDE && way.flag === undefined && this.#refundTo(way.node) === 0
  }

  /** Writes what has to happen on the way, and the break. */
  #finish(way: Way): void {
    const next = this.#goOn(way)
    if (next !== OUTSIDE) this.#parts.writer.br(this.#labelOf(next))
  }

  /** Writes what has to happen on the way; returns the node to go on with, or OUTSIDE if it has left. */
  #goOn(way: Way): number {
    const { writer, exits } = this.#parts
    if (way.flag !== undefined) this.#setFlag(way.flag)
    if (way.node !== OUTSIDE) {
      refundFuel(writer, this.#refundTo(way.node))
      return way.node
    }
    if (way.address === this.#addressBehind) {
      exits.leave(GOTO, this.#last + 1, this.#unusedAfter)
    } else {
      writer.i32(way.address)
      writer.set(PC)
      exits.leaveToPc(this.#unusedAfter)
    }
    return OUTSIDE
  }

  /** PC has been set: goes on where it says if that was guessed, else leaves. */
  #jump(): number {
    const { graph, writer, exits } = this.#parts
    const next = this.#node.successors[0] as number
    const guess = this.#node.landings[0]
    if (next === OUTSIDE) {
      exits.leaveToPc(this.#unusedAfter)
      return OUTSIDE
    }
    if (guess !== undefined) {
      writer.get(PC)
      writer.i32(graph.code.addressOf(guess))
      writer.op(wasm.I32_NE)
      writer.open(wasm.IF)
      exits.leaveToPc(this.#unusedAfter)
      writer.close()
    }
    refundFuel(writer, this.#refundTo(next))
    return next
  }

  #setPc(): void {
    const { graph, frame, writer } = this.#parts
    const { code } = graph
    const opcode = code.opcode(this.#last)
    const register = frame.int(code.a(this.#last))
    if (opcode === op.JMPF || opcode === op.JMPB) {
      writer.i32(code.addressOf(this.#last) + RELATIVE_BASE)
      writer.get(register)
      writer.op(opcode === op.JMPF ? wasm.I32_ADD : wasm.I32_SUB)
    } else {
      writer.get(register)
    }
    writer.set(PC)
  }

  #call(): number {
    this.#parts.straight.stack.call(this.#addressBehind, this.#last, this.#leaveIf)
    return this.#goOn(this.#targetWay())
  }

  #return(): void {
    this.#parts.straight.stack.return(this.#leaveIf)
  }

  get #leaveIf(): LeaveIf {
    return (writeCondition) => {
      this.#parts.straight.leaveIf(this.#last, this.#unusedBefore(this.#last), writeCondition)
    }
  }

  #targetWay(flag?: number): Way {
    return this.#way(0, this.#parts.graph.code.u16(this.#last), flag)
  }

  #nextWay(flag?: number): Way {
    return this.#way(this.#node.successors.length - 1, this.#addressBehind, flag)
  }

  #way(successor: number, address: number, flag: number | undefined): Way {
    const node = this.#node.successors[successor] as number
    const way: Way = { node, address, flag }
    return this.#isFlagSeen(way) ? way : { ...way, flag: undefined }
  }

  #isFlagSeen(way: Way): boolean {
    return way.node === OUTSIDE || this.#parts.flagUses[way.node] === 1
  }

  #settleFlagFor(ways: readonly Way[]): void {
    const { straight } = this.#parts
    if (ways.some((way) => this.#isFlagSeen(way))) straight.settleFlag()
    else straight.dropFlag()
  }

  #setFlag(value: number): void {
    this.#parts.writer.i32(value)
    this.#parts.writer.set(FLAG)
  }

  get #addressBehind(): number {
    return this.#parts.graph.code.addressOf(this.#last) + INSTRUCTION_BYTES
  }

  /** What was paid for, in advance, beyond the instructions before `index`. */
  #unusedBefore(index: number): number {
    return this.#paid - (index - this.#first)
  }

  get #unusedAfter(): number {
    return this.#paid - this.#node.length
  }

  /** What was paid for and is not needed on the way by `next`. */
  #refundTo(next: number): number {
    return this.#unusedAfter - prepaid(this.#parts.graph, next)
  }
}
