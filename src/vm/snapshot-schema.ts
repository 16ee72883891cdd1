// Owns the form of a snapshot: an Avro record, published as snapshot.avsc for readers in other languages.
// The code that writes and reads it is snapshot-codec.ts; a test holds the two together.
import { FAULT_REASONS } from './faults.js'

/** Of the form. A reader refuses what it does not know; fields never change under the same number. */
export const SNAPSHOT_VERSION = 1

/** How the program ended, if it has; in the order of layout.ts's STOP_ constants. */
const STOPS = ['running', 'halted', 'illegal', 'crashed']

/** Bytes of heap that are looked at together; writing a single byte as a piece of its own would cost more. */
export const HEAP_CHUNK_BYTES = 256

const sha256 = { type: 'fixed', name: 'Sha256', size: 32 }

const heapPiece = {
  type: 'record',
  name: 'HeapPiece',
  fields: [
    {
      name: 'offset',
      type: 'int',
      doc: `Of its first byte in the heap: a multiple of ${HEAP_CHUNK_BYTES}.`,
    },
    {
      name: 'bytes',
      type: 'bytes',
      doc: `Their number is a multiple of ${HEAP_CHUNK_BYTES}, too, unless the heap ends before.`,
    },
  ],
}

export const SNAPSHOT_SCHEMA = {
  type: 'record',
  name: 'Snapshot',
  doc: 'The whole state of one machine between two instructions.',
  fields: [
    { name: 'version', type: 'int', doc: `Of this form: ${SNAPSHOT_VERSION}.` },
    { name: 'program', type: sha256, doc: 'Hash of the image of the program, its id.' },
    { name: 'pc', type: 'int', doc: 'Byte address in the image.' },
    { name: 'instructionCount', type: 'long', doc: 'Instructions executed so far.' },
    { name: 'equalFlag', type: 'boolean' },
    { name: 'remainder', type: 'int' },
    { name: 'loopCounter', type: 'int', doc: '0 to 65535.' },
    { name: 'registers', type: { type: 'array', items: 'int' }, doc: '32 of them.' },
    {
      name: 'floatRegisters',
      type: { type: 'array', items: 'double' },
      doc: '32 of them; a NaN is 0x7ff8000000000000.',
    },
    {
      name: 'basePointer',
      type: 'int',
      doc: 'Depth of the stack behind the two entries of the latest call that has not returned; 0 outside any.',
    },
    {
      name: 'stack',
      type: 'bytes',
      doc: 'Entries from the bottom, 4 bytes each, little-endian. A call pushes its return address, then the base pointer before it.',
    },
    { name: 'heapLength', type: 'int', doc: 'Bytes of heap.' },
    {
      name: 'heap',
      type: { type: 'array', items: heapPiece },
      doc: 'What of it is not zero, in ascending order; between two pieces there is at least one zero chunk.',
    },
    { name: 'stop', type: { type: 'enum', name: 'StopKind', symbols: STOPS } },
    {
      name: 'fault',
      type: ['null', { type: 'enum', name: 'FaultReason', symbols: FAULT_REASONS }],
      doc: 'Why, if crashed; else null.',
    },
    { name: 'output', type: 'string', doc: 'What the host has collected of what was printed.' },
    { name: 'outputTruncated', type: 'boolean', doc: 'Whether more was printed than that.' },
    { name: 'checksum', type: 'Sha256', doc: 'Hash of all bytes before it.' },
  ],
} as const
