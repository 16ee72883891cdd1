// Owns the bytes of a snapshot: writing one in the form of snapshot-schema.ts, and reading it back. It does not know
// machines, only their state. What is out of range or out of order is refused, and so are other forms of the same state, but
// for those that Avro allows (arrays in several blocks, longer numbers). Whether the program would ever come to such a
// state is not asked, since registers, heap and ceilings are the host's: where it has stopped, and why, is believed.
import { ByteReader, ByteWriter, OutOfBytes } from '../core/bytes.js'
import { IridiumError } from '../core/errors.js'
import { MAX_HEAP_BYTES, MAX_STACK_ENTRIES } from '../core/limits.js'
import { FAULT_REASONS } from './faults.js'
import { REGISTER_COUNT } from './instructions.js'
import { STOP_CRASHED } from './layout.js'
import { isUtf8 } from './output.js'
import { fromHex, sha256, toHex } from './sha256.js'
import { HEAP_CHUNK_BYTES, SNAPSHOT_VERSION } from './snapshot-schema.js'

const HASH_BYTES = 32
const MAX_LOOP_COUNTER = 65_535
/** What everything but stack, heap and output takes at most, and somewhat more. */
const FIXED_BYTES = 1024

/** The state of a machine; the arrays may be views. The fields are those of snapshot-schema.ts. */
export interface Snapshot {
  /** Its id: a hash in hex. */
  readonly program: string
  readonly pc: number
  readonly instructionCount: number
  readonly equalFlag: boolean
  readonly remainder: number
  readonly loopCounter: number
  readonly registers: ArrayLike<number>
  readonly floatRegisters: ArrayLike<number>
  readonly basePointer: number
  readonly stack: Uint8Array
  readonly heapLength: number
  readonly heap: readonly HeapPiece[]
  /** One of the STOP_ constants. */
  readonly stop: number
  /** An index into FAULT_REASONS if crashed, else 0. */
  readonly fault: number
  /** UTF-8. */
  readonly output: Uint8Array
  readonly outputTruncated: boolean
  /** What it was read from, not checked for damage yet: checkContents. */
  readonly source?: Uint8Array
}

export interface HeapPiece {
  readonly offset: number
  readonly bytes: Uint8Array
}

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const heapBytes = snapshot.heap.reduce((sum, { bytes }) => sum + bytes.length + 16, 0)
  const variable = snapshot.stack.length + heapBytes + snapshot.output.length
  const writer = new ByteWriter(FIXED_BYTES + variable)
  writer.long(SNAPSHOT_VERSION)
  writer.put(fromHex(snapshot.program))
  writer.long(snapshot.pc)
  writer.long(snapshot.instructionCount)
  writer.boolean(snapshot.equalFlag)
  writer.long(snapshot.remainder)
  writer.long(snapshot.loopCounter)
  writeArray(writer, snapshot.registers, (value) => writer.long(value))
  writeArray(writer, snapshot.floatRegisters, (value) => writer.double(value))
  writer.long(snapshot.basePointer)
  writer.sized(snapshot.stack)
  writer.long(snapshot.heapLength)
  writeArray(writer, snapshot.heap, ({ offset, bytes }) => {
    writer.long(offset)
    writer.sized(bytes)
  })
  writer.long(snapshot.stop)
  // A union: the branch, then its value.
  const isCrashed = snapshot.stop === STOP_CRASHED
  writer.long(isCrashed ? 1 : 0)
  if (isCrashed) writer.long(snapshot.fault)
  writer.sized(snapshot.output)
  writer.boolean(snapshot.outputTruncated)
  writer.put(sha256(writer.view()))
  return writer.view().slice()
}

/** Views into `bytes`, of the right form; checkContents looks for the rest. Throws ERR_IRIDIUM_BAD_SNAPSHOT for any other. */
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  try {
    return read(bytes)
  } catch (error) {
    if (error instanceof OutOfBytes)
      throw badSnapshot(`the snapshot is cut off or altered: ${error.message}`)
    throw error
  }
}

export function badSnapshot(message: string): IridiumError {
  return new IridiumError('ERR_IRIDIUM_BAD_SNAPSHOT', message)
}

function read(bytes: Uint8Array): Snapshot {
  const reader = new ByteReader(bytes)
  const version = reader.long()
  if (version !== SNAPSHOT_VERSION) {
    throw badSnapshot(`version ${SNAPSHOT_VERSION} is known, this snapshot has ${version}`)
  }
  const program = toHex(reader.take(HASH_BYTES))
  const pc = i32(reader, 'pc')
  const instructionCount = within(reader, 'instructionCount', 0, Number.MAX_SAFE_INTEGER)
  const equalFlag = reader.boolean()
  const remainder = i32(reader, 'remainder')
  const loopCounter = within(reader, 'loopCounter', 0, MAX_LOOP_COUNTER)
  const registers = readRegisters(reader, () => i32(reader, 'a register'))
  const floatRegisters = readRegisters(reader, () => reader.double())
  const basePointer = within(reader, 'basePointer', 0, MAX_STACK_ENTRIES)
  const stack = reader.sized(MAX_STACK_ENTRIES * 4)
  checkFrames(stack, basePointer)
  const heapLength = within(reader, 'heapLength', 0, MAX_HEAP_BYTES)
  const heap = readHeap(reader, heapLength)
  const stop = within(reader, 'stop', 0, STOP_CRASHED)
  const fault = readFault(reader, stop)
  const output = reader.sized(MAX_HEAP_BYTES)
  const outputTruncated = reader.boolean()
  if (reader.remaining !== HASH_BYTES) {
    throw badSnapshot(
      `${reader.remaining - HASH_BYTES} bytes follow where the checksum should stand`,
    )
  }
  return {
    program,
    pc,
    instructionCount,
    equalFlag,
    remainder,
    loopCounter,
    registers,
    floatRegisters,
    basePointer,
    stack,
    heapLength,
    heap,
    stop,
    fault,
    output,
    outputTruncated,
    source: bytes,
  }
}

/** The checks that take time for each byte: to be made when the lengths are known to be within the ceilings. */
export function checkContents({ source, heap, output }: Snapshot): void {
  if (source !== undefined) checkSum(source)
  for (const { offset, bytes } of heap) {
    for (let at = 0; at < bytes.length; at += HEAP_CHUNK_BYTES) {
      if (isZeroChunk(bytes, at))
        throw badSnapshot(`nothing but zeros in the heap at ${offset + at}`)
    }
  }
  if (!isUtf8(output)) throw badSnapshot('the output is not UTF-8')
}

// Damage is found here; whoever forges a snapshot can forge this, too, so everything else is checked as well.
function checkSum(bytes: Uint8Array): void {
  const end = Math.max(bytes.length - HASH_BYTES, 0)
  const sum = sha256(bytes.subarray(0, end))
  if (!sum.every((byte, index) => byte === bytes[end + index])) {
    throw badSnapshot('the checksum does not fit: the snapshot is cut off or altered')
  }
}

/** From the innermost frame outwards: each lies, with its two entries, within the one before. */
function checkFrames(stack: Uint8Array, basePointer: number): void {
  if (stack.length % 4 !== 0) throw badSnapshot(`a stack of ${stack.length} bytes`)
  const view = new DataView(stack.buffer, stack.byteOffset, stack.length)
  let top = stack.length / 4
  for (let base = basePointer; base !== 0; base = view.getInt32((base - 1) * 4, true)) {
    if (base < 2 || base > top) throw badSnapshot(`a frame at ${base}, where ${top} entries are`)
    top = base - 2
  }
}

function readHeap(reader: ByteReader, heapLength: number): HeapPiece[] {
  const pieces: HeapPiece[] = []
  let least = 0
  readArray(reader, () => {
    const offset = reader.long()
    const bytes = reader.sized(heapLength)
    const end = offset + bytes.length
    const isWhole = end % HEAP_CHUNK_BYTES === 0 || end === heapLength
    if (offset % HEAP_CHUNK_BYTES !== 0 || !isWhole || bytes.length === 0) {
      throw badSnapshot(`a piece of heap from ${offset} to ${end}`)
    }
    if (offset < least || end > heapLength) {
      throw badSnapshot(
        `a piece of heap from ${offset} to ${end} behind ${least}, of ${heapLength}`,
      )
    }
    least = end + HEAP_CHUNK_BYTES
    pieces.push({ offset, bytes })
  })
  return pieces
}

/** Whether there is nothing but zeros in the chunk of `bytes` from `offset` on, also behind their end. */
export function isZeroChunk(bytes: Uint8Array, offset: number): boolean {
  const end = Math.min(offset + HEAP_CHUNK_BYTES, bytes.length)
  for (let index = offset; index < end; index++) if (bytes[index] !== 0) return false
  return true
}

function readFault(reader: ByteReader, stop: number): number {
  const branch = within(reader, 'fault', 0, 1)
  if ((branch === 1) !== (stop === STOP_CRASHED))
    throw badSnapshot('a stop and a fault that do not fit')
  return branch === 1 ? within(reader, 'fault', 0, FAULT_REASONS.length - 1) : 0
}

function readRegisters(reader: ByteReader, item: () => number): number[] {
  const values: number[] = []
  readArray(reader, () => {
    if (values.length === REGISTER_COUNT) throw badSnapshot('more registers than there are')
    values.push(item())
  })
  if (values.length < REGISTER_COUNT) throw badSnapshot(`${values.length} registers`)
  return values
}

/** An Avro array: blocks of a count and as many items, up to an empty block. */
function readArray(reader: ByteReader, item: () => void): void {
  for (let count = reader.long(); count !== 0; count = reader.long()) {
    if (count < 0) {
      // Such a block also says its size in bytes, for readers that skip it.
      reader.long()
      count = -count
    }
    for (let index = 0; index < count; index++) item()
  }
}

function writeArray<T>(writer: ByteWriter, items: ArrayLike<T>, item: (value: T) => void): void {
  if (items.length > 0) {
    writer.long(items.length)
    for (let index = 0; index < items.length; index++) item(items[index] as T)
  }
  writer.long(0)
}

function i32(reader: ByteReader, name: string): number {
  return within(reader, name, -(2 ** 31), 2 ** 31 - 1)
}

function within(reader: ByteReader, name: string, min: number, max: number): number {
  const value = reader.long()
  if (value < min || value > max)
    throw badSnapshot(`${name} is ${value}, not from ${min} to ${max}`)
  return value
}
