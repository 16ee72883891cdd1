// Draws code like that which people write: nested loops of every kind, conditions, procedures, the stack,
// the heap, floats, tables of addresses; now and then with a mistake in it.
import type { Chance } from './chance.js'
import type { CodeBuilder } from './code-builder.js'

/** Registers that statements work on; the others belong to loops and jumps. */
const SCRATCH = 6
const FLOATS = 4
const FIRST_COUNTER = 8
const FIRST_LIMIT = 14
const FIRST_ADDRESS = 20
const STATE = 30
const MAX_DEPTH = 4
/** Instructions of most programs, and of one in sixteen: more than a function has. */
const USUAL_INSTRUCTIONS = 400
const MANY_INSTRUCTIONS = 2500

export class StructuredCode {
  readonly #code: CodeBuilder
  readonly #chance: Chance
  readonly #procedures: number[]
  readonly #most: number

  constructor(code: CodeBuilder, chance: Chance) {
    this.#code = code
    this.#chance = chance
    this.#most = chance.oneIn(16) ? MANY_INSTRUCTIONS : USUAL_INSTRUCTIONS
    this.#procedures = Array.from({ length: chance.below(4) }, () => code.newLabel())
  }

  write(): void {
    if (this.#chance.oneIn(3)) this.#heap()
    this.#body(0)
    if (!this.#chance.oneIn(10)) this.#code.emit('HLT')
    for (const label of this.#procedures) {
      this.#code.place(label)
      this.#body(2)
      if (!this.#chance.oneIn(15)) this.#code.emit('RET')
    }
  }

  #body(depth: number): void {
    for (let i = this.#chance.between(1, 6); i > 0; i--) {
      if (this.#code.count < this.#most) this.#statement(depth)
    }
  }

  #statement(depth: number): void {
    const simple = [
      () => this.#arithmetic(),
      () => this.#arithmetic(),
      () => this.#floats(),
      () => this.#memory(),
      () => this.#stack(),
      () => this.#call(),
      () => this.#comparison(),
      () => this.#rare(),
      () => this.#compute(),
    ]
    const nested = [
      () => this.#countedLoop(depth),
      () => this.#countedLoop(depth),
      () => this.#countedLoop(depth),
      () => this.#hardwareLoop(depth),
      () => this.#registerLoop(depth),
      () => this.#states(depth),
      () => this.#tangle(depth),
      () => this.#condition(depth),
      () => this.#condition(depth),
      () => this.#condition(depth),
      () => this.#condition(depth),
    ]
    this.#chance.pick(depth < MAX_DEPTH ? [...simple, ...nested] : simple)()
  }

  #arithmetic(): void {
    const [code, chance] = [this.#code, this.#chance]
    const r = () => chance.below(SCRATCH)
    const kinds = [
      () => code.wide('LOAD', r(), chance.pick([0, 1, 2, 3, 7, 100, 2044, 2046, 65535])),
      () => code.wide('LUI', r(), chance.pick([0, 1, 65535, 32768])),
      () => code.emit(chance.pick(['SHL', 'SHR']), r(), chance.below(33)),
      () => code.emit(chance.pick(['INC', 'DEC']), r()),
      () => code.emit('NOT', r(), r()),
      () => code.emit(chance.oneIn(3) ? 'DIV' : 'ADD', r(), r(), r()),
      () => code.emit(chance.pick(['ADD', 'SUB', 'MUL', 'AND', 'OR', 'XOR']), r(), r(), r()),
      () => code.emit(chance.pick(['ADD', 'SUB', 'MUL', 'AND', 'OR', 'XOR']), r(), r(), r()),
    ]
    chance.pick(kinds)()
  }

  #floats(): void {
    const [code, chance] = [this.#code, this.#chance]
    const f = () => chance.below(FLOATS)
    if (chance.oneIn(4)) code.wide('LOADF64', f(), chance.pick([0, 1, 2, 65535]))
    else code.emit(chance.pick(['ADDF64', 'SUBF64', 'MULF64', 'DIVF64']), f(), f(), f())
  }

  #heap(): void {
    const register = this.#chance.below(SCRATCH)
    this.#code.wide('LOAD', register, this.#chance.pick([0, 1, 100, 3000, 50_000]))
    this.#code.emit('ALOC', register)
  }

  #memory(): void {
    const [code, chance] = [this.#code, this.#chance]
    const r = () => chance.below(SCRATCH)
    const offset = r()
    if (chance.oneIn(2)) code.wide('LOAD', offset, chance.pick([0, 3, 96, 97, 2044, 2045, 5000]))
    code.emit(chance.pick(['LOADM', 'SETM']), offset, r())
  }

  #stack(): void {
    const [code, chance] = [this.#code, this.#chance]
    code.emit('PUSH', chance.below(SCRATCH))
    this.#arithmetic()
    if (!chance.oneIn(4)) code.emit('POP', chance.below(SCRATCH))
  }

  #call(): void {
    const label = this.#procedures[this.#chance.below(Math.max(1, this.#procedures.length))]
    if (label === undefined) this.#arithmetic()
    else this.#code.to('CALL', label)
  }

  #comparison(): void {
    const [code, chance] = [this.#code, this.#chance]
    const isFloat = chance.oneIn(4)
    const names = isFloat
      ? ['EQF64', 'NEQF64', 'GTF64', 'GTEF64', 'LTF64', 'LTEF64']
      : ['EQ', 'NEQ', 'GTE', 'LTE', 'LT', 'GT']
    const registers = isFloat ? FLOATS : SCRATCH
    code.emit(chance.pick(names), chance.below(registers), chance.below(registers))
  }

  #rare(): void {
    const [code, chance] = [this.#code, this.#chance]
    const kinds = [
      () => code.number('PRTS', chance.below(10)),
      () => this.#heap(),
      () => code.emit('POP', chance.below(SCRATCH)),
      () => code.emit(chance.oneIn(6) ? 'RET' : 'NOP'),
      () => code.emit(chance.oneIn(6) ? 'HLT' : 'NOP'),
    ]
    chance.pick(kinds)()
  }

  #compute(): void {
    for (let i = this.#chance.between(1, 40); i > 0; i--) this.#arithmetic()
  }

  #condition(depth: number): void {
    const code = this.#code
    const [otherwise, end] = [code.newLabel(), code.newLabel()]
    this.#comparison()
    if (this.#chance.oneIn(4)) this.#arithmetic()
    code.to('DJMPE', otherwise)
    this.#body(depth + 1)
    if (this.#chance.oneIn(2)) this.#jump(end)
    code.place(otherwise)
    if (this.#chance.oneIn(2)) this.#body(depth + 1)
    code.place(end)
  }

  // Always, by a register or by a comparison that holds.
  #jump(label: number): void {
    const [code, chance] = [this.#code, this.#chance]
    if (chance.oneIn(2)) {
      code.emit('EQ', 0, 0)
      code.to('DJMPE', label)
    } else {
      const register = FIRST_ADDRESS + chance.below(3)
      code.loadLabel(register, label)
      code.emit('JMP', register)
    }
  }

  #countedLoop(depth: number): void {
    const [code, chance] = [this.#code, this.#chance]
    const [counter, limit] = [FIRST_COUNTER + depth, FIRST_LIMIT + depth]
    const end = code.newLabel()
    code.wide('LOAD', counter, 0)
    code.wide('LOAD', limit, chance.pick([1, 2, 3, 10, 50]))
    const start = code.here()
    if (chance.oneIn(3)) {
      code.emit('GTE', counter, limit)
      code.to('DJMPE', end)
    }
    this.#body(depth + 1)
    if (chance.oneIn(3)) {
      this.#comparison()
      code.to('DJMPE', chance.oneIn(2) ? end : start)
    }
    code.emit('INC', counter)
    code.emit('LT', counter, limit)
    code.to('DJMPE', start)
    code.place(end)
  }

  #hardwareLoop(depth: number): void {
    this.#code.number('CLOOP', this.#chance.pick([0, 1, 5, 30]))
    const start = this.#code.here()
    this.#body(depth + 1)
    this.#code.to('LOOP', start)
  }

  // The address stands in a register, set before the loop.
  #registerLoop(depth: number): void {
    const [code, chance] = [this.#code, this.#chance]
    const counter = FIRST_COUNTER + depth
    const address = FIRST_ADDRESS + chance.below(4)
    const [start, end] = [code.newLabel(), code.newLabel()]
    code.wide('LOAD', counter, chance.between(1, 20))
    code.loadLabel(address, start)
    code.place(start)
    this.#body(depth + 1)
    code.emit('DEC', counter)
    code.emit('LT', counter, FIRST_LIMIT + 5)
    code.to('DJMPE', end)
    if (chance.oneIn(3)) {
      code.emit('EQ', 0, 0)
      code.emit('JMPE', address)
    } else {
      code.emit('JMP', address)
    }
    code.place(end)
  }

  // A register holds the address of the next state.
  #states(depth: number): void {
    const [code, chance] = [this.#code, this.#chance]
    const count = chance.between(2, 6)
    const labels = Array.from({ length: count }, () => code.newLabel())
    const end = code.newLabel()
    const counter = FIRST_COUNTER + depth
    code.wide('LOAD', counter, chance.between(1, 30))
    for (const label of labels) {
      code.place(label)
      this.#arithmetic()
      code.emit('DEC', counter)
      code.emit('LT', counter, FIRST_LIMIT + 5)
      code.to('DJMPE', end)
      code.loadLabel(STATE, chance.pick(labels))
      this.#comparison()
      const over = code.newLabel()
      code.to('DJMPE', over)
      code.loadLabel(STATE, chance.pick(labels))
      code.place(over)
      code.emit('JMP', STATE)
    }
    code.place(end)
  }

  // Pieces that jump into each other in any order, with several ways in.
  #tangle(depth: number): void {
    const [code, chance] = [this.#code, this.#chance]
    const labels = Array.from({ length: chance.between(2, 6) }, () => code.newLabel())
    const end = code.newLabel()
    const counter = FIRST_COUNTER + depth
    code.wide('LOAD', counter, chance.between(1, 40))
    this.#comparison()
    code.to('DJMPE', chance.pick(labels))
    for (const label of labels) {
      code.place(label)
      if (chance.oneIn(3)) this.#body(depth + 2)
      else this.#arithmetic()
      code.emit('DEC', counter)
      code.emit('LTE', counter, FIRST_LIMIT + 5)
      code.to('DJMPE', end)
      this.#comparison()
      code.to('DJMPE', chance.pick(labels))
      if (chance.oneIn(2)) {
        this.#comparison()
        code.to('DJMPE', chance.pick(labels))
      }
    }
    code.place(end)
  }
}
