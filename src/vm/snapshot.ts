// Owns taking a snapshot of a machine, and putting one into another machine. Its bytes are the codec's.
import { IridiumError } from '../core/errors.js'
import * as record from './layout.js'
import type { Machine } from './machine.js'
import type { CollectedOutput } from './output.js'
import {
  badSnapshot,
  checkContents,
  type HeapPiece,
  isZeroChunk,
  type Snapshot,
} from './snapshot-codec.js'
import { HEAP_CHUNK_BYTES } from './snapshot-schema.js'

const NOTHING = new Uint8Array(0)

/** The state of `machine`, with views of its memory: to be encoded before anything runs. */
export function snapshotOf(machine: Machine, output: CollectedOutput | undefined): Snapshot {
  return {
    program: machine.program.id,
    pc: machine.word(record.PC),
    instructionCount: machine.float(record.INSTRUCTION_COUNT),
    equalFlag: machine.word(record.EQUAL_FLAG) !== 0,
    remainder: machine.word(record.REMAINDER),
    loopCounter: machine.word(record.LOOP_COUNTER),
    registers: machine.registers(),
    floatRegisters: machine.floatRegisters(),
    basePointer: machine.word(record.BASE_POINTER),
    stack: machine.stackBytes(),
    heapLength: machine.word(record.HEAP_LENGTH),
    heap: piecesOf(machine.backedHeap()),
    stop: machine.word(record.STOP),
    fault: machine.word(record.FAULT),
    output: output?.utf8 ?? NOTHING,
    outputTruncated: output?.truncated ?? false,
  }
}

/**
 * Makes the state of `machine`, which is fresh, that of `snapshot`. Throws ERR_IRIDIUM_BAD_SNAPSHOT if it is of
 * another program or goes beyond a ceiling, ERR_IRIDIUM_LIMIT if the platform has no memory left.
 */
export function putSnapshot(machine: Machine, snapshot: Snapshot): void {
  const stackDepth = snapshot.stack.length / 4
  if (snapshot.program !== machine.program.id) {
    throw badSnapshot(`a snapshot of program ${snapshot.program}, not of ${machine.program.id}`)
  }
  checkCeiling('heap', 'bytes', snapshot.heapLength, machine.word(record.HEAP_LIMIT))
  checkCeiling('stack', 'entries', stackDepth, machine.word(record.STACK_LIMIT))
  checkContents(snapshot)
  machine.setWord(record.HEAP_LENGTH, snapshot.heapLength)
  const last = snapshot.heap.at(-1)
  const backed = last === undefined ? 0 : last.offset + last.bytes.length
  // Either may move the machine, so nothing else is written before.
  if (!machine.backStack(stackDepth) || !machine.backHeap(backed)) {
    throw new IridiumError('ERR_IRIDIUM_LIMIT', 'no memory for the machine of this snapshot')
  }
  machine.setWord(record.STACK_DEPTH, stackDepth)
  machine.stackBytes().set(snapshot.stack)
  const heap = machine.backedHeap()
  for (const { offset, bytes } of snapshot.heap) heap.set(bytes, offset)
  machine.registers().set(snapshot.registers)
  machine.floatRegisters().set(snapshot.floatRegisters)
  machine.setFloat(record.INSTRUCTION_COUNT, snapshot.instructionCount)
  machine.setWord(record.PC, snapshot.pc)
  machine.setWord(record.EQUAL_FLAG, snapshot.equalFlag ? 1 : 0)
  machine.setWord(record.REMAINDER, snapshot.remainder)
  machine.setWord(record.LOOP_COUNTER, snapshot.loopCounter)
  machine.setWord(record.BASE_POINTER, snapshot.basePointer)
  machine.setWord(record.STOP, snapshot.stop)
  machine.setWord(record.FAULT, snapshot.fault)
}

function checkCeiling(what: string, unit: string, needed: number, ceiling: number): void {
  if (needed <= ceiling) return
  throw badSnapshot(`its ${what} has ${needed} ${unit}, the ceiling here is ${ceiling}`)
}

/** The parts of `heap` that are not zero, in whole chunks. */
function piecesOf(heap: Uint8Array): HeapPiece[] {
  const pieces: HeapPiece[] = []
  let start = -1
  for (let offset = 0; offset < heap.length + HEAP_CHUNK_BYTES; offset += HEAP_CHUNK_BYTES) {
    const isZero = isZeroChunk(heap, offset)
    if (!isZero && start < 0) start = offset
    if (!isZero || start < 0) continue
    pieces.push({ offset: start, bytes: heap.subarray(start, offset) })
    start = -1
  }
  return pieces
}
