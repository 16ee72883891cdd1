// A terminal in memory: takes what a program writes to its terminal, and shows what a person would see.
import { Writable } from 'node:stream'

/** Understands what node:readline writes: line breaks, cursor moves, clearing to the right and below. */
export class Screen extends Writable {
  readonly isTTY = true
  readonly columns: number
  readonly rows = 1000
  #lines: string[] = ['']
  #row = 0
  #column = 0

  constructor(columns: number) {
    super({ decodeStrings: false })
    this.columns = columns
  }

  /** The lines, with a mark where the cursor stands. */
  get text(): string {
    const lines = [...this.#lines]
    const line = (lines[this.#row] ?? '').padEnd(this.#column)
    lines[this.#row] = `${line.slice(0, this.#column)}|${line.slice(this.#column)}`
    return lines.map((each) => each.trimEnd()).join('\n')
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is parsed
    for (const [token, number, command] of chunk.toString().matchAll(/\u001b\[(\d*)([A-Z])|./gs)) {
      if (command === undefined) this.#put(token)
      else this.#obey(command, number === '' ? undefined : Number(number))
    }
    done()
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0
    else if (character === '\n') this.#move(this.#row + 1, 0)
    else {
      if (this.#column === this.columns) this.#move(this.#row + 1, 0)
      const line = (this.#lines[this.#row] ?? '').padEnd(this.#column)
      this.#lines[this.#row] =
        line.slice(0, this.#column) + character + line.slice(this.#column + 1)
      this.#column += 1
    }
  }

  #obey(command: string, number: number | undefined): void {
    const column = Math.min(this.#column, this.columns - 1)
    const count = number ?? 1
    if (command === 'A') this.#move(this.#row - count, column)
    else if (command === 'B') this.#move(this.#row + count, column)
    else if (command === 'C') this.#move(this.#row, column + count)
    else if (command === 'D') this.#move(this.#row, column - count)
    else if (command === 'G') this.#move(this.#row, count - 1)
    else if (command === 'J') this.#clearBelow()
    else if (command === 'K') this.#clearRight()
    else throw new Error(`an escape sequence that this screen does not know: ${command}`)
  }

  #clearBelow(): void {
    this.#lines.length = this.#row + 1
    this.#clearRight()
  }

  #clearRight(): void {
    this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column)
  }

  #move(row: number, column: number): void {
    this.#row = Math.max(0, row)
    this.#column = Math.max(0, column)
    while (this.#lines.length <= this.#row) this.#lines.push('')
  }
}
