// Owns the way from arguments to the command that they name, and to its exit code.
import { createRequire } from 'node:module'
import { asm, disasm } from './assemble.js'
import { connect } from './connect.js'
import { tell } from './failure.js'
import { help } from './help.js'
import { keygen } from './keygen.js'
import { members } from './members.js'
import { node } from './node.js'
import { type Invocation, parse, UsageError } from './parse.js'
import { repl } from './repl.js'
import { runFile } from './run-file.js'
import { daemonMode, logLevel, threadsWarning } from './settings.js'
import { print, type Shell, warn } from './shell.js'

/** Carries out `iridium ...args`; resolves to the exit code, and never rejects. */
export async function command(shell: Shell, args: readonly string[]): Promise<number> {
  try {
    return await dispatch(shell, parse(args))
  } catch (error) {
    const { text, exitCode } = tell(error)
    shell.stderr.write(text)
    return exitCode
  }
}

async function dispatch(shell: Shell, invocation: Invocation): Promise<number> {
  const { command: name, flags } = invocation
  if (flags.has('help')) {
    print(shell, help(name))
    return 0
  }
  if (flags.has('version')) {
    print(shell, version())
    return 0
  }
  logLevel(flags, shell.env.IRIDIUM_LOG) // also where nothing is logged: a wrong one is told, not passed over
  switch (name) {
    case 'run':
      return run(shell, invocation)
    case 'asm':
      return asm(shell, invocation)
    case 'disasm':
      return disasm(shell, invocation)
    case 'node':
      return node(shell, invocation)
    case 'members':
      return members(shell, invocation)
    case 'connect':
      return connect(shell, invocation)
    case 'keygen':
      return keygen(shell)
    default:
      return name satisfies never
  }
}

/** Without the name of a command: the original's command line. */
async function run(shell: Shell, invocation: Invocation): Promise<number> {
  const { flags, operands } = invocation
  const warning = threadsWarning(flags)
  if (warning !== undefined) warn(shell, warning)
  const [file] = operands
  if (daemonMode(flags)) {
    if (file !== undefined) throw new UsageError('--daemon-mode true runs a node and takes no file')
    return node(shell, invocation)
  }
  if (file === undefined) return repl(shell, invocation)
  if (flags.has('enable-remote-access')) {
    throw new UsageError('--enable-remote-access goes with the REPL or a node, and takes no file')
  }
  return runFile(shell, file)
}

function version(): string {
  const require = createRequire(import.meta.url)
  return (require('iridium-node/package.json') as { version: string }).version
}
