// Owns the EPIE image: its layout, its check, and Program, the immutable bytecode that machines execute.
// What stands in the code is judged when it runs, not here.
//
//   0 .. 3        magic 45 50 49 45, "EPIE"
//   4 .. 63       reserved, zero
//   64 .. 67      u32, little-endian: length N of the read-only section
//   68 .. 67+N    read-only section
//   68+N ..       code
import { badOption, IridiumError, isBranded } from '../core/errors.js'
import { MAX_PROGRAM_BYTES } from '../core/limits.js'
import { sha256Hex } from './sha256.js'

export const MAGIC: readonly number[] = [0x45, 0x50, 0x49, 0x45]
export const HEADER_BYTES = 68
const READ_ONLY_LENGTH_AT = 64

const brand = Symbol.for('iridium.Program')

/**
 * Assembled, checked, immutable bytecode. Made by `assemble` or `Program.from`. Branded, so that a program of
 * the ESM build runs in the CJS build, and the other way round.
 */
export class Program {
  static [Symbol.hasInstance](value: unknown): value is Program {
    return isBranded(value, brand)
  }

  /** The EPIE image. Not to be written to. */
  readonly bytes: Uint8Array
  /** Labels and their values, where the program came from source; empty for an image. */
  readonly symbols: ReadonlyMap<string, number>
  /** The read-only section, a view into `bytes`. */
  readonly readOnly: Uint8Array
  /** The code, a view into `bytes`. */
  readonly code: Uint8Array
  #id: string | undefined

  private constructor(bytes: Uint8Array, symbols: ReadonlyMap<string, number>) {
    const codeStart = HEADER_BYTES + readOnlyLength(bytes)
    this.bytes = bytes
    this.symbols = symbols
    this.readOnly = bytes.subarray(HEADER_BYTES, codeStart)
    this.code = bytes.subarray(codeStart)
  }

  /**
   * Checks an image and copies it: length of at least 68, magic, reserved bytes zero, read-only length
   * within the image, size. Throws ERR_IRIDIUM_BAD_PROGRAM; ERR_IRIDIUM_BAD_OPTION for what is no Uint8Array.
   */
  static from(bytes: Uint8Array, symbols: ReadonlyMap<string, number> = new Map()): Program {
    if (!(bytes instanceof Uint8Array)) throw badOption('bytes', 'a Uint8Array', bytes)
    if (bytes.length > MAX_PROGRAM_BYTES) {
      throw badProgram(
        `the image has ${bytes.length} bytes, at most ${MAX_PROGRAM_BYTES} are allowed`,
      )
    }
    const copy = new Uint8Array(bytes)
    check(copy)
    return new Program(copy, new Map(symbols))
  }

  /** Where the first instruction stands: 68 + the length of the read-only section. */
  get codeStart(): number {
    return HEADER_BYTES + this.readOnly.length
  }

  get [brand](): true {
    return true
  }

  /** Hex SHA-256 of `bytes`; computed once, when it is first read. */
  get id(): string {
    this.#id ??= sha256Hex(this.bytes)
    return this.#id
  }
}

/** Whether these bytes are meant to be an image: whether they begin with the magic. */
export function isImage(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte)
}

/** The image of a read-only section and code. */
export function buildImage(readOnly: Uint8Array, code: Uint8Array): Uint8Array {
  const image = new Uint8Array(HEADER_BYTES + readOnly.length + code.length)
  image.set(MAGIC)
  new DataView(image.buffer).setUint32(READ_ONLY_LENGTH_AT, readOnly.length, true)
  image.set(readOnly, HEADER_BYTES)
  image.set(code, HEADER_BYTES + readOnly.length)
  return image
}

function readOnlyLength(image: Uint8Array): number {
  return new DataView(image.buffer, image.byteOffset).getUint32(READ_ONLY_LENGTH_AT, true)
}

function check(image: Uint8Array): void {
  if (!isImage(image)) {
    throw badProgram('the image does not begin with "EPIE"')
  }
  if (image.length < HEADER_BYTES) {
    throw badProgram(`an image has at least ${HEADER_BYTES} bytes, this one has ${image.length}`)
  }
  for (let index = MAGIC.length; index < READ_ONLY_LENGTH_AT; index++) {
    if (image[index] !== 0) throw badProgram(`the reserved byte at ${index} is not zero`)
  }
  const length = readOnlyLength(image)
  if (length > image.length - HEADER_BYTES) {
    throw badProgram(
      `the read-only section should have ${length} bytes, ${image.length - HEADER_BYTES} follow the header`,
    )
  }
}

function badProgram(message: string): IridiumError {
  return new IridiumError('ERR_IRIDIUM_BAD_PROGRAM', message)
}
