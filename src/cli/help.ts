// Owns the texts that are made from the tables: --help, and the tables in docs/command.md.
import { entryOf } from './parse.js'
import { COMMANDS, type CommandName, FLAGS, type Flag } from './table.js'

const WIDTH = 100

/** What `iridium --help` shows; for `run`, the whole; else one command. */
export function help(command: CommandName): string {
  const flags = (FLAGS as readonly Flag[]).filter(({ commands }) => commands.includes(command))
  const head =
    command === 'run'
      ? [
          'iridium: run Iridium programs, and nodes of an Iridium cluster',
          '',
          ...COMMANDS.flatMap(({ usage, help }) => [`  iridium ${usage}`, ...wrap(help, 6)]),
        ]
      : [`iridium ${entryOf(command).usage}`, ...wrap(entryOf(command).help, 2)]
  const title =
    command === 'run'
      ? 'Flags without a command (iridium COMMAND --help shows the others):'
      : 'Flags:'
  return [...head, '', title, ...flags.flatMap(flagLines)].join('\n')
}

/** How a flag is typed: `-P, --server-bind-port PORT`. */
export function spelled({ name, short, value }: Flag): string {
  const long = `--${name}${value === undefined ? '' : ` ${value}`}`
  return short === undefined ? long : `-${short}, ${long}`
}

function flagLines(flag: Flag): string[] {
  const { fallback } = flag
  const text = fallback === undefined ? flag.help : `${flag.help} Default: ${fallback}.`
  const name = flag.short === undefined ? `    ${spelled(flag)}` : spelled(flag)
  return [`  ${name}`, ...wrap(text, 10)]
}

function wrap(text: string, indent: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each)
}
