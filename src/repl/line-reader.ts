// Owns cutting a stream of bytes into lines, of which none may be longer than a bound.
import type { Readable } from 'node:stream'
import { MAX_LINE_BYTES } from '../core/limits.js'

const LINE_FEED = 10

/** A line without its line break, or `tooLong` in place of one that was cut off. */
export type Line = { readonly text: string } | { readonly tooLong: true }

/** Takes bytes as they come and gives the lines that they complete. CRLF counts as a line break. */
export class LineCutter {
  readonly #maxBytes: number
  #parts: Uint8Array[] = []
  #length = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  *push(chunk: Uint8Array): Generator<Line> {
    let rest = chunk
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      this.#keep(rest.subarray(0, end))
      yield this.#take()
      rest = rest.subarray(end + 1)
    }
    this.#keep(rest)
  }

  /** What came after the last line break, if anything did. */
  *end(): Generator<Line> {
    if (this.#length > 0) yield this.#take()
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length
    if (this.#length <= this.#maxBytes) this.#parts.push(part)
    else this.#parts = []
  }

  #take(): Line {
    const line: Line =
      this.#length > this.#maxBytes
        ? { tooLong: true }
        : { text: Buffer.concat(this.#parts).toString('utf8').replace(/\r$/, '') }
    this.#parts = []
    this.#length = 0
    return line
  }
}

/** The lines of a stream, also the last one if it has no line break. */
export async function* readLines(input: Readable): AsyncGenerator<Line> {
  const lines = new LineCutter(MAX_LINE_BYTES)
  for await (const chunk of input) yield* lines.push(chunk as Buffer)
  yield* lines.end()
}
