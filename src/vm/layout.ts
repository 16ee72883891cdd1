// Owns the machine's record: where each part of a machine's state lies, in bytes from the machine's base.
// The interpreter, the compiled code, snapshots and Vm's properties all read and write this record and
// nothing else, so that any of them can go on where another stopped. All integers are little-endian i32,
// unless a comment says otherwise; the base is a multiple of 64, so every typed view over it is aligned.
//
//   0     float registers       32 x f64
//   256   integer registers     32 x i32
//   384   fuel                  f64: instructions that the run may still execute
//   392   instruction count     f64: instructions executed so far
//   400   pc ...                the words below
//   480   first stack           8 x i32: the stack, until it needs more
//   512   end
//
// Heap and stack, but for its first entries, lie elsewhere in the same memory and are backed as they are touched. Whoever needs more
// than CAPACITY says leaves the instruction to the interpreter, which asks the memory and may thereby move
// the stack, the heap or the whole machine: addresses hold only until the next such instruction.

export const FLOAT_REGISTERS = 0
export const REGISTERS = 256
/** f64: what is left of the fuel of the current run; Infinity for none. */
export const FUEL = 384
/** f64: exact up to 2^53. */
export const INSTRUCTION_COUNT = 392

/** Byte address in the image. */
export const PC = 400
/** 0 or 1. */
export const EQUAL_FLAG = 404
export const REMAINDER = 408
/** Unsigned, at most 65,535. */
export const LOOP_COUNTER = 412

/** Entries on the stack, each an i32. */
export const STACK_DEPTH = 416
/** Depth of the stack right after the latest CALL; 0 outside any call. */
export const BASE_POINTER = 420
/** Byte address of the stack in the memory. */
export const STACK_ADDRESS = 424
/** Entries that are backed by memory, never above STACK_LIMIT; a push beyond asks the memory for more. */
export const STACK_CAPACITY = 428
/** Ceiling of the stack, in entries. */
export const STACK_LIMIT = 432

/** Byte address of the heap in the memory; 0 while none is backed. */
export const HEAP_ADDRESS = 436
/** Bytes of heap that the program sees. */
export const HEAP_LENGTH = 440
/**
 * Bytes of heap that are backed by memory, never above HEAP_LENGTH, so that this one bound checks an access.
 * What lies between the two is zero, and takes space when it is first touched.
 */
export const HEAP_CAPACITY = 444
/** Ceiling of the heap, in bytes. */
export const HEAP_LIMIT = 448

/** One of the STOP_ constants. */
export const STOP = 452
/** With STOP_CRASHED: an index into FAULT_REASONS; else 0. */
export const FAULT = 456

/** After EXIT_PRINT: offset in the read-only section of the text that PRTS prints. */
export const TEXT = 460

/** f64: when the loaded program first ran, and stopped, in milliseconds since the epoch. The host's, not the machine's: not in snapshots. */
export const STARTED_AT = 464
export const STOPPED_AT = 472

/** Where the stack lies at first, so that a machine that pushes a little needs no memory beside its record. */
export const FIRST_STACK = 480
/** Entries of that stack. */
export const FIRST_STACK_ENTRIES = 8

/** Bytes of a whole record. */
export const RECORD_BYTES = 512

/** The machine can go on. */
export const STOP_NONE = 0
/** HLT. */
export const STOP_HALTED = 1
/** An illegal opcode, or ran past the end: halted with code 1. */
export const STOP_ILLEGAL = 2
export const STOP_CRASHED = 3
