// Owns a session: a line in, a reply out, one after the other. It knows neither terminals nor streams;
// pipe.ts and terminal.ts connect it to one.
import {
  CLOSE_GRACE_MS,
  MAX_HISTORY_LINES,
  MAX_REMOTE_HEAP_BYTES,
  MAX_REMOTE_LINE_FUEL,
  MAX_REMOTE_PROGRAM_BYTES,
  MAX_REMOTE_STACK_ENTRIES,
} from '../core/limits.js'
import { COMMAND_BY_NAME, usage } from './commands.js'
import type { Context } from './context.js'
import { execute } from './execute.js'
import type { Seat } from './seat.js'
import { Spawns } from './spawns.js'
import { within } from './within.js'
import { Workbench, type WorkbenchBounds } from './workbench.js'

export const BANNER = "Welcome to Iridium! Let's be productive!"
export const PROMPT = '>>> '

/** A session over the network may not hold the host's time or memory. */
const REMOTE_BOUNDS: WorkbenchBounds = {
  fuel: MAX_REMOTE_LINE_FUEL,
  maxProgramBytes: MAX_REMOTE_PROGRAM_BYTES,
  maxHeapBytes: MAX_REMOTE_HEAP_BYTES,
  maxStackEntries: MAX_REMOTE_STACK_ENTRIES,
}

type State =
  | { readonly kind: 'ready' }
  /** The next line answers a question. */
  | {
      readonly kind: 'asking'
      readonly question: string
      readonly answered: (answer: string, context: Context) => Promise<void>
    }
  | { readonly kind: 'ended' }

/** Where a session's texts go. */
export interface Outlet {
  /** A piece of a reply. */
  write(text: string): void
  /** Resolves when the reader is ready for more. */
  ready(): Promise<void>
  /** Lines that answer nothing: they come between the replies, or while one is being made. */
  notice(text: string): void
}

export class Session {
  readonly seat: Seat
  readonly #outlet: Outlet
  readonly #remote: boolean
  readonly #bench: Workbench
  readonly #spawns: Spawns
  readonly #history: string[] = []
  #state: State = { kind: 'ready' }
  #interrupt = new AbortController()
  #midLine = false
  #handling: Promise<void> = Promise.resolve()

  /** `remote`: commands that reach this machine's files are refused, and programs are bounded. */
  constructor(seat: Seat, outlet: Outlet, { remote = false } = {}) {
    this.seat = seat
    this.#outlet = outlet
    this.#remote = remote
    this.#bench = new Workbench(
      (text) => this.#write(text),
      () => outlet.ready(),
      remote ? REMOTE_BOUNDS : {},
    )
    this.#spawns = new Spawns((text) => outlet.notice(text))
  }

  get ended(): boolean {
    return this.#state.kind === 'ended'
  }

  /** What stands before the line to be typed. */
  get prompt(): string {
    return this.#state.kind === 'asking' ? this.#state.question : PROMPT
  }

  /** Labels declared so far. */
  get symbols(): ReadonlyMap<string, number> {
    return this.#bench.listing.symbols
  }

  /**
   * Carries out one line and resolves when its reply has been written, which ends with a line break unless
   * it is empty. Never rejects for what the line says. To be called again only after it has resolved.
   */
  handle(line: string): Promise<void> {
    this.#handling = this.#handle(line)
    return this.#handling
  }

  /** Ends the line that is being carried out, if there is one. */
  interrupt(): void {
    this.#interrupt.abort()
    if (this.#state.kind === 'asking') this.#state = { kind: 'ready' }
  }

  /** Ends the line that is being carried out, and after a moment the programs in the background. The node stays. */
  async close(): Promise<void> {
    this.#state = { kind: 'ended' }
    this.interrupt()
    await within(CLOSE_GRACE_MS, this.#handling)
    await this.#spawns.close(CLOSE_GRACE_MS)
    this.#bench.close()
  }

  async #handle(line: string): Promise<void> {
    const state = this.#state
    if (state.kind === 'ended') return
    this.#state = { kind: 'ready' }
    this.#interrupt = new AbortController()
    this.#remember(line)
    if (state.kind === 'asking') await state.answered(line, this.#context())
    else await this.#request(line.trim())
    if (this.#midLine) this.#write('\n')
    await this.#outlet.ready()
  }

  async #request(line: string): Promise<void> {
    if (line === '' || line.startsWith(';')) return
    if (!line.startsWith('!')) return execute(this.#context(), line)
    const [name = '', ...args] = line.slice(1).split(/\s+/)
    const command = COMMAND_BY_NAME.get(name)
    const { print } = this.#context()
    if (command === undefined) print('Invalid command!')
    else if (this.#remote && !command.remote) {
      print(`!${name} is not available over the network.`)
    } else if (command.accepts?.(args) === false) print(`Usage: ${usage(command)}`)
    else await command.run(this.#context(), args)
  }

  #context(): Context {
    return {
      bench: this.#bench,
      seat: this.seat,
      spawns: this.#spawns,
      history: this.#history,
      signal: this.#interrupt.signal,
      print: (line) => this.#write(`${this.#midLine ? '\n' : ''}${line}\n`),
      ask: (question, answered) => {
        this.#state = { kind: 'asking', question, answered }
      },
      end: () => {
        this.#state = { kind: 'ended' }
      },
    }
  }

  #remember(line: string): void {
    this.#history.push(line)
    if (this.#history.length > MAX_HISTORY_LINES) this.#history.shift()
  }

  #write(text: string): void {
    if (text === '') return
    this.#midLine = !text.endsWith('\n')
    this.#outlet.write(text)
  }
}
