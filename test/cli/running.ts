// Starts the command from source, as a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import type { Result } from './in-process.js'

const main = resolve(import.meta.dirname, '../../src/cli/main.ts')
const tsx = createRequire(import.meta.url).resolve('tsx')
const running = new Set<ChildProcess>()

/** For a hook after the tests: what a failed test has left behind would keep its process alive. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL')
}
process.once('exit', endAll)

export interface Options {
  readonly cwd?: string
  readonly env?: Record<string, string>
}

/** A command at work: what it has written so far, and ways to talk to it. */
export class Running {
  stdout = ''
  stderr = ''
  readonly child: ChildProcess
  readonly #ended: Promise<unknown>
  #changed = (): void => {}

  constructor(args: readonly string[], { cwd, env = {} }: Options = {}) {
    const { IRIDIUM_LOG: _, FORCE_COLOR: __, ...rest } = process.env
    this.child = spawn(process.execPath, ['--import', tsx, main, ...args], {
      cwd,
      env: { ...rest, ...env },
    })
    running.add(this.child)
    this.#ended = once(this.child, 'close').finally(() => running.delete(this.child))
    this.child.stdout?.on('data', (chunk) => this.#take('stdout', chunk))
    this.child.stderr?.on('data', (chunk) => this.#take('stderr', chunk))
    // It may have ended before all of its input was taken.
    this.child.stdin?.on('error', () => {})
  }

  say(line: string): void {
    this.child.stdin?.write(`${line}\n`)
  }

  /** Resolves to the match when the stream shows it; rejects after `withinMs`. */
  async until(
    pattern: RegExp,
    stream: 'stdout' | 'stderr' = 'stdout',
    withinMs = 20_000,
  ): Promise<RegExpMatchArray> {
    const deadline = Date.now() + withinMs
    for (;;) {
      const match = this[stream].match(pattern)
      if (match !== null) return match
      const left = deadline - Date.now()
      if (left <= 0 || this.child.exitCode !== null) {
        throw new Error(`no ${pattern} in ${stream}:\n${this.stdout}\n--- stderr\n${this.stderr}`)
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 200))
        this.#changed = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  async end(input?: string): Promise<Result> {
    this.child.stdin?.end(input)
    await this.#ended
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr }
  }

  async stop(signal: NodeJS.Signals): Promise<Result> {
    this.child.kill(signal)
    await this.#ended
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr }
  }

  #take(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this[stream] += chunk.toString()
    this.#changed()
  }
}
