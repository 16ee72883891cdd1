// Owns the table of the REPL's commands: dispatch, !help, tab completion and docs/repl.md come from it.
// The rest of the commands' work stands beside: machine-commands.ts, file-commands.ts, cluster-commands.ts.
import { clusterMembers, isAddress, joinCluster, startCluster } from './cluster-commands.js'
import type { Context } from './context.js'
import { loadFile, spawnFile } from './file-commands.js'
import { clearProgram, clearRegisters, program, registers, symbols } from './machine-commands.js'

export interface Command {
  /** What is typed after the `!`. */
  readonly name: string
  /** What may follow it; in brackets what may be left out. */
  readonly parameters: string
  /** One sentence. */
  readonly help: string
  /** Whether a session over the network may use it: nothing that reads this machine's files may. */
  readonly remote: boolean
  /** Whether its argument is the path of a file, for completion. */
  readonly path?: true
  /** Whether it can work with these arguments; if not, its usage is shown. Default: it ignores them. */
  readonly accepts?: (args: readonly string[]) => boolean
  readonly run: (context: Context, args: readonly string[]) => void | Promise<void>
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'quit',
    parameters: '',
    help: 'Ends the session.',
    remote: true,
    run: (context) => {
      context.print('Farewell! Have a great day!')
      context.end()
    },
  },
  {
    name: 'history',
    parameters: '',
    help: 'Lists the lines typed so far.',
    remote: true,
    run: (context) => context.history.forEach(context.print),
  },
  {
    name: 'program',
    parameters: '',
    help: "Lists the program's bytes, in decimal, by address.",
    remote: true,
    run: program,
  },
  {
    name: 'clear_program',
    parameters: '',
    help: 'Empties the program and its symbols; registers stay.',
    remote: true,
    run: clearProgram,
  },
  {
    name: 'clear_registers',
    parameters: '',
    help: 'Sets all registers to 0, those for floats too.',
    remote: true,
    run: clearRegisters,
  },
  {
    name: 'registers',
    parameters: '',
    help: 'Lists the 32 integer and the 32 float registers.',
    remote: true,
    run: registers,
  },
  {
    name: 'symbols',
    parameters: '',
    help: 'Lists the labels declared so far and their values.',
    remote: true,
    run: symbols,
  },
  {
    name: 'load_file',
    parameters: '[PATH]',
    help: 'Assembles a file, appends it and runs it.',
    remote: false,
    path: true,
    run: loadFile,
  },
  {
    name: 'spawn',
    parameters: '[PATH]',
    help: 'Runs a file in the background, registers copied.',
    remote: false,
    path: true,
    run: spawnFile,
  },
  {
    name: 'start_cluster',
    parameters: '',
    help: 'Listens for other nodes.',
    remote: true,
    run: startCluster,
  },
  {
    name: 'join_cluster',
    parameters: 'IP PORT',
    help: 'Joins the cluster of the node at this address.',
    remote: true,
    accepts: isAddress,
    run: joinCluster,
  },
  {
    name: 'cluster_members',
    parameters: '',
    help: 'Lists the others: alias, host, listening port, status.',
    remote: true,
    run: clusterMembers,
  },
  {
    name: 'help',
    parameters: '',
    help: 'Lists the commands.',
    remote: true,
    run: (context) => help().forEach(context.print),
  },
]

export const COMMAND_BY_NAME: ReadonlyMap<string, Command> = new Map(
  COMMANDS.map((command) => [command.name, command]),
)

/** How a command is typed: `!join_cluster IP PORT`. */
export function usage(command: Command): string {
  return `!${command.name} ${command.parameters}`.trimEnd()
}

function help(): string[] {
  const width = Math.max(...COMMANDS.map((command) => usage(command).length))
  return [
    'Type assembly, one or more instructions a line, or one of these commands:',
    ...COMMANDS.map((command) => `  ${usage(command).padEnd(width)}  ${command.help}`),
  ]
}
