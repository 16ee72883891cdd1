// Owns what a machine has printed: handed to the host's callback, or collected up to a bound.
import { PRINT_PIECE_BYTES, PRINT_STEP_BYTES } from '../core/limits.js'

/** Room at the start of a collected output, in bytes. */
const FIRST_ROOM = 64
/** Bytes of the longest UTF-8 character, less one: cutting that much behind a place never cuts before it. */
const LONGEST_TAIL = 3

const NOTHING = new Uint8Array(0)

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

/** Decodes the NUL-terminated text at `offset` of a read-only section, bad UTF-8 as replacement characters. */
export function textAt(readOnly: Uint8Array, offset: number): string {
  return decoder.decode(readOnly.subarray(offset, readOnly.indexOf(0, offset)))
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictDecoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** The latest place up to `end` that does not cut a character; what is no UTF-8 may be cut anywhere outside of one. */
function pieceEnd(bytes: Uint8Array, end: number): number {
  for (let at = end; at >= end - LONGEST_TAIL; at--) {
    if (((bytes[at] as number) & 0xc0) !== 0x80) return at
  }
  return end
}

/** Collects text as UTF-8, at most `maxBytes` of it, cut between two characters. */
export class CollectedOutput {
  readonly #maxBytes: number
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #length = 0
  #truncated = false
  #text: string | undefined = ''
  /** What of the latest text is still to be taken. */
  #rest: Uint8Array = NOTHING

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get text(): string {
    this.finish()
    this.#text ??= decoder.decode(this.#bytes.subarray(0, this.#length))
    return this.#text
  }

  /** Whether something was left out, since it or something before it found no room. */
  get truncated(): boolean {
    this.finish()
    return this.#truncated
  }

  /** The text as UTF-8: a view that later text may leave behind. */
  get utf8(): Uint8Array {
    this.finish()
    return this.#bytes.subarray(0, this.#length)
  }

  /** Starts from what was collected elsewhere, `utf8` being within the bound and well-formed. */
  resume(utf8: Uint8Array, truncated: boolean): void {
    this.#bytes = utf8.slice()
    this.#length = utf8.length
    this.#truncated = truncated
    this.#text = undefined
  }

  /** Appends the NUL-terminated text at `offset`, or begins to if it is long; costs no more than the room that is left. */
  append(readOnly: Uint8Array, offset: number): void {
    this.finish()
    if (this.#truncated) return
    const room = this.#maxBytes - this.#length
    const source = readOnly.subarray(offset, offset + room + 1 + LONGEST_TAIL)
    const nul = source.indexOf(0)
    const end = nul < 0 ? source.length : nul
    if (end > PRINT_PIECE_BYTES) this.#reserve(end)
    this.#rest = source.subarray(0, end)
    this.goOn()
  }

  /** Whether of the latest text something is still to be taken. */
  get isBehind(): boolean {
    return this.#rest.length > 0
  }

  /** Takes a step of the text that is not yet all taken; false if there is none. */
  goOn(): boolean {
    const rest = this.#rest
    if (rest.length === 0) return false
    const end = Math.min(rest.length, PRINT_STEP_BYTES)
    let from = 0
    while (from < end && !this.#truncated) {
      const to = Math.min(rest.length, pieceEnd(rest, from + PRINT_PIECE_BYTES))
      this.#appendText(decoder.decode(rest.subarray(from, to)))
      from = to
    }
    this.#rest = this.#truncated || from === rest.length ? NOTHING : rest.subarray(from)
    return true
  }

  finish(): void {
    while (this.goOn()) {
      // Until all is taken.
    }
  }

  #appendText(text: string): void {
    if (text === '' || this.#truncated) return
    this.#reserve(text.length * 3)
    const { read, written } = encoder.encodeInto(text, this.#bytes.subarray(this.#length))
    this.#length += written
    this.#truncated = read < text.length
    this.#text = undefined
  }

  #reserve(more: number): void {
    const wanted = Math.min(this.#length + more, this.#maxBytes)
    if (wanted <= this.#bytes.length) return
    const doubled = Math.max(FIRST_ROOM, wanted, this.#bytes.length * 2)
    const larger = new Uint8Array(Math.min(doubled, this.#maxBytes))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
