// Writes the generated parts of docs/: each stands between a pair of comments, and comes from a table of the code.
//
//   <!-- generated: NAME -->  ...  <!-- end: NAME -->
import { readFileSync, writeFileSync } from 'node:fs'
import { conflicts, messages, refusals, transcript } from './cluster.js'
import { commandLine } from './command.js'
import { errors } from './errors.js'
import { diagnostics, events } from './events.js'
import { faults, instructions } from './isa.js'
import { replCommands } from './repl.js'

interface Part {
  readonly file: string
  readonly name: string
  readonly text: () => string
}

const PARTS: readonly Part[] = [
  { file: 'docs/cluster.md', name: 'transcript', text: transcript },
  { file: 'docs/cluster.md', name: 'conflicts', text: conflicts },
  { file: 'docs/cluster.md', name: 'refusals', text: refusals },
  { file: 'docs/cluster.md', name: 'messages', text: messages },
  { file: 'docs/command.md', name: 'command line', text: commandLine },
  { file: 'docs/errors.md', name: 'errors', text: errors },
  { file: 'docs/events.md', name: 'events', text: events },
  { file: 'docs/isa.md', name: 'instructions', text: instructions },
  { file: 'docs/isa.md', name: 'faults', text: faults },
  { file: 'docs/observability.md', name: 'diagnostics', text: diagnostics },
  { file: 'docs/repl.md', name: 'repl commands', text: replCommands },
]

for (const { file, name, text } of PARTS) {
  const path = new URL(`../../${file}`, import.meta.url)
  const [begin, end] = [`<!-- generated: ${name} -->\n`, `<!-- end: ${name} -->`]
  const page = readFileSync(path, 'utf8')
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${file} has no part "${name}"`)
  writeFileSync(path, `${page.slice(0, from + begin.length)}\n${text()}\n${page.slice(to)}`)
}
