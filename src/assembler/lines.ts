// Owns the way from an offset in a source to its line and column. Lines end with LF, CR or CRLF. Only a
// source that does not assemble needs it, so nothing is counted before.

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const BYTE_ORDER_MARK = 0xfeff

/** UTF-16 code units between two marks: finding a place reads at most so many. */
const STRIDE = 4096

export interface Place {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units; a byte order mark at the start is not counted. */
  readonly column: number
  /** Offset of the line's first character. */
  readonly lineStart: number
}

export class Lines {
  readonly source: string
  // For each stride: the line that its first character stands in, and where that line starts.
  readonly #lines: number[] = []
  readonly #starts: number[] = []

  constructor(source: string) {
    this.source = source
    let line = 1
    let lineStart = source.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0
    for (let from = 0; from <= source.length; from += STRIDE) {
      this.#lines.push(line)
      this.#starts.push(lineStart)
      for (let at = from; at < from + STRIDE && at < source.length; at++) {
        if (!this.#endsLine(at)) continue
        line++
        lineStart = at + 1
      }
    }
  }

  at(offset: number): Place {
    const stride = Math.floor(offset / STRIDE)
    let line = this.#lines[stride] as number
    let lineStart = this.#starts[stride] as number
    for (let at = stride * STRIDE; at < offset; at++) {
      if (!this.#endsLine(at)) continue
      line++
      lineStart = at + 1
    }
    return { line, column: Math.max(offset - lineStart, 0) + 1, lineStart }
  }

  /** Where the line that holds `offset` ends, without its line end; looks no further than `limit`. */
  lineEnd(offset: number, limit: number): number {
    let at = offset
    while (at < limit && at < this.source.length) {
      const code = this.source.charCodeAt(at)
      if (code === LINE_FEED || code === CARRIAGE_RETURN) break
      at++
    }
    return at
  }

  /** Whether the character at `at` is the last of its line: of CRLF, the LF is. */
  #endsLine(at: number): boolean {
    const code = this.source.charCodeAt(at)
    if (code === LINE_FEED) return true
    return code === CARRIAGE_RETURN && this.source.charCodeAt(at + 1) !== LINE_FEED
  }
}
