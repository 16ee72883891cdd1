// Owns cutting a stream of bytes into lines, of which none may be longer than MAX_LINE_BYTES.
import type { Readable } from 'node:stream'
import { MAX_LINE_BYTES } from '../core/limits.js'

const LINE_FEED = 10

/** A line without its line break, or `tooLong` in place of one that was cut off. */
export type Line = { readonly text: string } | { readonly tooLong: true }

/** The lines of a stream, also the last one if it has no line break. CRLF counts as a line break. */
export async function* readLines(input: Readable): AsyncGenerator<Line> {
  let parts: Uint8Array[] = []
  let length = 0
  const take = (): Line => {
    const line: Line =
      length > MAX_LINE_BYTES
        ? { tooLong: true }
        : { text: Buffer.concat(parts).toString('utf8').replace(/\r$/, '') }
    parts = []
    length = 0
    return line
  }
  const keep = (part: Uint8Array): void => {
    length += part.length
    if (length <= MAX_LINE_BYTES) parts.push(part)
    else parts = []
  }
  for await (const chunk of input) {
    let rest = chunk as Buffer
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      keep(rest.subarray(0, end))
      yield take()
      rest = rest.subarray(end + 1)
    }
    keep(rest)
  }
  if (length > 0) yield take()
}
