// The generated parts of docs/cluster.md: the table of conflicts, the messages, and the transcript of a join.
import { readFileSync } from 'node:fs'
import { type Situation, TABLE, type Verdict } from '../../src/cluster/conflicts.js'
import { REFUSALS } from '../../src/protocol/messages.js'
import { SCHEMAS } from '../../src/protocol/schema.js'
import { markdownTable } from './table.js'

/** What the verdicts look at; which row it would choose does not matter. */
const ANY = { greeting: { id: '' }, holder: null } as unknown as Situation

export function conflicts(): string {
  return markdownTable(
    ['situation at X', 'X'],
    TABLE.map(({ situation, verdict }) => [situation, spoken(verdict(ANY))]),
  )
}

function spoken(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'accept':
      return 'accepts'
    case 'refuse':
      return `refuses: \`${verdict.code}\``
    case 'ask':
      return 'asks it, by a ping on its link or by a dial'
    case 'wait':
      return 'waits, for a second at most'
    case 'concede':
      return 'gives up its alias, and leaves'
    default:
      return verdict satisfies never
  }
}

export function refusals(): string {
  return markdownTable(
    ['code', 'meaning', 'the dialler'],
    Object.entries(REFUSALS).map(([code, { meaning, isMomentary }]) => [
      `\`${code}\``,
      meaning,
      isMomentary ? 'tries again in a moment' : 'takes it as final for this address, for now',
    ]),
  )
}

export function messages(): string {
  return markdownTable(
    ['first byte', 'message', 'says', 'fields'],
    SCHEMAS.map(({ name, doc, fields }, index) => [
      `${index * 2}`,
      name,
      doc,
      fields.map((field) => field.name).join(', '),
    ]),
  )
}

/** A story of the tests, without what it says of itself. */
export function transcript(): string {
  const path = new URL('../../test/cluster/transcripts/join-of-three.txt', import.meta.url)
  const lines = readFileSync(path, 'utf8').split('\n')
  const story = lines.filter((line) => !line.startsWith('#')).join('\n')
  return `\`\`\`text\n${story.trim()}\n\`\`\`\n`
}
