// The tables of docs/command.md, from those of the command line.
import { spelled } from '../../src/cli/help.js'
import { COMMANDS, FLAGS, type Flag } from '../../src/cli/table.js'
import { markdownTable } from './table.js'

export function commandLine(): string {
  const commands = markdownTable(
    ['command', 'does'],
    COMMANDS.map(({ usage, help }) => [`\`iridium ${usage}\``, help]),
  )
  const flags = markdownTable(
    ['flag', 'of', 'does', 'default'],
    (FLAGS as readonly Flag[]).map((flag) => [
      `\`${spelled(flag)}\``,
      owners(flag),
      flag.help,
      flag.fallback ?? '',
    ]),
  )
  return `${commands}\n${flags}`
}

function owners({ commands }: Flag): string {
  if (commands.length === COMMANDS.length) return 'all'
  return commands.map((name) => (name === 'run' ? '(none)' : `\`${name}\``)).join(', ')
}
