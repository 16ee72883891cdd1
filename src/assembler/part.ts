// Owns assembling a source as a part of a program: its bytes and labels, or an AssemblyError that says all
// that is wrong with it. `assemble` makes a whole program of one part; a session of the REPL, of many.
import { badOption } from '../core/errors.js'
import { MAX_SOURCE_BYTES } from '../core/limits.js'
import { AssemblyError } from './assembly-error.js'
import { Diagnostics, TooManyDiagnostics } from './diagnostics.js'
import { Lines } from './lines.js'
import { render } from './render.js'
import { type Before, type Part, translate } from './translate.js'

export type { Before, Part }

export interface AssembleOptions {
  /**
   * `required`, the default: the source has at least one `.data` and one `.code` header, before anything else.
   * `optional`: it may have none, and begins in `.code`.
   */
  readonly sections?: 'required' | 'optional' | undefined
  /** How messages name the source; default `<source>`. */
  readonly file?: string | undefined
}

const NOTHING: Before = { readOnly: 0, code: 0, symbols: new Map() }

/**
 * Assembles `source` so that its data and its code can be appended to those of `before`.
 * Throws AssemblyError, and ERR_IRIDIUM_BAD_OPTION for arguments of the wrong type.
 */
export function assemblePart(
  source: string,
  { before = NOTHING, ...options }: AssembleOptions & { readonly before?: Before } = {},
): Part {
  if (typeof source !== 'string') throw badOption('source', 'a string', source)
  const { sections, file } = checkOptions(options)
  const diagnostics = new Diagnostics()
  const part = attempt(source, sections, before, diagnostics)
  if (part === undefined || diagnostics.count > 0) throw failure(diagnostics, source, file)
  return part
}

/** Undefined if so much is wrong that the rest has not been looked at. */
function attempt(
  source: string,
  sections: 'required' | 'optional',
  before: Before,
  diagnostics: Diagnostics,
): Part | undefined {
  // A source never has more UTF-16 code units than bytes.
  if (source.length > MAX_SOURCE_BYTES) {
    const message = `the source has ${source.length} characters, at most ${MAX_SOURCE_BYTES} are allowed`
    diagnostics.report('ParseError', { start: 0, end: 0 }, message)
    return undefined
  }
  try {
    return translate(source, sections, before, diagnostics)
  } catch (error) {
    if (error instanceof TooManyDiagnostics) return undefined
    throw error
  }
}

function failure(diagnostics: Diagnostics, source: string, file: string): AssemblyError {
  const lines = new Lines(source)
  const located = diagnostics.locate(lines)
  const found = located.map(({ diagnostic }) => diagnostic)
  return new AssemblyError(render(located, lines, file), found)
}

function checkOptions(options: AssembleOptions): {
  sections: 'required' | 'optional'
  file: string
} {
  const { sections = 'required', file = '<source>', ...unknown } = options
  if (sections !== 'required' && sections !== 'optional') {
    throw badOption('sections', "'required' or 'optional'", sections)
  }
  if (typeof file !== 'string') throw badOption('file', 'a string', file)
  const [name] = Object.keys(unknown)
  if (name !== undefined) throw badOption('options', 'sections and file', name)
  return { sections, file }
}
