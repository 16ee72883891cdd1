// Owns the messages in pieces that come in on one link: each begins only in its place of the node's memory for
// them, and grows only as far as its sender was told. Must not know what they contain.
import { MAX_CHANNELS, PIECE_WINDOW_BYTES } from '../../core/limits.js'
import { protocolError } from './faults.js'
import type { Reassembly, Reservation } from './reassembly.js'

export interface AssembliesOwner {
  /**
   * A message of `total` bytes begins with these. Returns why it is refused, or what to call when it is given
   * up before its end.
   */
  begins(first: Buffer, total: number): string | (() => void)
  /** A message is whole. */
  whole(content: Buffer): void
  /** Tells the sender how far there is room. */
  room(stream: number, upTo: number, refusal: string): void
}

interface Assembly {
  readonly total: number
  /** The first piece, until there is room for the rest; the whole from then on. */
  content: Buffer
  received: number
  upTo: number
  /** Absent: refused; what still comes of it is dropped. */
  reservation: Reservation | undefined
  givenUp: (() => void) | undefined
}

export class Assemblies {
  readonly #owner: AssembliesOwner
  readonly #memory: Reassembly
  readonly #open = new Map<number, Assembly>()
  #last = 0

  constructor(owner: AssembliesOwner, memory: Reassembly) {
    this.#owner = owner
    this.#memory = memory
  }

  /** The next piece of a message, with `rest` bytes to come after it. The bytes are only lent. */
  piece(stream: number, rest: number, piece: Buffer): void {
    const assembly = this.#open.get(stream)
    if (!assembly) this.#begin(stream, rest, piece)
    else if (rest === 0 && piece.length === 0) this.#giveUp(stream, assembly)
    else this.#add(stream, assembly, rest, piece)
  }

  /** The link is gone. */
  close(): void {
    for (const { reservation } of this.#open.values()) reservation?.release()
    this.#open.clear()
  }

  #begin(stream: number, rest: number, first: Buffer): void {
    if (stream <= this.#last) throw protocolError(`message ${stream} in pieces has ended`)
    if (rest === 0) throw protocolError('a message in a single piece')
    if (this.#open.size >= MAX_CHANNELS) throw protocolError('too many messages in pieces at once')
    this.#last = stream
    const total = first.length + rest
    const answer = this.#owner.begins(first, total)
    const assembly: Assembly = {
      total,
      content: NOTHING,
      received: first.length,
      upTo: first.length,
      reservation: undefined,
      givenUp: undefined,
    }
    this.#open.set(stream, assembly)
    if (typeof answer === 'string') {
      this.#owner.room(stream, 0, answer)
      return
    }
    assembly.givenUp = answer
    assembly.content = Buffer.from(first)
    assembly.reservation = this.#memory.reserve(this, total, () => {
      const whole = Buffer.allocUnsafeSlow(total)
      assembly.content.copy(whole)
      assembly.content = whole
      this.#acknowledge(stream, assembly)
    })
  }

  #add(stream: number, assembly: Assembly, rest: number, piece: Buffer): void {
    if (!assembly.reservation) {
      if (rest === 0) this.#open.delete(stream)
      return
    }
    const end = assembly.received + piece.length
    if (end > assembly.upTo) throw protocolError('more of a message than there was room for')
    if (end + rest !== assembly.total) throw protocolError('a message that changes its length')
    piece.copy(assembly.content, assembly.received)
    assembly.received = end
    if (rest === 0) {
      this.#open.delete(stream)
      assembly.reservation.release()
      this.#owner.whole(assembly.content)
    } else if (assembly.upTo - end <= PIECE_WINDOW_BYTES / 2 && assembly.upTo < assembly.total) {
      this.#acknowledge(stream, assembly)
    }
  }

  #acknowledge(stream: number, assembly: Assembly): void {
    assembly.upTo = Math.min(assembly.total, assembly.received + PIECE_WINDOW_BYTES)
    this.#owner.room(stream, assembly.upTo, '')
  }

  #giveUp(stream: number, { reservation, givenUp }: Assembly): void {
    this.#open.delete(stream)
    reservation?.release()
    givenUp?.()
  }
}

const NOTHING = Buffer.alloc(0)
