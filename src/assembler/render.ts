// Owns what diagnostics look like in a message: a line that editors can jump to, the source line, a caret
// under the place, a hint. Long lines are cut, tabs are laid out, and nothing of the source can disturb a
// terminal. Characters are taken as one column each.
import {
  MAX_DIAGNOSTICS,
  MAX_DIAGNOSTICS_SHOWN,
  MAX_FILE_SHOWN,
  MAX_LINE_SHOWN,
} from '../core/limits.js'
import type { Located } from './diagnostics.js'
import type { Lines } from './lines.js'
import { clip, visible } from './visible.js'

const TAB_WIDTH = 4

/** The text of an AssemblyError: how many diagnostics there are in `file`, and pictures of the first ones. */
export function render(located: readonly Located[], lines: Lines, file: string): string {
  const name = clip(file, MAX_FILE_SHOWN)
  const { length: count } = located
  const blocks = [`${count} ${count === 1 ? 'error' : 'errors'} in ${name}`]
  for (const one of located.slice(0, MAX_DIAGNOSTICS_SHOWN)) blocks.push(block(one, lines, name))
  if (count > MAX_DIAGNOSTICS_SHOWN) {
    const stopped = count === MAX_DIAGNOSTICS ? ', then the assembler gave up' : ''
    blocks.push(`... and ${count - MAX_DIAGNOSTICS_SHOWN} more${stopped}`)
  }
  return blocks.join('\n\n')
}

function block({ diagnostic, start }: Located, lines: Lines, file: string): string {
  const { code, message, line, column, length, hint } = diagnostic
  const number = String(line).padStart(5)
  const margin = ' '.repeat(number.length)
  const [text, caret] = picture(lines, start, length)
  const rows = [
    `${file}:${line}:${column}: ${code}: ${message}`,
    `${number} | ${text}`.trimEnd(),
    `${margin} | ${caret}`,
  ]
  if (hint !== undefined) rows.push(`${margin} = ${hint}`)
  return rows.join('\n')
}

/** The source line around `start`, and a line of carets below it. */
function picture(lines: Lines, start: number, length: number): [text: string, caret: string] {
  const { source } = lines
  const { lineStart } = lines.at(start)
  const from = Math.max(lineStart, start - Math.floor(MAX_LINE_SHOWN / 2))
  const limit = from + MAX_LINE_SHOWN
  const to = lines.lineEnd(start, limit)
  const markedTo = Math.min(start + length, to)
  const row = new Row()
  if (from > lineStart) row.add('...')
  row.add(source.slice(from, start))
  const caretFrom = row.width
  row.add(source.slice(start, markedTo))
  const carets = Math.max(row.width - caretFrom, 1)
  row.add(source.slice(markedTo, to))
  if (to === limit && lines.lineEnd(to, to + 1) > to) row.add('...')
  return [row.text, ' '.repeat(caretFrom) + '^'.repeat(carets)]
}

class Row {
  text = ''
  width = 0

  add(source: string): void {
    for (const character of source) {
      const shown =
        character === '\t' ? ' '.repeat(TAB_WIDTH - (this.width % TAB_WIDTH)) : visible(character)
      this.text += shown
      this.width += character === '\t' ? shown.length : 1
    }
  }
}
