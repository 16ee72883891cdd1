// Owns what a command has to do with the world: its streams, its environment, and when it has to stop.
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { styleText } from 'node:util'

export interface Shell {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly env: {
    readonly NO_COLOR?: string
    readonly TERM?: string
    readonly IRIDIUM_LOG?: string
    readonly IRIDIUM_SECRET?: string
  }
  /** Fires when nobody reads stdout any more and, after `trapSignals`, on SIGINT, SIGTERM and SIGHUP. Its reason names which. */
  readonly stop: AbortSignal
  /** For commands that have to take their leave: signals no longer end the process, unless they come twice. */
  readonly trapSignals: () => void
}

/** A line of the result. */
export function print(shell: Shell, line: string): void {
  shell.stdout.write(`${line}\n`)
}

/** A line beside the result. */
export function warn(shell: Shell, line: string): void {
  shell.stderr.write(`iridium: ${line}\n`)
}

/** Resolves when stdout is ready for more, or will never be. */
export async function ready({ stdout, stop }: Shell): Promise<void> {
  if (!stdout.writableNeedDrain || stop.aborted) return
  await once(stdout, 'drain', { signal: stop }).catch(() => {})
}

/** Dims text, on a terminal that shows colours, unless NO_COLOR (https://no-color.org) is set. */
export function dim({ env, stdout }: Shell): (text: string) => string {
  const coloured = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  return coloured ? (text) => styleText('dim', text) : (text) => text
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The real one. */
export function processShell(): Shell {
  const controller = new AbortController()
  process.stdout.on('error', () => controller.abort('EPIPE'))
  process.stderr.on('error', () => {})
  const trapSignals = () => {
    for (const name of SIGNALS) process.once(name, () => controller.abort(name))
  }
  const { stdin, stdout, stderr, env } = process
  return { stdin, stdout, stderr, env, stop: controller.signal, trapSignals }
}

/** The exit code of a command that ended because it was told to: 128 and the signal's number, as shells do; 0 where the reader went away. */
export function stoppedCode(stop: AbortSignal): number {
  switch (stop.reason as (typeof SIGNALS)[number] | 'EPIPE') {
    case 'SIGINT':
      return 130
    case 'SIGTERM':
      return 143
    case 'SIGHUP':
      return 129
    default:
      return 0
  }
}
