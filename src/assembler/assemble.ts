// Owns the way from a source text to a Program.
import { badOption } from '../core/errors.js'
import { buildImage, Program } from '../vm/program.js'
import { type AssembleOptions, assemblePart } from './part.js'

/**
 * Assembles a source (docs/assembly.md) into a program, with its labels in `symbols`.
 * Throws AssemblyError, ERR_IRIDIUM_ASSEMBLY, for a source that does not assemble, and ERR_IRIDIUM_BAD_OPTION
 * for arguments of the wrong type. Takes time and memory in proportion to the source.
 */
export function assemble(source: string, options: AssembleOptions = {}): Program {
  if (typeof options !== 'object' || options === null || 'before' in options) {
    throw badOption('options', 'an object of sections and file', options)
  }
  const { readOnly, code, symbols } = assemblePart(source, options)
  return Program.from(buildImage(readOnly, code), symbols)
}
