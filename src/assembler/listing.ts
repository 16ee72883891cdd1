// Owns the layout of a disassembly: its columns, and a text that may become very long.

const INDENT = '    '
/** The column at which comments stand, where the statement leaves room. */
const COMMENT_COLUMN = 28
/** Lines that are joined at a time: millions of short strings cost far more than a few long ones. */
const CHUNK = 4096

export class Listing {
  #lines: string[] = []
  readonly #chunks: string[] = []

  line(text: string): void {
    this.#lines.push(text)
    if (this.#lines.length === CHUNK) this.#join()
  }

  /** A statement, behind its label where it has one, and its address as a comment. */
  statement(statement: string, address: number, label?: string): void {
    const text = label === undefined ? INDENT + statement : `${label}: ${statement}`
    // A text may hold line ends: its last line is what the comment follows.
    const width = COMMENT_COLUMN + text.lastIndexOf('\n') + 1
    this.line(`${text.padEnd(width)} ; ${address}`)
  }

  toString(): string {
    this.#join()
    return this.#chunks.join('')
  }

  #join(): void {
    if (this.#lines.length > 0) this.#chunks.push(`${this.#lines.join('\n')}\n`)
    this.#lines = []
  }
}
