// Owns the way in: a source text becomes a Program, or an AssemblyError that says all that is wrong with it.
import { badOption } from '../core/errors.js'
import { MAX_SOURCE_LENGTH } from '../core/limits.js'
import { buildImage, Program } from '../vm/program.js'
import { AssemblyError } from './assembly-error.js'
import { Diagnostics, TooManyDiagnostics } from './diagnostics.js'
import { Lines } from './lines.js'
import { render } from './render.js'
import { type Translation, translate } from './translate.js'

export interface AssembleOptions {
  /**
   * `required`, the default: the source has at least one `.data` and one `.code` header, before anything else.
   * `optional`: it may have none, and begins in `.code`.
   */
  readonly sections?: 'required' | 'optional' | undefined
  /** How messages name the source; default `<source>`. */
  readonly file?: string | undefined
}

/**
 * Assembles a source (docs/assembly.md) into a program with its labels in `symbols`.
 * Throws AssemblyError, ERR_IRIDIUM_ASSEMBLY, for a source that does not assemble, and ERR_IRIDIUM_BAD_OPTION
 * for arguments of the wrong type. Takes time and memory in proportion to the source.
 */
export function assemble(source: string, options: AssembleOptions = {}): Program {
  if (typeof source !== 'string') throw badOption('source', 'a string', source)
  const { sections, file } = checkOptions(options)
  const diagnostics = new Diagnostics()
  const translation = attempt(source, sections, diagnostics)
  if (translation === undefined || diagnostics.count > 0) throw failure(diagnostics, source, file)
  const { readOnly, code, symbols } = translation
  return Program.from(buildImage(readOnly, code), symbols)
}

/** Undefined if so much is wrong that the rest has not been looked at. */
function attempt(
  source: string,
  sections: 'required' | 'optional',
  diagnostics: Diagnostics,
): Translation | undefined {
  if (source.length > MAX_SOURCE_LENGTH) {
    const message = `the source has ${source.length} characters, at most ${MAX_SOURCE_LENGTH} are allowed`
    diagnostics.report('ParseError', { start: 0, end: 0 }, message)
    return undefined
  }
  try {
    return translate(source, sections, diagnostics)
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
  if (typeof options !== 'object' || options === null) {
    throw badOption('options', 'an object', options)
  }
  const { sections = 'required', file = '<source>', ...unknown } = options
  if (sections !== 'required' && sections !== 'optional') {
    throw badOption('sections', "'required' or 'optional'", sections)
  }
  if (typeof file !== 'string') throw badOption('file', 'a string', file)
  const [name] = Object.keys(unknown)
  if (name !== undefined) throw badOption('options', 'sections and file', name)
  return { sections, file }
}
