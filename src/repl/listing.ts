// Owns the program of a session as it grows: what has been typed or loaded, part by part, and the image that
// the parts make together. Immutable: appending gives another listing, so that a bad line leaves no trace.
//
//   header | read-only data of part 1, 2, 3 ... | code of part 1, 2, 3 ...
//
// New data stands before all code and moves it; then the parts before are assembled again, at their new places.
import { assemblePart, type Before, type Part } from '../assembler/part.js'
import { buildImage, Program } from '../vm/program.js'

/** A source, and what it was last assembled to. */
interface Piece {
  readonly source: string
  readonly file: string | undefined
  readonly part: Part
}

export interface Appended {
  readonly listing: Listing
  /** Address of the first instruction of what was appended. */
  readonly entry: number
  /** By how many bytes the code before has moved. */
  readonly moved: number
}

export class Listing {
  readonly program: Program
  readonly #pieces: readonly Piece[]

  private constructor(pieces: readonly Piece[], symbols: ReadonlyMap<string, number>) {
    this.#pieces = pieces
    const readOnly = Buffer.concat(pieces.map(({ part }) => part.readOnly))
    const code = Buffer.concat(pieces.map(({ part }) => part.code))
    this.program = Program.from(buildImage(readOnly, code), symbols)
  }

  static readonly empty: Listing = new Listing([], new Map())

  /** Labels and their values; of a label that was declared again, the latest. */
  get symbols(): ReadonlyMap<string, number> {
    return this.program.symbols
  }

  /**
   * Assembles a source that may use the labels so far, and may declare them anew. Without `file` it needs no
   * section headers. Throws AssemblyError, and ERR_IRIDIUM_BAD_PROGRAM where the program becomes too large.
   */
  append(source: string, file?: string): Appended {
    const { readOnly, code } = this.program
    const before = { readOnly: readOnly.length, code: code.length, symbols: this.symbols }
    const part = assemble({ source, file }, before)
    const grown = part.readOnly.length
    const moved = code.length === 0 ? 0 : grown
    const listing =
      moved === 0
        ? new Listing([...this.#pieces, { source, file, part }], merged(this.symbols, part.symbols))
        : this.#relinked({ source, file, part })
    return { listing, entry: listing.program.bytes.length - part.code.length, moved }
  }

  #relinked(last: Piece): Listing {
    const pieces: Piece[] = []
    let symbols: ReadonlyMap<string, number> = new Map()
    const all = [...this.#pieces, last]
    let later = sum(all.map(({ part }) => part.readOnly.length))
    let [readOnly, code] = [0, 0]
    for (const piece of all) {
      const { length } = piece.part.readOnly
      later -= length
      const part = assemble(piece, { readOnly, code: code + later, symbols })
      readOnly += length
      code += part.code.length
      symbols = merged(symbols, part.symbols)
      pieces.push({ ...piece, part })
    }
    return new Listing(pieces, symbols)
  }
}

function assemble({ source, file }: Pick<Piece, 'source' | 'file'>, before: Before): Part {
  return assemblePart(
    source,
    file === undefined ? { sections: 'optional', before } : { file, before },
  )
}

function merged(
  symbols: ReadonlyMap<string, number>,
  more: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return more.size === 0 ? symbols : new Map([...symbols, ...more])
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
