// Owns the way from a Program back to a source text.
import { badOption } from '../core/errors.js'
import { Program } from '../vm/program.js'
import { LabelNames } from './label-names.js'
import { listCode } from './list-code.js'
import { listData } from './list-data.js'
import { Listing } from './listing.js'

/**
 * A source, with labels and addresses, that assembles to exactly the bytes of `program`, whatever they are:
 * what no instruction and no readable constant gives stands there as `.bytes`. The program's own labels
 * come back where they name the start of something. Throws ERR_IRIDIUM_BAD_OPTION for what is no Program.
 */
export function disassemble(program: Program): string {
  if (!(program instanceof Program)) throw badOption('program', 'a Program', program)
  const { readOnly, code, codeStart, symbols } = program
  const names = new LabelNames(symbols)
  const listing = new Listing()
  listing.line(
    `; ${readOnly.length} bytes of data; ${code.length} bytes of code, from ${codeStart} on`,
  )
  listing.line('.data')
  listData(readOnly, names, listing)
  listing.line('.code')
  listCode(program, names, listing)
  return listing.toString()
}
