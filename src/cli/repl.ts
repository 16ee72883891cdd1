// Owns `iridium` without a file: the REPL, at a terminal or over pipes.
import type { ReadStream, WriteStream } from 'node:tty'
import { watch } from '../repl/notices.js'
import { converse, StreamOutlet } from '../repl/pipe.js'
import type { RemoteAccess } from '../repl/remote-access.js'
import { Session } from '../repl/session.js'
import { attend, TerminalOutlet } from '../repl/terminal.js'
import { nodeFlags } from './node-options.js'
import type { Invocation } from './parse.js'
import { remoteAccess } from './remote.js'
import { createSeat } from './seat.js'
import { dim, type Shell, stoppedCode } from './shell.js'

/** Resolves when the session is over and the node has taken its leave. */
export async function repl(shell: Shell, invocation: Invocation): Promise<number> {
  const { stdin, stdout, stderr, stop } = shell
  shell.trapSignals()
  const terminal = stdin.isTTY === true && stdout.isTTY === true
  const outlet = terminal
    ? new TerminalOutlet(stdout as unknown as WriteStream, dim(shell))
    : new StreamOutlet(stdout)
  const log = (line: string) => outlet.aside(() => stderr.write(line))
  const options = await nodeFlags(shell, invocation, log)
  const seat = await createSeat(invocation, options, (node) =>
    watch(node, (text) => outlet.notice(`* ${text}`)),
  )
  const session = new Session(seat, outlet)
  let remote: RemoteAccess | undefined
  try {
    remote = await remoteAccess(invocation, options, seat, (line) => log(`iridium: ${line}\n`))
    const over = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()))
    const talk =
      outlet instanceof TerminalOutlet
        ? attend(session, stdin as unknown as ReadStream, stdout as unknown as WriteStream, outlet)
        : converse(session, stdin, outlet)
    await Promise.race([talk, over])
    session.interrupt()
  } finally {
    await Promise.all([session.close(), remote?.close()])
    await seat.close()
    stdin.destroy()
  }
  return stop.aborted ? stoppedCode(stop) : 0
}
