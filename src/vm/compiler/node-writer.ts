// Owns the code of each node of a unit, but for what a block does after its check: block-writer.ts.
import { MAX_COMPARED_LANDINGS } from '../../core/limits.js'
import { INSTRUCTION_BYTES } from '../instructions.js'
import { writeBlock, writeSteps } from './block-writer.js'
import { LOW_FUEL, refundFuel } from './exits.js'
import { FUEL, LABEL, PC, RESUME, RESUMING_FUEL, SAVED } from './frame.js'
import type { Label } from './function-writer.js'
import { type Node, OUTSIDE } from './graph.js'
import type { Parts } from './parts.js'
import type { Routes } from './routes.js'
import type { LabelOf } from './structure.js'
import * as wasm from './wasm.js'

/** Writes node `index`, in the way that structure.ts asks for. */
export function writeNode(parts: Parts, index: number, labelOf: LabelOf): number {
  const { graph, writer } = parts
  const node = graph.node(index)
  const { kind } = node
  const next = node.successors[0] ?? OUTSIDE
  switch (kind) {
    case 'root':
      return writeRoot(parts, index, labelOf)
    case 'restart':
      writeRestart(parts, node)
      return next
    case 'steps':
      return writeSteps(parts, index, labelOf)
    case 'arrive':
      writer.get(SAVED)
      writer.set(FUEL)
      writer.i32(0)
      writer.set(RESUME)
      return next
    case 'steer':
      writer.i32(node.value)
      writer.set(LABEL)
      return next
    case 'dispatch':
      return writeDispatch(parts, index, labelOf)
    case 'table':
      return writeTable(parts, index, labelOf)
    case 'block':
      if (node.isCheckpoint) writeCheck(parts, index, labelOf)
      return writeBlock(parts, node, labelOf)
    default:
      return kind satisfies never
  }
}

function writeRoot(parts: Parts, index: number, labelOf: LabelOf): number {
  const routes = parts.resumption.routes.get(index) as Routes
  const first = routes.nodes[0] as number
  if (routes.nodes.every((node) => node === first)) return first
  writeRoutes(parts, routes, labelOf, labelOf(first))
  return OUTSIDE
}

/** Makes the locals say again what they said when the function was entered, but for another entry. */
function writeRestart({ writer }: Parts, node: Node): void {
  writer.get(FUEL)
  writer.set(SAVED)
  writer.i32(RESUMING_FUEL)
  writer.set(FUEL)
  writer.i32(node.value)
  writer.set(RESUME)
  for (const local of [LABEL, PC]) {
    writer.i32(0)
    writer.set(local)
  }
}

/**
 * Pays in advance. With too little fuel, leads on to the entry within the loop, or, at the end of a slice, to
 * the block's steps; without these, leaves.
 */
function writeCheck(parts: Parts, index: number, labelOf: LabelOf): void {
  const { graph, writer, exits, resumption } = parts
  const { path, paid, value } = graph.node(index)
  const routes = resumption.routes.get(index)
  const steps = resumption.stepsOf.get(index)
  if (routes === undefined && path === 0) return
  const pay = (): void => {
    writer.get(FUEL)
    writer.i32(paid)
    writer.op(wasm.I32_SUB)
    writer.tee(FUEL)
    writer.i32(path - paid)
    writer.op(wasm.I32_LT_S)
  }
  if (routes === undefined && steps === undefined) {
    exits.leaveIf(LOW_FUEL, graph.firstOf(value), paid, pay)
    return
  }
  pay()
  writer.open(wasm.IF)
  if (routes !== undefined) writeRoutesOr(parts, routes, labelOf)
  if (steps === undefined) {
    exits.leave(LOW_FUEL, graph.firstOf(value), paid)
  } else {
    refundFuel(writer, paid)
    writer.br(labelOf(steps))
  }
  writer.close()
}

// LABEL is 0 on the way to an entry; steers count from 1.
function writeDispatch(parts: Parts, index: number, labelOf: LabelOf): number {
  const { graph, writer } = parts
  const { successors } = graph.node(index)
  const miss = writer.open(wasm.BLOCK)
  writer.get(LABEL)
  writer.brTable([miss, ...successors.map(labelOf)], miss)
  writer.close()
  const routes = parts.resumption.routes.get(index)
  if (routes !== undefined) writeRoutesOr(parts, routes, labelOf)
  writer.op(wasm.UNREACHABLE)
  return OUTSIDE
}

// PC is 0 on the way to an entry, and no landing.
function writeTable(parts: Parts, index: number, labelOf: LabelOf): number {
  const node = parts.graph.node(index)
  if (node.landings.length <= MAX_COMPARED_LANDINGS) compareLandings(parts, node, labelOf)
  else lookUpLanding(parts, node, labelOf)
  const routes = parts.resumption.routes.get(index)
  if (routes !== undefined) writeRoutesOr(parts, routes, labelOf)
  parts.exits.leaveToPc(0)
  return OUTSIDE
}

function compareLandings(parts: Parts, node: Node, labelOf: LabelOf): void {
  const { graph, writer } = parts
  for (let at = 0; at < node.landings.length; at++) {
    writer.get(PC)
    writer.i32(graph.code.addressOf(node.landings[at] as number))
    writer.op(wasm.I32_EQ)
    writer.brIf(labelOf(node.successors[at] as number))
  }
}

// Rotation brings a remainder to the top, so that an address between two instructions misses the table.
function lookUpLanding(parts: Parts, node: Node, labelOf: LabelOf): void {
  const { graph, writer } = parts
  const first = node.landings[0] as number
  const last = node.landings[node.landings.length - 1] as number
  const miss = writer.open(wasm.BLOCK)
  const labels: Label[] = new Array(last - first + 1).fill(miss)
  for (let at = 0; at < node.landings.length; at++) {
    labels[(node.landings[at] as number) - first] = labelOf(node.successors[at] as number)
  }
  writer.get(PC)
  writer.i32(graph.code.addressOf(first))
  writer.op(wasm.I32_SUB)
  writer.i32(Math.log2(INSTRUCTION_BYTES))
  writer.op(wasm.I32_ROTR)
  writer.brTable(labels, miss)
  writer.close()
}

/** Leads to the entry in RESUME if it is one of the routes, else goes on. */
function writeRoutesOr(parts: Parts, routes: Routes, labelOf: LabelOf): void {
  const { writer } = parts
  const otherwise = writer.open(wasm.BLOCK)
  writeRoutes(parts, routes, labelOf, otherwise)
  writer.close()
}

function writeRoutes(parts: Parts, routes: Routes, labelOf: LabelOf, otherwise: Label): void {
  const { writer } = parts
  writer.get(RESUME)
  writer.i32(routes.first)
  writer.op(wasm.I32_SUB)
  writer.brTable(routes.nodes.map(labelOf), otherwise)
}
