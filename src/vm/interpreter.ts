// Owns the execution of decoded instructions, one after the other: the engine that can do everything.
// Its contract stands in engine.ts, the form of the decoded instructions in decode.ts.
import { BAD_REGISTER, FUSED_FLOAT, FUSED_INT, TRUNCATED, UNDECODED } from './decode.js'
import { EXIT_DONE, EXIT_PRINT } from './engine.js'
import { FAULT_REASONS } from './faults.js'
import type { FaultReason } from './instructions.js'
import * as record from './layout.js'
import type { Machine } from './machine.js'
import * as op from './opcodes.js'

/** Instructions of one stretch at most: V8 changes to faster code between two calls more surely than inside one. */
const MAX_STRETCH = 2 ** 16
/** EQF64 takes two numbers as equal that differ by less. */
const EPSILON = 2 ** -52

// Why a stretch ended. Up to LAST_DONE, the last instruction has completed.
const AT_LIMIT = 0
const HALTED = 1
const PRINTED = 2
/** A jump has set pc to another alignment, or outside the image. */
const JUMPED_AWAY = 3
const LAST_DONE = JUMPED_AWAY
const NOT_DECODED = 4
const STACK_NOT_BACKED = 5
const HEAP_NOT_BACKED = 6
const STOPPED_ILLEGAL = 7
/** And above: the index of the fault is added. */
const FAULTED = 8

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

/** Executes at most `limit` instructions of `machine`, within its fuel. Returns EXIT_DONE or EXIT_PRINT. */
export function interpret(machine: Machine, limit: number): number {
  let rest = limit
  while (machine.word(record.STOP) === record.STOP_NONE) {
    const fuel = machine.float(record.FUEL)
    const most = Math.min(rest, fuel, MAX_STRETCH)
    if (most <= 0) break
    const count = machine.float(record.INSTRUCTION_COUNT)
    const why = stretch(machine, most)
    rest -= machine.float(record.INSTRUCTION_COUNT) - count
    if (why === PRINTED) return EXIT_PRINT
    serve(machine, why)
  }
  return EXIT_DONE
}

/** Does what the end of a stretch asks for: what the next stretch needs, or the stop. */
function serve(machine: Machine, why: number): void {
  const pc = machine.word(record.PC)
  switch (why) {
    case AT_LIMIT:
    case JUMPED_AWAY:
      break
    case NOT_DECODED:
      machine.decoded.decodeFrom(pc >> 2, pc & 3)
      break
    case STACK_NOT_BACKED: {
      // Two more entries are enough for PUSH and CALL alike.
      const entries = machine.word(record.STACK_DEPTH) + 2
      const isBacked = machine.backStack(Math.min(entries, machine.word(record.STACK_LIMIT)))
      if (!isBacked) crash(machine, STACK_OVERFLOW)
      break
    }
    case HEAP_NOT_BACKED: {
      const register = machine.program.bytes[pc + 1] as number
      const offset = machine.word(record.REGISTERS + register * 4)
      if (!machine.backHeap(offset + 4)) crash(machine, HEAP_LIMIT)
      break
    }
    case HALTED:
      machine.setWord(record.STOP, record.STOP_HALTED)
      break
    case STOPPED_ILLEGAL:
      machine.setWord(record.STOP, record.STOP_ILLEGAL)
      break
    default:
      crash(machine, why)
  }
}

function crash(machine: Machine, why: number): void {
  machine.setWord(record.STOP, record.STOP_CRASHED)
  machine.setWord(record.FAULT, why - FAULTED)
}

/** Executes up to `limit` instructions of one alignment; returns why it ended. The record is in order then. */
function stretch(machine: Machine, limit: number): number {
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
    // A case that ends with `continue` goes on with the next slot, one that ends with `break` jumps to `target`.
    switch (word & 0xff) {
      case op.LOAD:
        words[a] = word >>> 16
        continue
      case op.LUI:
        words[a] = ((words[a] as number) << 16) | (word >>> 16)
        continue
      case op.ADD:
        words[c] = ((words[a] as number) + (words[b] as number)) | 0
        continue
      case op.SUB:
        words[c] = ((words[a] as number) - (words[b] as number)) | 0
        continue
      case op.MUL:
        words[c] = Math.imul(words[a] as number, words[b] as number)
        continue
      case op.DIV: {
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
      case op.INC:
        words[a] = ((words[a] as number) + 1) | 0
        continue
      case op.DEC:
        words[a] = ((words[a] as number) - 1) | 0
        continue
      case op.SHL:
        words[a] = (words[a] as number) << ((word >>> 13) & 31)
        continue
      case op.SHR:
        words[a] = (words[a] as number) >> ((word >>> 13) & 31)
        continue
      case op.AND:
        words[c] = (words[a] as number) & (words[b] as number)
        continue
      case op.OR:
        words[c] = (words[a] as number) | (words[b] as number)
        continue
      case op.XOR:
        words[c] = (words[a] as number) ^ (words[b] as number)
        continue
      case op.NOT:
        words[b] = ~(words[a] as number)
        continue
      case op.NOP:
        continue

      case op.EQ:
        flag = words[a] === words[b]
        continue
      case op.NEQ:
        flag = words[a] !== words[b]
        continue
      case op.GTE:
        flag = (words[a] as number) >= (words[b] as number)
        continue
      case op.LTE:
        flag = (words[a] as number) <= (words[b] as number)
        continue
      case op.LT:
        flag = (words[a] as number) < (words[b] as number)
        continue
      case op.GT:
        flag = (words[a] as number) > (words[b] as number)
        continue

      // A comparison and the jump behind it, in one step if the fuel is enough for both.
      case op.EQ + FUSED_INT:
        flag = words[a] === words[b]
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue
      case op.NEQ + FUSED_INT:
        flag = words[a] !== words[b]
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue
      case op.GTE + FUSED_INT:
        flag = (words[a] as number) >= (words[b] as number)
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue
      case op.LTE + FUSED_INT:
        flag = (words[a] as number) <= (words[b] as number)
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue
      case op.LT + FUSED_INT:
        flag = (words[a] as number) < (words[b] as number)
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue
      case op.GT + FUSED_INT:
        flag = (words[a] as number) > (words[b] as number)
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue

      case op.JMP:
        target = words[a] as number
        break
      case op.JMPF:
        target = ((at << 2) + alignment - 2 + (words[a] as number)) | 0
        break
      case op.JMPB:
        target = ((at << 2) + alignment - 2 - (words[a] as number)) | 0
        break
      case op.JMPE:
        if (!flag) continue
        target = words[a] as number
        break
      case op.DJMPE:
        if (!flag) continue
        target = word >>> 16
        break
      case op.CLOOP:
        words[m + record.LOOP_COUNTER / 4] = word >>> 16
        continue
      case op.LOOP: {
        const counter = words[m + record.LOOP_COUNTER / 4] as number
        if (counter === 0) continue
        words[m + record.LOOP_COUNTER / 4] = counter - 1
        target = word >>> 16
        break
      }

      case op.CALL:
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
        break
      case op.RET:
        if (frame === 0) {
          why = RETURN_WITHOUT_CALL
          break run
        }
        depth = frame - 2
        target = words[stack + depth] as number
        frame = words[stack + depth + 1] as number
        break
      case op.PUSH:
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
      case op.POP:
        if (depth <= frame) {
          why = STACK_UNDERFLOW
          break run
        }
        depth--
        words[a] = words[stack + depth] as number
        continue

      case op.LOADM: {
        const offset = words[a] as number
        if (offset < 0 || offset > reach) {
          why = isInHeap(offset, words, m) ? HEAP_NOT_BACKED : HEAP_OUT_OF_RANGE
          break run
        }
        words[b] = view.getInt32(heap + offset, true)
        continue
      }
      case op.SETM: {
        const offset = words[a] as number
        if (offset < 0 || offset > reach) {
          why = isInHeap(offset, words, m) ? HEAP_NOT_BACKED : HEAP_OUT_OF_RANGE
          break run
        }
        view.setInt32(heap + offset, words[b] as number, true)
        continue
      }
      case op.ALOC: {
        const more = words[a] as number
        const heapLength = (words[m + record.HEAP_LENGTH / 4] as number) + more
        if (more < 0 || heapLength > (words[m + record.HEAP_LIMIT / 4] as number)) {
          why = more < 0 ? NEGATIVE_ALLOCATION : HEAP_LIMIT
          break run
        }
        words[m + record.HEAP_LENGTH / 4] = heapLength
        continue
      }

      case op.LOADF64:
        floats[x] = word >>> 16
        continue
      case op.ADDF64:
        floats[z] = canonical((floats[x] as number) + (floats[y] as number))
        continue
      case op.SUBF64:
        floats[z] = canonical((floats[x] as number) - (floats[y] as number))
        continue
      case op.MULF64:
        floats[z] = canonical((floats[x] as number) * (floats[y] as number))
        continue
      case op.DIVF64:
        floats[z] = canonical((floats[x] as number) / (floats[y] as number))
        continue
      case op.EQF64:
        flag = areEqual(floats[x] as number, floats[y] as number)
        continue
      case op.NEQF64:
        flag = !areEqual(floats[x] as number, floats[y] as number)
        continue
      case op.GTF64:
        flag = (floats[x] as number) > (floats[y] as number)
        continue
      case op.GTEF64:
        flag = (floats[x] as number) >= (floats[y] as number)
        continue
      case op.LTF64:
        flag = (floats[x] as number) < (floats[y] as number)
        continue
      case op.LTEF64:
        flag = (floats[x] as number) <= (floats[y] as number)
        continue

      case op.EQF64 + FUSED_FLOAT:
        flag = areEqual(floats[x] as number, floats[y] as number)
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue
      case op.NEQF64 + FUSED_FLOAT:
        flag = !areEqual(floats[x] as number, floats[y] as number)
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue
      case op.GTF64 + FUSED_FLOAT:
        flag = (floats[x] as number) > (floats[y] as number)
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue
      case op.GTEF64 + FUSED_FLOAT:
        flag = (floats[x] as number) >= (floats[y] as number)
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue
      case op.LTF64 + FUSED_FLOAT:
        flag = (floats[x] as number) < (floats[y] as number)
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue
      case op.LTEF64 + FUSED_FLOAT:
        flag = (floats[x] as number) <= (floats[y] as number)
        if (left > 0) {
          left--
          at = flag ? word >>> 18 : at + 1
        }
        continue

      case op.PRTS:
        if (word >>> 16 > decoded.lastNul) {
          why = BAD_STRING
          break run
        }
        words[m + record.TEXT / 4] = word >>> 16
        why = PRINTED
        break run
      case op.HLT:
        why = HALTED
        break run
      case BAD_REGISTER:
        why = REGISTER_FAULT
        break run
      case TRUNCATED:
        why = TRUNCATED_FAULT
        break run
      case UNDECODED:
        why = NOT_DECODED
        break run
      default: // ILLEGAL
        why = STOPPED_ILLEGAL
        break run
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
