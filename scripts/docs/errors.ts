// The table of docs/errors.md, from that of the core.
import { ERROR_CODES } from '../../src/core/errors.js'
import { markdownTable } from './table.js'

export function errors(): string {
  return markdownTable(
    ['code', 'retriable', 'meaning'],
    Object.entries(ERROR_CODES).map(([code, { retriable, meaning }]) => [
      `\`${code}\``,
      retriable ? 'yes' : 'no',
      meaning,
    ]),
  )
}
