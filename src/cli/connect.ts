// Owns `iridium connect`: the other end of a session that another process serves. What is typed goes there, what
// comes is shown; nothing is understood here.
import type { Cancel } from '../core/clock.js'
import { HANDSHAKE_TIMEOUT_MS, LINK_END_TIMEOUT_MS } from '../core/limits.js'
import {
  type Connection,
  type ConnectionHandler,
  dialFailure,
  replTransport,
} from '../node/repl-transport.js'
import { Failure } from './failure.js'
import type { Invocation } from './parse.js'
import { securityFlags } from './security.js'
import { address } from './settings.js'
import { type Shell, stoppedCode } from './shell.js'

/** Resolves when the session is over. Rejects with UsageError, and with Failure where there is none to be had. */
export async function connect(shell: Shell, invocation: Invocation): Promise<number> {
  const [target = ''] = invocation.operands
  const to = address('connect', target)
  const transport = replTransport(await securityFlags(shell, invocation))
  shell.trapSignals()
  await new Promise<void>((resolve, reject) => {
    let cancel: Cancel = () => {}
    cancel = transport.dial(to, HANDSHAKE_TIMEOUT_MS, {
      connected: (connection) => new Talk(shell, target, connection, resolve, reject),
      failed: (_reason, message) => reject(new Failure(`${target}: ${message}`)),
    })
    shell.stop.addEventListener('abort', () => {
      cancel()
      resolve()
    })
  }).finally(() => shell.stdin.destroy())
  return shell.stop.aborted ? stoppedCode(shell.stop) : 0
}

const NO_SESSION = 'the other end has closed without a word: is this the port for remote access?'

class Talk implements ConnectionHandler {
  readonly #shell: Shell
  readonly #target: string
  #wasGreeted = false
  readonly #resolve: () => void
  readonly #reject: (error: Error) => void

  constructor(
    shell: Shell,
    target: string,
    connection: Connection,
    resolve: () => void,
    reject: (error: Error) => void,
  ) {
    this.#shell = shell
    this.#target = target
    this.#resolve = resolve
    this.#reject = reject
    const { stdin, stop } = shell
    let last = '\n'
    stdin.on('data', (bytes: Buffer) => {
      if (bytes.length === 0) return
      last = bytes.subarray(-1).toString()
      if (!connection.write(bytes)) stdin.pause()
    })
    // What was asked is still answered: the session ends after its last reply.
    stdin.on('end', () => connection.write(Buffer.from(last === '\n' ? '!quit\n' : '\n!quit\n')))
    stop.addEventListener('abort', () => connection.end(LINK_END_TIMEOUT_MS))
  }

  data(bytes: Uint8Array): void {
    this.#wasGreeted = true
    this.#shell.stdout.write(Uint8Array.from(bytes))
  }

  drained(): void {
    this.#shell.stdin.resume()
  }

  closed(error?: Error): void {
    // Who closes without having read what we said resets the connection: that says no more than an orderly end.
    const isOrderly = !error || dialFailure(error) === 'reset'
    if (!this.#wasGreeted && !this.#shell.stop.aborted && isOrderly)
      this.#reject(new Failure(`${this.#target}: ${NO_SESSION}`))
    else if (error) this.#reject(new Failure(`the connection broke: ${error.message}`))
    else this.#resolve()
  }
}
