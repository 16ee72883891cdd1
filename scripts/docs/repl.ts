// The table of docs/repl.md, from that of the REPL.
import { COMMANDS, usage } from '../../src/repl/commands.js'
import { markdownTable } from './table.js'

export function replCommands(): string {
  return markdownTable(
    ['command', 'does'],
    COMMANDS.map((command) => [`\`${usage(command)}\``, command.help]),
  )
}
