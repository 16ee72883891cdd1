// A machine written down from the specification alone, to hold both engines against: slow, naive, one
// instruction at a time, with nothing decoded, shared or remembered. It uses nothing of src/.

const HEADER_BYTES = 68
const REGISTERS = 32
const EPSILON = 2 ** -52

export interface ReferenceOptions {
  readonly maxHeapBytes: number
  readonly maxStackEntries: number
}

/** What one instruction came to: done, or how the program has stopped. */
type Outcome = 'done' | 'halted 0' | 'halted 1' | FaultName
type FaultName =
  | 'divisionByZero'
  | 'heapOutOfRange'
  | 'heapLimit'
  | 'negativeAllocation'
  | 'stackOverflow'
  | 'stackUnderflow'
  | 'returnWithoutCall'
  | 'badRegister'
  | 'truncatedInstruction'
  | 'badString'

export class ReferenceMachine {
  readonly registers: number[] = new Array(REGISTERS).fill(0)
  readonly floats: number[] = new Array(REGISTERS).fill(0)
  heap: Uint8Array
  readonly stack: number[] = []
  basePointer = 0
  equalFlag = false
  remainder = 0
  loopCounter = 0
  pc: number
  output = ''
  instructionCount = 0
  /** How the program has stopped. */
  stop: Exclude<Outcome, 'done'> | undefined
  readonly #image: Uint8Array
  readonly #readOnly: Uint8Array
  readonly #options: ReferenceOptions

  constructor(image: Uint8Array, options: ReferenceOptions) {
    const length = new DataView(image.buffer, image.byteOffset).getUint32(64, true)
    this.#image = image
    this.#readOnly = image.slice(HEADER_BYTES, HEADER_BYTES + length)
    this.#options = options
    this.pc = HEADER_BYTES + length
    this.heap = new Uint8Array(Math.min(2048, options.maxHeapBytes))
  }

  run(fuel: number): void {
    for (let left = fuel; left > 0 && this.stop === undefined; left--) {
      const outcome = this.#step()
      if (outcome === 'done' || outcome === 'halted 0') this.instructionCount++
      if (outcome !== 'done') this.stop = outcome
    }
  }

  #step(): Outcome {
    const at = this.pc
    const opcode = this.#image[at]
    if (opcode === undefined || !(opcode in this.#instructions)) return 'halted 1'
    const operands = this.#image.slice(at + 1, at + 4)
    if (operands.length < 3) {
      if (opcode !== 5) return 'truncatedInstruction'
      this.pc = at + 4
      return 'halted 0'
    }
    const [registers, execute] = this.#instructions[opcode] as Instruction
    const [a, b, c] = operands as unknown as [number, number, number]
    if ([a, b, c].slice(0, registers).some((register) => register >= REGISTERS))
      return 'badRegister'
    this.pc = at + 4
    const outcome = execute(a, b, c, at)
    if (outcome !== 'done' && outcome !== 'halted 0') this.pc = at
    return outcome
  }

  #set(register: number, value: number | bigint): Outcome {
    this.registers[register] = Number(BigInt.asIntN(32, BigInt(value)))
    return 'done'
  }

  #setFloat(register: number, value: number): Outcome {
    // A NaN that a computation makes may have any sign; the constant has none.
    this.floats[register] = Number.isNaN(value) ? Number.NaN : value
    return 'done'
  }

  #int(register: number): bigint {
    return BigInt(this.registers[register] as number)
  }

  #float(register: number): number {
    return this.floats[register] as number
  }

  #flag(value: boolean): Outcome {
    this.equalFlag = value
    return 'done'
  }

  #jump(address: number | bigint): Outcome {
    this.pc = Number(BigInt.asIntN(32, BigInt(address)))
    return 'done'
  }

  #divide(a: number, b: number, c: number): Outcome {
    const [x, y] = [this.#int(a), this.#int(b)]
    if (y === 0n) return 'divisionByZero'
    this.remainder = Number(x % y)
    return this.#set(c, x / y)
  }

  #areEqual(a: number, b: number): boolean {
    const [x, y] = [this.#float(a), this.#float(b)]
    return x === y || Math.abs(x - y) < EPSILON
  }

  #allocate(a: number): Outcome {
    const count = this.registers[a] as number
    if (count < 0) return 'negativeAllocation'
    if (this.heap.length + count > this.#options.maxHeapBytes) return 'heapLimit'
    const heap = new Uint8Array(this.heap.length + count)
    heap.set(this.heap)
    this.heap = heap
    return 'done'
  }

  #print(offset: number): Outcome {
    const end = this.#readOnly.indexOf(0, offset)
    if (offset >= this.#readOnly.length || end < 0) return 'badString'
    this.output += new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      this.#readOnly.slice(offset, end),
    )
    return 'done'
  }

  #loadMemory(a: number, b: number): Outcome {
    const offset = this.registers[a] as number
    if (offset < 0 || offset + 4 > this.heap.length) return 'heapOutOfRange'
    let value = 0n
    for (let byte = 3; byte >= 0; byte--)
      value = value * 256n + BigInt(this.heap[offset + byte] ?? 0)
    return this.#set(b, value)
  }

  #storeMemory(a: number, b: number): Outcome {
    const offset = this.registers[a] as number
    if (offset < 0 || offset + 4 > this.heap.length) return 'heapOutOfRange'
    const value = BigInt.asUintN(32, this.#int(b))
    for (let byte = 0; byte < 4; byte++) {
      this.heap[offset + byte] = Number((value >> BigInt(8 * byte)) & 0xffn)
    }
    return 'done'
  }

  #push(...values: number[]): Outcome {
    if (this.stack.length + values.length > this.#options.maxStackEntries) return 'stackOverflow'
    this.stack.push(...values)
    return 'done'
  }

  #pop(a: number): Outcome {
    if (this.stack.length <= this.basePointer) return 'stackUnderflow'
    return this.#set(a, this.stack.pop() as number)
  }

  #call(target: number, at: number): Outcome {
    const outcome = this.#push(at + 4, this.basePointer)
    if (outcome !== 'done') return outcome
    this.basePointer = this.stack.length
    return this.#jump(target)
  }

  #return(): Outcome {
    if (this.basePointer === 0) return 'returnWithoutCall'
    this.stack.length = this.basePointer
    this.basePointer = this.stack.pop() as number
    return this.#jump(this.stack.pop() as number)
  }

  #loop(target: number): Outcome {
    if (this.loopCounter === 0) return 'done'
    this.loopCounter--
    return this.#jump(target)
  }

  /** By opcode: how many operands are registers, and what happens. `at` is the instruction's own address. */
  readonly #instructions: Readonly<Record<number, Instruction>> = {
    0: [1, (a, b, c) => this.#set(a, b * 256 + c)],
    1: [3, (a, b, c) => this.#set(c, this.#int(a) + this.#int(b))],
    2: [3, (a, b, c) => this.#set(c, this.#int(a) - this.#int(b))],
    3: [3, (a, b, c) => this.#set(c, this.#int(a) * this.#int(b))],
    4: [3, (a, b, c) => this.#divide(a, b, c)],
    5: [0, () => 'halted 0'],
    6: [1, (a) => this.#jump(this.#int(a))],
    7: [1, (a, _b, _c, at) => this.#jump(BigInt(at + 2) + this.#int(a))],
    8: [1, (a, _b, _c, at) => this.#jump(BigInt(at + 2) - this.#int(a))],
    9: [2, (a, b) => this.#flag(this.#int(a) === this.#int(b))],
    10: [2, (a, b) => this.#flag(this.#int(a) !== this.#int(b))],
    11: [2, (a, b) => this.#flag(this.#int(a) >= this.#int(b))],
    12: [2, (a, b) => this.#flag(this.#int(a) <= this.#int(b))],
    13: [2, (a, b) => this.#flag(this.#int(a) < this.#int(b))],
    14: [2, (a, b) => this.#flag(this.#int(a) > this.#int(b))],
    15: [1, (a) => (this.equalFlag ? this.#jump(this.#int(a)) : 'done')],
    16: [0, () => 'done'],
    17: [1, (a) => this.#allocate(a)],
    18: [1, (a) => this.#set(a, this.#int(a) + 1n)],
    19: [1, (a) => this.#set(a, this.#int(a) - 1n)],
    20: [0, (a, b) => (this.equalFlag ? this.#jump(a * 256 + b) : 'done')],
    21: [0, (a, b) => this.#print(a * 256 + b)],
    22: [1, (a, b, c) => this.#setFloat(a, b * 256 + c)],
    23: [3, (a, b, c) => this.#setFloat(c, this.#float(a) + this.#float(b))],
    24: [3, (a, b, c) => this.#setFloat(c, this.#float(a) - this.#float(b))],
    25: [3, (a, b, c) => this.#setFloat(c, this.#float(a) * this.#float(b))],
    26: [3, (a, b, c) => this.#setFloat(c, this.#float(a) / this.#float(b))],
    27: [2, (a, b) => this.#flag(this.#areEqual(a, b))],
    28: [2, (a, b) => this.#flag(!this.#areEqual(a, b))],
    29: [2, (a, b) => this.#flag(this.#float(a) > this.#float(b))],
    30: [2, (a, b) => this.#flag(this.#float(a) >= this.#float(b))],
    31: [2, (a, b) => this.#flag(this.#float(a) < this.#float(b))],
    32: [2, (a, b) => this.#flag(this.#float(a) <= this.#float(b))],
    33: [1, (a, n) => this.#set(a, this.#int(a) << BigInt((n === 0 ? 16 : n) % 32))],
    34: [1, (a, n) => this.#set(a, this.#int(a) >> BigInt((n === 0 ? 16 : n) % 32))],
    35: [3, (a, b, c) => this.#set(c, this.#int(a) & this.#int(b))],
    36: [3, (a, b, c) => this.#set(c, this.#int(a) | this.#int(b))],
    37: [3, (a, b, c) => this.#set(c, this.#int(a) ^ this.#int(b))],
    38: [2, (a, b) => this.#set(b, ~this.#int(a))],
    39: [1, (a, b, c) => this.#set(a, this.#int(a) * 65536n + BigInt(b * 256 + c))],
    40: [
      0,
      (a, b) => {
        this.loopCounter = a * 256 + b
        return 'done'
      },
    ],
    41: [0, (a, b) => this.#loop(a * 256 + b)],
    42: [2, (a, b) => this.#loadMemory(a, b)],
    43: [2, (a, b) => this.#storeMemory(a, b)],
    44: [1, (a) => this.#push(this.registers[a] as number)],
    45: [1, (a) => this.#pop(a)],
    46: [0, (a, b, _c, at) => this.#call(a * 256 + b, at)],
    47: [0, () => this.#return()],
  }
}

type Instruction = [
  registers: number,
  execute: (a: number, b: number, c: number, at: number) => Outcome,
]
