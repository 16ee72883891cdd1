// Owns what each instruction does: one loop over the decoded instructions (decode.ts) of one alignment, which
// ends where it needs anything but the machine's record and the memory that is backed already.
//
// The cases are numbers: V8 makes a jump table of them, but a chain of comparisons of names, at more than
// twice the time. A test holds numbers and names together.
import { UNDECODED } from './decode.js'
import { FAULT_REASONS } from './faults.js'
import type { FaultReason } from './instructions.js'
import * as record from './layout.js'
import type { Machine } from './machine.js'

// Why a stretch ended. Up to LAST_DONE, the last instruction has completed; from there on it has changed nothing.
export const AT_LIMIT = 0
export const HALTED = 1
export const PRINTED = 2
/** A jump has set pc to another alignment, or outside the image. */
export const JUMPED_AWAY = 3
const LAST_DONE = JUMPED_AWAY
export const NOT_DECODED = 4
export const STACK_NOT_BACKED = 5
export const HEAP_NOT_BACKED = 6
export const STOPPED_ILLEGAL = 7
/** And above: the index of the fault in FAULT_REASONS is added. */
export const FAULTED = 8

const because = (reason: FaultReason): number => FAULTED + FAULT_REASONS.indexOf(reason)
const DIVISION_BY_ZERO = because('divisionByZero')
const HEAP_OUT_OF_RANGE = because('heapOutOfRange')
const HEAP_LIMIT = because('heapLimit')
const NEGATIVE_ALLOCATION = because('negativeAllocation')
const STACK_OVERFLOW = because('stackOverflow')
const STACK_UNDERFLOW = because('stackUnderflow')
const RETURN_WITHOUT_CALL = because('returnWithoutCall')
const REGISTER_FAULT = because('badRegister')
const TRUNCATED_FAULT = because('truncatedInstruction')
const BAD_STRING = because('badString')

/** EQF64 takes two numbers as equal that differ by less. */
const EPSILON = 2 ** -52

/** Executes up to `limit` instructions of one alignment and returns why it ended; the record is in order then. */
export function stretch(machine: Machine, limit: number): number {
  const { decoded, base } = machine
  const { words, floats, view } = machine.block
  const m = base >>> 2
  const start = words[m + record.PC / 4] as number
  if (start >>> 0 >= decoded.length) return STOPPED_ILLEGAL

  const alignment = start & 3
  const slots = decoded.slots(alignment)
  const length = decoded.length
  const r = (base + record.REGISTERS) >>> 2
  const f = (base + record.FLOAT_REGISTERS) >>> 3
  const stack = (words[m + record.STACK_ADDRESS / 4] as number) >>> 2
  const capacity = words[m + record.STACK_CAPACITY / 4] as number
  const heap = words[m + record.HEAP_ADDRESS / 4] as number
  /** The highest offset at which four bytes of heap are backed. */
  const reach = (words[m + record.HEAP_CAPACITY / 4] as number) - 4

  let at = start >> 2
  let left = limit
  let flag = words[m + record.EQUAL_FLAG / 4] !== 0
  let depth = words[m + record.STACK_DEPTH / 4] as number
  let frame = words[m + record.BASE_POINTER / 4] as number
  let target = 0
  let why = AT_LIMIT

  run: while (left > 0) {
    const word = slots[at] as number
    const a = r + ((word >>> 8) & 31)
    const b = r + ((word >>> 13) & 31)
    const c = r + ((word >>> 18) & 31)
    const x = f + ((word >>> 8) & 31)
    const y = f + ((word >>> 13) & 31)
    const z = f + ((word >>> 18) & 31)
    at++
    left--
    // A case ends with `continue` if the next slot follows, with `break` if it has compared and a DJMPE
    // follows in the same step, with `break jump` if it has set a target.
    // biome-ignore lint/suspicious/noConfusingLabels: a jump skips what stands between it and its end
    jump: {
      switch (word & 0xff) {
        case 0: // LOAD
          if (word === UNDECODED) {
            why = NOT_DECODED
            break run
          }
          words[a] = word >>> 16
          continue
        case 39: // LUI
          words[a] = ((words[a] as number) << 16) | (word >>> 16)
          continue
        case 1: // ADD
          words[c] = ((words[a] as number) + (words[b] as number)) | 0
          continue
        case 2: // SUB
          words[c] = ((words[a] as number) - (words[b] as number)) | 0
          continue
        case 3: // MUL
          words[c] = Math.imul(words[a] as number, words[b] as number)
          continue
        case 4: {
          // DIV
          const dividend = words[a] as number
          const divisor = words[b] as number
          if (divisor === 0) {
            why = DIVISION_BY_ZERO
            break run
          }
          words[c] = (dividend / divisor) | 0
          words[m + record.REMAINDER / 4] = (dividend % divisor) | 0
          continue
        }
        case 18: // INC
          words[a] = ((words[a] as number) + 1) | 0
          continue
        case 19: // DEC
          words[a] = ((words[a] as number) - 1) | 0
          continue
        case 33: // SHL
          words[a] = (words[a] as number) << ((word >>> 13) & 31)
          continue
        case 34: // SHR
          words[a] = (words[a] as number) >> ((word >>> 13) & 31)
          continue
        case 35: // AND
          words[c] = (words[a] as number) & (words[b] as number)
          continue
        case 36: // OR
          words[c] = (words[a] as number) | (words[b] as number)
          continue
        case 37: // XOR
          words[c] = (words[a] as number) ^ (words[b] as number)
          continue
        case 38: // NOT
          words[b] = ~(words[a] as number)
          continue
        case 16: // NOP
          continue

        case 9: // EQ
          flag = words[a] === words[b]
          continue
        case 10: // NEQ
          flag = words[a] !== words[b]
          continue
        case 11: // GTE
          flag = (words[a] as number) >= (words[b] as number)
          continue
        case 12: // LTE
          flag = (words[a] as number) <= (words[b] as number)
          continue
        case 13: // LT
          flag = (words[a] as number) < (words[b] as number)
          continue
        case 14: // GT
          flag = (words[a] as number) > (words[b] as number)
          continue

        case 51: // EQ, DJMPE
          flag = words[a] === words[b]
          break
        case 52: // NEQ, DJMPE
          flag = words[a] !== words[b]
          break
        case 53: // GTE, DJMPE
          flag = (words[a] as number) >= (words[b] as number)
          break
        case 54: // LTE, DJMPE
          flag = (words[a] as number) <= (words[b] as number)
          break
        case 55: // LT, DJMPE
          flag = (words[a] as number) < (words[b] as number)
          break
        case 56: // GT, DJMPE
          flag = (words[a] as number) > (words[b] as number)
          break

        case 6: // JMP
          target = words[a] as number
          break jump
        case 7: // JMPF
          target = ((at << 2) + alignment - 2 + (words[a] as number)) | 0
          break jump
        case 8: // JMPB
          target = ((at << 2) + alignment - 2 - (words[a] as number)) | 0
          break jump
        case 15: // JMPE
          if (!flag) continue
          target = words[a] as number
          break jump
        case 20: // DJMPE
          if (!flag) continue
          target = word >>> 16
          break jump
        case 40: // CLOOP
          words[m + record.LOOP_COUNTER / 4] = word >>> 16
          continue
        case 41: {
          // LOOP
          const counter = words[m + record.LOOP_COUNTER / 4] as number
          if (counter === 0) continue
          words[m + record.LOOP_COUNTER / 4] = counter - 1
          target = word >>> 16
          break jump
        }

        case 46: // CALL
          if (depth + 2 > capacity) {
            why =
              depth + 2 > (words[m + record.STACK_LIMIT / 4] as number)
                ? STACK_OVERFLOW
                : STACK_NOT_BACKED
            break run
          }
          words[stack + depth] = (at << 2) + alignment
          words[stack + depth + 1] = frame
          depth += 2
          frame = depth
          target = word >>> 16
          break jump
        case 47: // RET
          if (frame === 0) {
            why = RETURN_WITHOUT_CALL
            break run
          }
          depth = frame - 2
          target = words[stack + depth] as number
          frame = words[stack + depth + 1] as number
          break jump
        case 44: // PUSH
          if (depth >= capacity) {
            why =
              depth >= (words[m + record.STACK_LIMIT / 4] as number)
                ? STACK_OVERFLOW
                : STACK_NOT_BACKED
            break run
          }
          words[stack + depth] = words[a] as number
          depth++
          continue
        case 45: // POP
          if (depth <= frame) {
            why = STACK_UNDERFLOW
            break run
          }
          depth--
          words[a] = words[stack + depth] as number
          continue

        case 42: {
          // LOADM
          const offset = words[a] as number
          if (offset < 0 || offset > reach) {
            why = isInHeap(offset, words, m) ? HEAP_NOT_BACKED : HEAP_OUT_OF_RANGE
            break run
          }
          words[b] = view.getInt32(heap + offset, true)
          continue
        }
        case 43: {
          // SETM
          const offset = words[a] as number
          if (offset < 0 || offset > reach) {
            why = isInHeap(offset, words, m) ? HEAP_NOT_BACKED : HEAP_OUT_OF_RANGE
            break run
          }
          view.setInt32(heap + offset, words[b] as number, true)
          continue
        }
        case 17: {
          // ALOC
          const more = words[a] as number
          const heapLength = (words[m + record.HEAP_LENGTH / 4] as number) + more
          if (more < 0 || heapLength > (words[m + record.HEAP_LIMIT / 4] as number)) {
            why = more < 0 ? NEGATIVE_ALLOCATION : HEAP_LIMIT
            break run
          }
          words[m + record.HEAP_LENGTH / 4] = heapLength
          continue
        }

        case 22: // LOADF64
          floats[x] = word >>> 16
          continue
        case 23: // ADDF64
          floats[z] = canonical((floats[x] as number) + (floats[y] as number))
          continue
        case 24: // SUBF64
          floats[z] = canonical((floats[x] as number) - (floats[y] as number))
          continue
        case 25: // MULF64
          floats[z] = canonical((floats[x] as number) * (floats[y] as number))
          continue
        case 26: // DIVF64
          floats[z] = canonical((floats[x] as number) / (floats[y] as number))
          continue
        case 27: // EQF64
          flag = areEqual(floats[x] as number, floats[y] as number)
          continue
        case 28: // NEQF64
          flag = !areEqual(floats[x] as number, floats[y] as number)
          continue
        case 29: // GTF64
          flag = (floats[x] as number) > (floats[y] as number)
          continue
        case 30: // GTEF64
          flag = (floats[x] as number) >= (floats[y] as number)
          continue
        case 31: // LTF64
          flag = (floats[x] as number) < (floats[y] as number)
          continue
        case 32: // LTEF64
          flag = (floats[x] as number) <= (floats[y] as number)
          continue

        case 57: // EQF64, DJMPE
          flag = areEqual(floats[x] as number, floats[y] as number)
          break
        case 58: // NEQF64, DJMPE
          flag = !areEqual(floats[x] as number, floats[y] as number)
          break
        case 59: // GTF64, DJMPE
          flag = (floats[x] as number) > (floats[y] as number)
          break
        case 60: // GTEF64, DJMPE
          flag = (floats[x] as number) >= (floats[y] as number)
          break
        case 61: // LTF64, DJMPE
          flag = (floats[x] as number) < (floats[y] as number)
          break
        case 62: // LTEF64, DJMPE
          flag = (floats[x] as number) <= (floats[y] as number)
          break

        case 21: // PRTS
          if (word >>> 16 > decoded.lastNul) {
            why = BAD_STRING
            break run
          }
          words[m + record.TEXT / 4] = word >>> 16
          why = PRINTED
          break run
        case 5: // HLT
          why = HALTED
          break run
        case 49: // BAD_REGISTER
          why = REGISTER_FAULT
          break run
        case 50: // TRUNCATED
          why = TRUNCATED_FAULT
          break run
        default: // ILLEGAL
          why = STOPPED_ILLEGAL
          break run
      }
      // The DJMPE, if the fuel is enough for it as well.
      if (left > 0) {
        left--
        at = flag ? word >>> 18 : at + 1
      }
      continue
    }
    if ((target & 3) !== alignment || target >>> 0 >= length) {
      why = JUMPED_AWAY
      break
    }
    at = target >> 2
  }

  if (why > LAST_DONE) {
    at--
    left++
  }
  words[m + record.PC / 4] = why === JUMPED_AWAY ? target : (at << 2) + alignment
  words[m + record.EQUAL_FLAG / 4] = flag ? 1 : 0
  words[m + record.STACK_DEPTH / 4] = depth
  words[m + record.BASE_POINTER / 4] = frame
  const done = limit - left
  const counts = (base + record.FUEL) >>> 3
  floats[counts] = (floats[counts] as number) - done
  floats[counts + 1] = (floats[counts + 1] as number) + done
  return why
}

/** Whether four bytes from `offset` lie in the heap that the program sees. */
function isInHeap(offset: number, words: Int32Array, m: number): boolean {
  return offset >= 0 && offset + 4 <= (words[m + record.HEAP_LENGTH / 4] as number)
}

function areEqual(x: number, y: number): boolean {
  return x === y || Math.abs(x - y) < EPSILON
}

/** A NaN that a computation makes may have any sign and payload; the constant has neither. */
function canonical(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value
}
