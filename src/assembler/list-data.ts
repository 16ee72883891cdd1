// Owns the read-only section of a disassembly: text where the bytes are text that people can read, integers
// where a label says that 4 bytes belong together, and hex for the rest.
import { MAX_TEXT_SHOWN_BYTES } from '../core/limits.js'
import { hex } from './hex.js'
import type { LabelNames } from './label-names.js'
import type { Listing } from './listing.js'
import { INTEGER_BYTES, LARGEST_U16 } from './ranges.js'
import { isVisible } from './visible.js'

const BYTES_PER_LINE = 32

// Strict, and without the usual silence about a byte order mark: what it decodes encodes back to the same bytes.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function listData(data: Uint8Array, names: LabelNames, listing: Listing): void {
  const labelled = names.values().filter((offset) => offset < data.length)
  const starts = labelled[0] === 0 ? labelled : [0, ...labelled]
  const lister = new DataLister(data, names, listing)
  starts.forEach((start, index) => {
    lister.segment(start, starts[index + 1] ?? data.length)
  })
}

class DataLister {
  readonly #data: Uint8Array
  readonly #names: LabelNames
  readonly #listing: Listing
  /** The first NUL that is not before the bytes in question, so that each byte is searched once. */
  #nul = -1

  constructor(data: Uint8Array, names: LabelNames, listing: Listing) {
    this.#data = data
    this.#names = names
    this.#listing = listing
  }

  /** Bytes of which at most the first has a label. */
  segment(start: number, end: number): void {
    let pending = start
    let at = start
    while (at < end) {
      const next = Math.min(this.#nulFrom(at) + 1, end)
      const text = this.#textAt(at, next)
      const name = text === undefined ? undefined : this.#names.make('D', at)
      if (text !== undefined && name !== undefined) {
        this.#rest(pending, at)
        this.#listing.statement(`.asciiz '${text}'`, at, name)
        pending = next
      }
      at = next
    }
    this.#rest(pending, end)
  }

  /** The text of bytes that end with a NUL; an empty one only where a label asks for it, none where no label can be. */
  #textAt(start: number, end: number): string | undefined {
    const length = end - 1 - start
    if (this.#data[end - 1] !== 0 || length > MAX_TEXT_SHOWN_BYTES) return undefined
    if (start > LARGEST_U16) return undefined
    if (length === 0) return this.#names.get(start) === undefined ? undefined : ''
    const text = decode(this.#data.subarray(start, end - 1))
    return text !== undefined && isQuotable(text) ? text : undefined
  }

  #rest(start: number, end: number): void {
    const label = this.#names.get(start)
    if (end - start === INTEGER_BYTES && label !== undefined) {
      const value = new DataView(this.#data.buffer, this.#data.byteOffset).getInt32(start, true)
      this.#listing.statement(`.integer #${value}`, start, label)
      return
    }
    for (let at = start; at < end; at += BYTES_PER_LINE) {
      const line = this.#data.subarray(at, Math.min(at + BYTES_PER_LINE, end))
      this.#listing.statement(`.bytes '${hex(line)}'`, at, this.#names.get(at))
    }
  }

  /** Offset of the first NUL at or behind `at`, or the section's end. */
  #nulFrom(at: number): number {
    if (this.#nul < at) {
      const found = this.#data.indexOf(0, at)
      this.#nul = found < 0 ? this.#data.length : found
    }
    return this.#nul
  }
}

function isQuotable(text: string): boolean {
  return !text.includes("'") && isVisible(text.replace(/[\n\t]/g, ''))
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
