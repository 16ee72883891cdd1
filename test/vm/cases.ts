// What every instruction does, as data: a program, what stands in the machine before, and what is different
// after. Whatever a case does not name must be as it was. Both engines are held against this table.
import { HEADER_BYTES } from '../../src/vm/program.js'

type Values = Readonly<Record<number, number>>

export interface Case {
  readonly name: string
  readonly program: readonly (string | readonly number[] | { data: string | readonly number[] })[]
  readonly ceilings?: { maxHeapBytes?: number; maxStackEntries?: number }
  /** int registers, float registers, heap bytes. */
  readonly r?: Values
  readonly f?: Values
  readonly heap?: Values
  readonly after: {
    /** 'halted 0', 'halted 1' or the reason of a fault; default 'halted 0'. */
    readonly stop?: string
    /** Default: behind the last of the program. */
    readonly pc?: number
    /** Instructions executed; default: the lines of the program. */
    readonly count?: number
    readonly r?: Values
    readonly f?: Values
    readonly heap?: Values
    readonly heapLength?: number
    readonly flag?: boolean
    readonly remainder?: number
    readonly loopCounter?: number
    readonly stackDepth?: number
    readonly output?: string
  }
}

const MIN = -0x80000000
const MAX = 0x7fffffff
const EPSILON = 2 ** -52
const START = HEADER_BYTES

/** One instruction between registers, then HLT. */
const one = (line: string, r: Values, after: Case['after'], name = line): Case => ({
  name,
  program: [line, 'HLT'],
  r,
  after,
})

/** One float instruction, then HLT. */
const float = (line: string, f: Values, after: Case['after']): Case => ({
  name: `${line} with ${Object.values(f).join(', ')}`,
  program: [line, 'HLT'],
  f,
  after,
})

const compare = (mnemonic: string, a: number, b: number, flag: boolean): Case =>
  one(`${mnemonic} 5 6`, { 5: a, 6: b }, { flag }, `${mnemonic} ${a} ${b}`)

const compareFloats = (mnemonic: string, a: number, b: number, flag: boolean): Case =>
  float(`${mnemonic} 5 6`, { 5: a, 6: b }, { flag })

/** The first instruction faults, and nothing is different but the stop. */
const fault = (reason: string, ...program: Case['program']): Case => ({
  name: `${reason}: ${program.join('; ')}`,
  program,
  after: { stop: reason, pc: START, count: 0 },
})

export const CASES: readonly Case[] = [
  one('LOAD 3 65535', { 3: -1 }, { r: { 3: 65535 } }),
  one('LOAD 31 0', { 31: 7 }, { r: { 31: 0 } }),
  one('LUI 3 4660', { 3: 0x12345678 }, { r: { 3: 0x56781234 } }),
  one('LUI 3 65535', { 3: 0xffff }, { r: { 3: -1 } }),

  one('ADD 0 1 2', { 0: MAX, 1: 1, 2: 9 }, { r: { 2: MIN } }),
  one('ADD 0 0 0', { 0: 21 }, { r: { 0: 42 } }),
  one('SUB 0 1 2', { 0: MIN, 1: 1 }, { r: { 2: MAX } }),
  one('SUB 0 1 0', { 0: 5, 1: 7 }, { r: { 0: -2 } }),
  one('MUL 0 1 2', { 0: 0x10001, 1: 0x10001 }, { r: { 2: 0x20001 } }),
  one('MUL 0 1 2', { 0: MAX, 1: MAX }, { r: { 2: 1 } }),
  one('DIV 0 1 2', { 0: 7, 1: 2 }, { r: { 2: 3 }, remainder: 1 }),
  one('DIV 0 1 2', { 0: -7, 1: 2 }, { r: { 2: -3 }, remainder: -1 }),
  one('DIV 0 1 2', { 0: 7, 1: -2 }, { r: { 2: -3 }, remainder: 1 }),
  one('DIV 0 1 2', { 0: -8, 1: 2 }, { r: { 2: -4 }, remainder: 0 }),
  one('DIV 0 1 2', { 0: MIN, 1: -1 }, { r: { 2: MIN }, remainder: 0 }),
  one('DIV 0 0 0', { 0: 9 }, { r: { 0: 1 }, remainder: 0 }),
  fault('divisionByZero', 'DIV 0 1 2', 'HLT'),
  {
    name: 'a division by zero leaves destination and remainder',
    program: ['DIV 0 1 2', 'DIV 0 3 2'],
    r: { 0: 7, 1: 4 },
    after: { stop: 'divisionByZero', pc: START + 4, count: 1, r: { 2: 1 }, remainder: 3 },
  },
  one('INC 4', { 4: MAX }, { r: { 4: MIN } }),
  one('DEC 4', { 4: MIN }, { r: { 4: MAX } }),

  one('SHL 1 3', { 1: 0x30000001 }, { r: { 1: MIN + 8 } }),
  one('SHL 1 0', { 1: 0x12345678 }, { r: { 1: 0x56780000 } }, 'SHL without a count: 16'),
  one('SHL 1 32', { 1: 5 }, { r: { 1: 5 } }, 'SHL by 32: by 0'),
  one('SHL 1 33', { 1: 5 }, { r: { 1: 10 } }, 'SHL by 33: by 1'),
  one('SHR 1 3', { 1: -9 }, { r: { 1: -2 } }),
  one('SHR 1 0', { 1: MIN }, { r: { 1: -32768 } }, 'SHR without a count: 16'),
  one('SHR 1 255', { 1: MIN }, { r: { 1: -1 } }, 'SHR by 255: by 31'),
  one('AND 0 1 2', { 0: 12, 1: 10 }, { r: { 2: 8 } }),
  one('OR 0 1 2', { 0: 12, 1: 10 }, { r: { 2: 14 } }),
  one('XOR 0 1 2', { 0: 12, 1: 10 }, { r: { 2: 6 } }),
  one('NOT 0 1', { 0: 12, 1: 99 }, { r: { 1: -13 } }),
  one('NOP', {}, {}),
  one('HLT', {}, { count: 1, pc: START + 4 }),

  compare('EQ', 3, 3, true),
  compare('EQ', 3, 4, false),
  compare('NEQ', 3, 3, false),
  compare('NEQ', 3, -3, true),
  compare('GTE', 3, 3, true),
  compare('GTE', MIN, MAX, false),
  compare('LTE', 3, 3, true),
  compare('LTE', 4, 3, false),
  compare('LT', -1, 1, true),
  compare('LT', 1, 1, false),
  compare('GT', 1, -1, true),
  compare('GT', 1, 1, false),

  // The jumps: over an INC, or not.
  {
    name: 'JMP',
    program: ['JMP 0', 'INC 1', 'HLT'],
    r: { 0: START + 8 },
    after: { count: 2 },
  },
  {
    name: 'JMPF counts from A + 2',
    program: ['JMPF 0', 'INC 1', 'HLT'],
    r: { 0: 6 },
    after: { count: 2 },
  },
  {
    name: 'JMPB counts from A + 2',
    program: ['JMP 2', 'INC 1', 'HLT', 'JMPB 0'],
    r: { 0: 10, 2: START + 12 },
    after: { pc: START + 12, r: { 1: 1 } },
  },
  {
    name: 'JMPE taken keeps the flag',
    program: ['EQ 0 1', 'JMPE 2', 'INC 3', 'HLT'],
    r: { 2: START + 12 },
    after: { count: 3, flag: true },
  },
  {
    name: 'JMPE not taken goes on behind its four bytes',
    program: ['NEQ 0 1', [15, 2, 18, 18], 'INC 3', 'HLT'],
    r: { 2: START + 12 },
    after: { count: 4, r: { 3: 1 } },
  },
  {
    name: 'DJMPE taken',
    program: ['EQ 0 1', `DJMPE ${START + 12}`, 'INC 3', 'HLT'],
    after: { count: 3, flag: true },
  },
  {
    name: 'DJMPE not taken',
    program: ['NEQ 0 1', `DJMPE ${START + 12}`, 'INC 3', 'HLT'],
    after: { r: { 3: 1 } },
  },
  {
    name: 'DJMPE by itself',
    program: ['EQ 0 1', 'NOP', `DJMPE ${START + 16}`, 'INC 3', 'HLT'],
    after: { count: 4, flag: true },
  },
  {
    name: 'DJMPE after a comparison of floats',
    program: ['GTF64 0 1', `DJMPE ${START + 12}`, 'INC 3', 'HLT'],
    f: { 0: 1 },
    after: { count: 3, flag: true },
  },
  {
    name: 'a jump between a comparison and its DJMPE',
    program: ['JMP 2', 'NEQ 0 1', `DJMPE ${START + 16}`, 'INC 3', 'HLT'],
    r: { 1: 1, 2: START + 8 },
    after: { count: 4, r: { 3: 1 } },
  },
  {
    name: 'CLOOP n, LOOP: n + 1 passes',
    program: ['CLOOP 10', 'INC 0', `LOOP ${START + 4}`, 'HLT'],
    after: { count: 1 + 11 * 2 + 1, r: { 0: 11 }, loopCounter: 0 },
  },
  {
    name: 'CLOOP keeps its 16 bits',
    program: ['CLOOP 65535', 'HLT'],
    after: { loopCounter: 65535 },
  },
  {
    name: 'LOOP at 0 falls through',
    program: [`LOOP ${START + 8}`, 'INC 0', 'HLT'],
    after: { r: { 0: 1 } },
  },
  { name: 'a jump outside', program: ['JMP 0'], r: { 0: 9999 }, after: outside(9999) },
  { name: 'a jump below 0', program: ['JMP 0'], r: { 0: -4 }, after: outside(-4) },
  { name: 'to the end', program: ['JMP 0'], r: { 0: START + 4 }, after: outside(START + 4) },
  {
    name: 'JMPB below 0',
    program: ['JMPB 0'],
    r: { 0: START + 3 },
    after: outside(-1),
  },
  {
    name: 'JMPF wraps',
    program: ['JMPF 0'],
    r: { 0: MAX },
    after: outside((START + 2 + MAX) | 0),
  },
  {
    name: 'DJMPE outside',
    program: ['EQ 0 0', 'DJMPE 60000'],
    after: { ...outside(60000), count: 2, flag: true },
  },
  {
    name: 'CALL outside',
    program: ['CALL 60000'],
    after: { ...outside(60000), stackDepth: 2 },
  },
  {
    name: 'the header is code, too: its magic is illegal',
    program: ['JMP 0'],
    after: outside(0),
  },
  {
    name: 'the header is code, too: zeros are LOAD, a length of 5 is HLT',
    program: [{ data: 'four\0' }, 'JMP 1'],
    r: { 0: 7, 1: 56 },
    after: { count: 4, pc: 68, r: { 0: 0 } },
  },
  {
    name: 'the read-only section is code, too',
    program: [{ data: [18, 3, 0, 0, 5, 0, 0, 0] }, 'JMP 1'],
    r: { 1: 68 },
    after: { count: 3, pc: 76, r: { 3: 1 } },
  },
  {
    name: 'a jump to another alignment',
    program: ['JMP 1', [0, 18], 'INC 4', [0, 0], 'HLT'],
    r: { 1: START + 6 },
    after: {
      stop: 'halted 0',
      count: 4,
      r: { 4: 1, 0: 0x500 },
      pc: START + 4 + 10,
      ...misaligned(),
    },
  },

  // Stack and calls.
  { name: 'PUSH', program: ['PUSH 1', 'HLT'], r: { 1: 5 }, after: { stackDepth: 1 } },
  {
    name: 'PUSH, POP',
    program: ['PUSH 1', 'PUSH 2', 'POP 3', 'POP 4', 'HLT'],
    r: { 1: -5, 2: 6 },
    after: { r: { 3: 6, 4: -5 } },
  },
  {
    name: 'CALL, RET',
    program: [`CALL ${START + 8}`, 'HLT', 'INC 1', 'RET'],
    after: { count: 4, pc: START + 8, r: { 1: 1 } },
  },
  {
    name: 'RET drops what the callee left, and keeps what the caller pushed',
    program: ['PUSH 1', `CALL ${START + 16}`, 'POP 2', 'HLT', 'PUSH 3', 'PUSH 3', 'RET'],
    r: { 1: 11, 3: 33 },
    after: { count: 7, pc: START + 16, r: { 2: 11 } },
  },
  {
    name: 'a call within a call',
    program: [`CALL ${START + 8}`, 'HLT', 'PUSH 0', `CALL ${START + 24}`, 'POP 1', 'RET', 'RET'],
    r: { 0: 4 },
    after: { count: 7, pc: START + 8, r: { 1: 4 } },
  },
  {
    name: 'POP where the callee pushed nothing',
    program: ['PUSH 0', `CALL ${START + 8}`, 'POP 1'],
    after: { stop: 'stackUnderflow', pc: START + 8, count: 2, stackDepth: 3 },
  },
  fault('stackUnderflow', 'POP 1', 'HLT'),
  fault('returnWithoutCall', 'RET', 'HLT'),
  {
    name: 'RET without CALL, with something pushed',
    program: ['PUSH 0', 'RET'],
    after: { stop: 'returnWithoutCall', pc: START + 4, count: 1, stackDepth: 1 },
  },
  {
    name: 'PUSH at the ceiling',
    program: ['PUSH 0', 'PUSH 0', 'PUSH 0', 'HLT'],
    ceilings: { maxStackEntries: 2 },
    after: { stop: 'stackOverflow', pc: START + 8, count: 2, stackDepth: 2 },
  },
  {
    name: 'CALL at the ceiling',
    program: ['PUSH 0', 'PUSH 0', `CALL ${START}`],
    ceilings: { maxStackEntries: 3 },
    after: { stop: 'stackOverflow', pc: START + 8, count: 2, stackDepth: 2 },
  },
  {
    name: 'endless recursion',
    program: [`CALL ${START}`],
    ceilings: { maxStackEntries: 1000 },
    after: { stop: 'stackOverflow', pc: START, count: 500, stackDepth: 1000 },
  },
  {
    name: 'no stack at all',
    program: ['PUSH 0'],
    ceilings: { maxStackEntries: 0 },
    after: { stop: 'stackOverflow', pc: START, count: 0 },
  },

  // Heap.
  {
    name: 'LOADM is little-endian, offset first',
    program: ['LOADM 0 1', 'HLT'],
    r: { 0: 5 },
    heap: { 5: 0x78, 6: 0x56, 7: 0x34, 8: 0x92 },
    after: { r: { 1: 0x92345678 | 0 } },
  },
  {
    name: 'SETM is little-endian, at any offset',
    program: ['SETM 0 1', 'HLT'],
    r: { 0: 7, 1: -2 },
    after: { heap: { 7: 254, 8: 255, 9: 255, 10: 255 } },
  },
  {
    name: 'SETM, LOADM at the very end',
    program: ['SETM 0 1', 'LOADM 0 2', 'HLT'],
    r: { 0: 2044, 1: 1 },
    after: { r: { 2: 1 }, heap: { 2044: 1 } },
  },
  heapFault('LOADM 0 1', 2045),
  heapFault('LOADM 0 1', -1),
  heapFault('LOADM 0 1', MIN),
  heapFault('LOADM 0 1', MAX),
  heapFault('SETM 0 1', 2045),
  heapFault('SETM 0 1', -3),
  {
    name: 'ALOC grows by zero bytes',
    program: ['ALOC 0', 'LOADM 1 2', 'HLT'],
    r: { 0: 10, 1: 2054, 2: 9 },
    after: { heapLength: 2058, r: { 2: 0 } },
  },
  {
    name: 'ALOC keeps what was there, however far the heap grows',
    program: ['SETM 5 6', 'ALOC 0', 'SETM 1 2', 'LOADM 1 3', 'LOADM 5 7', 'HLT'],
    r: { 0: 1_000_000, 1: 1_002_044, 2: 77, 5: 2000, 6: 66 },
    after: {
      heapLength: 1_002_048,
      r: { 3: 77, 7: 66 },
      heap: { 2000: 66, 1002044: 77 },
    },
  },
  one('ALOC 0', { 0: 0 }, { heapLength: 2048 }),
  {
    name: 'ALOC up to the ceiling',
    program: ['ALOC 0', 'HLT'],
    ceilings: { maxHeapBytes: 2148 },
    r: { 0: 100 },
    after: { heapLength: 2148 },
  },
  {
    name: 'ALOC beyond the ceiling',
    program: ['ALOC 0', 'HLT'],
    ceilings: { maxHeapBytes: 2148 },
    r: { 0: 101 },
    after: { stop: 'heapLimit', pc: START, count: 0 },
  },
  {
    name: 'ALOC of as much as can be asked for',
    program: ['ALOC 0'],
    r: { 0: MAX },
    after: { stop: 'heapLimit', pc: START, count: 0 },
  },
  {
    name: 'ALOC of less than nothing',
    program: ['ALOC 0', 'HLT'],
    r: { 0: -1 },
    after: { stop: 'negativeAllocation', pc: START, count: 0 },
  },

  // Floats.
  float('LOADF64 3 65535', { 3: 0.5 }, { f: { 3: 65535 } }),
  float('ADDF64 0 1 2', { 0: 0.1, 1: 0.2 }, { f: { 2: 0.1 + 0.2 } }),
  float('SUBF64 0 1 2', { 0: 0.1, 1: 0.2 }, { f: { 2: -0.1 } }),
  float('MULF64 0 1 2', { 0: -0, 1: 3 }, { f: { 2: -0 } }),
  float('DIVF64 0 1 2', { 0: 1, 1: 0 }, { f: { 2: Number.POSITIVE_INFINITY } }),
  float('DIVF64 0 1 2', { 0: 0, 1: 0 }, { f: { 2: Number.NaN } }),
  float('SUBF64 0 0 31', { 0: Number.POSITIVE_INFINITY }, { f: { 31: Number.NaN } }),
  {
    name: 'DIVF64 leaves the remainder',
    program: ['DIV 0 1 2', 'DIVF64 0 1 2', 'HLT'],
    r: { 0: 7, 1: 4 },
    f: { 0: 7, 1: 4 },
    after: { r: { 2: 1 }, f: { 2: 1.75 }, remainder: 3 },
  },
  compareFloats('EQF64', 1, 1, true),
  compareFloats('EQF64', 1, 1 + EPSILON, false),
  compareFloats('EQF64', 1, 1 - EPSILON / 2, true),
  compareFloats('EQF64', 0, EPSILON, false),
  compareFloats('EQF64', 0, -0, true),
  compareFloats('EQF64', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true),
  compareFloats('EQF64', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false),
  compareFloats('EQF64', Number.NaN, Number.NaN, false),
  compareFloats('NEQF64', 1, 1, false),
  compareFloats('NEQF64', 0, EPSILON, true),
  compareFloats('NEQF64', 0, EPSILON / 2, false),
  compareFloats('NEQF64', Number.NaN, 1, true),
  compareFloats('NEQF64', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, false),
  compareFloats('GTF64', 1 + EPSILON, 1, true),
  compareFloats('GTF64', 1, 1, false),
  compareFloats('GTEF64', 1, 1, true),
  compareFloats('GTEF64', Number.NaN, 1, false),
  compareFloats('LTF64', 1, 1 + EPSILON, true),
  compareFloats('LTF64', 1, Number.NaN, false),
  compareFloats('LTEF64', 1, 1, true),
  compareFloats('LTEF64', 1, 0.5, false),

  // Output.
  {
    name: 'PRTS',
    program: [{ data: 'ab\0é\0' }, 'PRTS 3', 'PRTS 0', 'PRTS 1', 'PRTS 2', 'HLT'],
    after: { output: 'éabb' },
  },
  {
    name: 'PRTS of bad UTF-8',
    program: [{ data: [0x41, 0xff, 0x42, 0] }, 'PRTS 0', 'HLT'],
    after: { output: 'A\ufffdB' },
  },
  {
    name: 'PRTS behind the last NUL',
    program: [{ data: 'ab\0cd' }, 'PRTS 3', 'HLT'],
    after: { stop: 'badString', count: 0, pc: START + 5 },
  },
  {
    name: 'PRTS outside the read-only section',
    program: [{ data: 'ab\0' }, 'PRTS 3', 'HLT'],
    after: { stop: 'badString', count: 0, pc: START + 3 },
  },
  fault('badString', 'PRTS 0', 'HLT'),

  // What stops or faults by its form.
  { name: 'the end of the image', program: ['INC 0'], after: { stop: 'halted 1', r: { 0: 1 } } },
  { name: 'no code at all', program: [], after: { stop: 'halted 1', count: 0 } },
  { name: 'IGL', program: ['IGL', 'HLT'], after: { stop: 'halted 1', pc: START, count: 0 } },
  ...[48, 64, 99, 101, 255].map((opcode) => ({
    name: `opcode ${opcode}`,
    program: [[opcode, 0, 0, 0], 'HLT'],
    after: { stop: 'halted 1', pc: START, count: 0 },
  })),
  ...[1, 2, 3].map((length) => ({
    name: `HLT cut to ${length}`,
    program: [[5, 0, 0].slice(0, length)],
    after: { pc: START + 4, count: 1 },
  })),
  ...[1, 2, 3].map((length) => ({
    name: `an illegal opcode cut to ${length}`,
    program: [[200, 0, 0].slice(0, length)],
    after: { stop: 'halted 1', pc: START, count: 0 },
  })),
  ...[0, 1, 6, 15, 16, 18, 20, 21, 44, 45, 47].flatMap((opcode) =>
    [1, 2, 3].map((length) => ({
      name: `opcode ${opcode} cut to ${length}`,
      program: [[opcode, 99, 99].slice(0, length)],
      after: { stop: 'truncatedInstruction', pc: START, count: 0 },
    })),
  ),
  {
    name: 'a jump into the last bytes',
    program: ['JMP 0', 'HLT'],
    r: { 0: START + 6 },
    after: { stop: 'truncatedInstruction', pc: START + 6, count: 1 },
  },
  {
    name: 'a cut DJMPE after a comparison',
    program: ['EQ 0 0', [20, 0]],
    after: { stop: 'truncatedInstruction', pc: START + 4, count: 1, flag: true },
  },
  ...badRegisters(),
  {
    name: 'bytes that an instruction does not use mean nothing',
    program: [
      [18, 3, 99, 99],
      [16, 255, 255, 255],
      [44, 3, 200, 200],
      [45, 4, 77, 77],
      [5, 1, 2, 3],
    ],
    after: { r: { 3: 1, 4: 1 }, count: 5 },
  },
]

function outside(pc: number): Case['after'] {
  return { stop: 'halted 1', pc, count: 1 }
}

// JMP to START + 6: the INC; then 00 00 05 00 is LOAD 0 0x0500, and then 00 00 is cut off.
function misaligned(): Partial<Case['after']> {
  return { stop: 'truncatedInstruction', count: 3 }
}

function heapFault(line: string, offset: number): Case {
  return {
    name: `${line} at ${offset}`,
    program: [line, 'HLT'],
    r: { 0: offset, 1: 3 },
    after: { stop: 'heapOutOfRange', pc: START, count: 0 },
  }
}

/** Every register operand of every instruction, one above the highest and at its highest. */
function badRegisters(): Case[] {
  const registerCounts = new Map([
    ...[1, 2, 3, 4, 23, 24, 25, 26, 35, 36, 37].map((opcode) => [opcode, 3] as const),
    ...[9, 10, 11, 12, 13, 14, 27, 28, 29, 30, 31, 32, 38, 42, 43].map((op) => [op, 2] as const),
    ...[0, 6, 7, 8, 15, 17, 18, 19, 22, 33, 34, 39, 44, 45].map((opcode) => [opcode, 1] as const),
  ])
  return [...registerCounts].flatMap(([opcode, count]) =>
    Array.from({ length: count }, (_, operand) => operand).flatMap((operand) =>
      [32, 255].map((register): Case => {
        const bytes = [opcode, 0, 0, 0]
        bytes[1 + operand] = register
        return {
          name: `opcode ${opcode}, operand ${operand + 1} = ${register}`,
          program: [bytes, 'HLT'],
          after: { stop: 'badRegister', pc: START, count: 0 },
        }
      }),
    ),
  )
}
