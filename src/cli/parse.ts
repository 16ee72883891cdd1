// Owns reading the arguments by the tables: which command, which operands, which flags. What values mean
// is settings.ts's.
import { parseArgs } from 'node:util'
import { COMMANDS, type CommandName, FLAGS, type Flag, type FlagName } from './table.js'

/** The arguments do not fit the tables, or a value does not fit its flag. Ends the command with code 2. */
export class UsageError extends Error {
  readonly hint: string

  constructor(message: string, hint = 'iridium --help lists what there is') {
    super(message)
    this.hint = hint
  }
}

export interface Invocation {
  readonly command: CommandName
  readonly operands: readonly string[]
  /** The values of each flag that was given, in the order given; for a flag without a value, an empty list. */
  readonly flags: ReadonlyMap<FlagName, readonly string[]>
}

/** Throws UsageError. */
export function parse(args: readonly string[]): Invocation {
  const { values, positionals } = tokens(args)
  const named = COMMANDS.find(({ name }) => name !== 'run' && name === positionals[0])
  const command = named?.name ?? 'run'
  const operands = named === undefined ? positionals : positionals.slice(1)
  const flags = new Map<FlagName, readonly string[]>()
  for (const [name, value] of Object.entries(values)) {
    const flag = FLAGS.find((candidate) => candidate.name === name) as Flag & { name: FlagName }
    if (!flag.commands.includes(command)) {
      throw new UsageError(`--${name} does not belong to ${spoken(command)}`, hintFor(command))
    }
    const list = [value].flat().filter((each) => typeof each === 'string')
    if (list.length > 1 && !flag.multiple) {
      throw new UsageError(`--${name} is given more than once`, hintFor(command))
    }
    flags.set(flag.name, list)
  }
  const asked = flags.has('help') || flags.has('version')
  if (!asked) checkOperands(command, operands)
  return { command, operands, flags }
}

function tokens(args: readonly string[]) {
  const options = Object.fromEntries(
    (FLAGS as readonly Flag[]).map(({ name, short, value }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: true,
        ...(short === undefined ? {} : { short }),
      },
    ]),
  )
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    const missing = (error as Error).message.match(
      /^Option '(?:-h, )?--bind-host <value>' argument missing/,
    )
    throw missing
      ? new UsageError('-h takes a host, as it always did', 'help is --help')
      : new UsageError(firstSentence((error as Error).message))
  }
}

/** parseArgs explains at length how to pass what looks like a flag; --help is the better place to look. */
function firstSentence(message: string): string {
  const [sentence = message] = message.split(/\.(?:\s|$)/)
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}

function checkOperands(command: CommandName, operands: readonly string[]): void {
  const {
    operands: [least, most],
    operand = 'a file',
  } = entryOf(command)
  if (operands.length < least) {
    throw new UsageError(`${spoken(command)} needs ${operand}`, hintFor(command))
  }
  if (operands.length > most) {
    throw new UsageError(`${operands[most]} is one argument too many`, hintFor(command))
  }
}

export function entryOf(command: CommandName) {
  return COMMANDS.find(({ name }) => name === command) as (typeof COMMANDS)[number]
}

function spoken(command: CommandName): string {
  return command === 'run' ? 'iridium' : `iridium ${command}`
}

function hintFor(command: CommandName): string {
  return `usage: iridium ${entryOf(command).usage}`
}
