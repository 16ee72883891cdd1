// Owns the two tables of the command line: its commands and its flags. Parsing, --help, and docs/command.md
// come from them.

export type CommandName = 'run' | 'asm' | 'disasm' | 'node' | 'members' | 'connect' | 'keygen'

export interface CommandEntry {
  readonly name: CommandName
  /** What follows `iridium`. */
  readonly usage: string
  /** One sentence. */
  readonly help: string
  /** How many operands it takes, at least and at most. */
  readonly operands: readonly [number, number]
  /** What its operand is, where it is no file. */
  readonly operand?: string
}

/** `run` is what happens without the name of a command. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    usage: '[FLAGS] [FILE]',
    help: 'Runs a program, assembly or EPIE image, prints its registers and exits with its stop code. Without a file: the REPL.',
    operands: [0, 1],
  },
  {
    name: 'asm',
    usage: 'asm FILE -o OUT',
    help: 'Assembles a file to an EPIE image.',
    operands: [1, 1],
  },
  {
    name: 'disasm',
    usage: 'disasm FILE',
    help: 'Prints an EPIE image as assembly, which assembles back to the same bytes.',
    operands: [1, 1],
  },
  {
    name: 'node',
    usage: 'node [--join HOST:PORT]...',
    help: 'Runs a node without a REPL, until SIGINT or SIGTERM, on which it takes its leave.',
    operands: [0, 0],
  },
  {
    name: 'members',
    usage: 'members --via HOST:PORT',
    help: 'Lists the members of a cluster: joins it for a moment under a random alias, and leaves.',
    operands: [0, 0],
  },
  {
    name: 'connect',
    usage: 'connect HOST:PORT',
    help: 'Opens a session of the REPL in another process, which serves it with --enable-remote-access.',
    operands: [1, 1],
    operand: 'HOST:PORT',
  },
  {
    name: 'keygen',
    usage: 'keygen',
    help: 'Prints a new secret for a cluster: 32 random bytes, in base64url.',
    operands: [0, 0],
  },
]

export interface Flag {
  readonly name: string
  readonly short?: string
  /** What its value is called; a flag without takes none. */
  readonly value?: string
  /** What holds where it is not given, as shown to people. */
  readonly fallback?: string
  readonly help: string
  /** May be given several times. */
  readonly multiple?: true
  readonly commands: readonly CommandName[]
}

const ALL: readonly CommandName[] = COMMANDS.map(({ name }) => name)
const NODES: readonly CommandName[] = ['run', 'node', 'members', 'connect']
const SERVERS: readonly CommandName[] = ['run', 'node']

export const FLAGS = [
  {
    name: 'threads',
    short: 't',
    value: 'N',
    fallback: 'the number of logical cores',
    help: 'Threads for programs. Taken, but without effect in this version.',
    commands: ['run'],
  },
  {
    name: 'enable-remote-access',
    short: 'r',
    help: 'Serves sessions of the REPL over the network, each with a machine of its own: see `iridium connect`.',
    commands: SERVERS,
  },
  {
    name: 'bind-port',
    short: 'p',
    value: 'PORT',
    fallback: '2244',
    help: 'Port for remote access.',
    commands: SERVERS,
  },
  {
    name: 'bind-host',
    short: 'h',
    value: 'HOST',
    fallback: '127.0.0.1',
    help: 'Host for remote access.',
    commands: SERVERS,
  },
  {
    name: 'server-bind-port',
    short: 'P',
    value: 'PORT',
    fallback: '2254, or a free port where 2254 is taken',
    help: 'Port on which the node listens for others; 0 picks a free one.',
    commands: ['run', 'node'],
  },
  {
    name: 'server-bind-host',
    short: 'H',
    value: 'HOST',
    fallback: '127.0.0.1',
    help: 'Host on which the node listens for others.',
    commands: ['run', 'node'],
  },
  {
    name: 'node-alias',
    value: 'ALIAS',
    fallback: 'what the data root holds, else a random UUID',
    help: "The node's name in the cluster.",
    commands: ['run', 'node'],
  },
  {
    name: 'data-root-dir',
    value: 'DIR',
    help: "Folder that keeps the node's alias, in `.node_id`. Without it nothing is written anywhere.",
    commands: ['run', 'node'],
  },
  {
    name: 'daemon-mode',
    value: 'true|false',
    fallback: 'false',
    help: '`true` is the same as the command `node`.',
    commands: ['run'],
  },
  {
    name: 'join',
    value: 'HOST:PORT',
    multiple: true,
    help: 'A member to join the cluster through; several are better than one.',
    commands: ['node'],
  },
  {
    name: 'via',
    value: 'HOST:PORT',
    multiple: true,
    help: 'A member of the cluster in question.',
    commands: ['members'],
  },
  {
    name: 'cluster',
    value: 'NAME',
    fallback: 'iridium',
    help: 'Name of the cluster: nodes of differently named clusters refuse each other.',
    commands: ['run', 'node', 'members'],
  },
  {
    name: 'secret-file',
    value: 'FILE',
    multiple: true,
    fallback: 'the secret in IRIDIUM_SECRET, if it is set',
    help: "File with the cluster's secret, as keygen prints it: links are then encrypted and authenticated. While a secret is being changed, give both: the first is used, all are accepted.",
    commands: NODES,
  },
  {
    name: 'tls-key',
    value: 'FILE',
    help: 'Private key (PEM), for certificates instead of a secret; with --tls-cert and --tls-ca.',
    commands: NODES,
  },
  {
    name: 'tls-cert',
    value: 'FILE',
    help: "This node's certificate (PEM), and those between it and the --tls-ca.",
    commands: NODES,
  },
  {
    name: 'tls-ca',
    value: 'FILE',
    multiple: true,
    help: 'Certificate (PEM) of the authority whose certificates are accepted.',
    commands: NODES,
  },
  {
    name: 'tls-servername',
    value: 'NAME',
    help: 'A DNS name that every certificate must bear, where the authority serves more than this cluster.',
    commands: NODES,
  },
  {
    name: 'insecure',
    help: 'Allows traffic beyond loopback without a secret: neither encrypted nor authenticated.',
    commands: NODES,
  },
  {
    name: 'output',
    short: 'o',
    value: 'OUT',
    help: 'File for the image; `-` is standard output.',
    commands: ['asm'],
  },
  {
    name: 'log-level',
    value: 'LEVEL',
    fallback: 'IRIDIUM_LOG, else warn',
    help: 'What is logged to stderr: trace, debug, info, warn, error or silent.',
    commands: NODES,
  },
  { name: 'help', help: 'Shows this text.', commands: ALL },
  { name: 'version', help: 'Shows the version.', commands: ALL },
] as const satisfies readonly Flag[]

export type FlagName = (typeof FLAGS)[number]['name']
