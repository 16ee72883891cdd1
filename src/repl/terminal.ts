// Owns a session at a terminal: editing, history and completion by node:readline, Ctrl-C, and notices that
// leave the line being typed as it is.
import { readdirSync } from 'node:fs'
import {
  clearScreenDown,
  createInterface,
  cursorTo,
  type Interface,
  moveCursor,
} from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import { MAX_HISTORY_LINES } from '../core/limits.js'
import { complete } from './complete.js'
import { StreamOutlet } from './pipe.js'
import { BANNER, type Session } from './session.js'

/** An outlet that knows where the line being typed stands on the screen. */
export class TerminalOutlet extends StreamOutlet {
  readonly #output: WriteStream
  readonly #decorate: (notice: string) => string
  #typing: Interface | undefined

  constructor(output: WriteStream, decorate: (notice: string) => string) {
    super(output)
    this.#output = output
    this.#decorate = decorate
  }

  /** While an interface is given, a line is being typed there. */
  typing(readline: Interface | undefined): void {
    this.#typing = readline
  }

  override notice(text: string): void {
    this.aside(() => this.#output.write(`${this.#decorate(text)}\n`))
  }

  /** Lets `write` write whole lines, above the line being typed. */
  override aside(write: () => void): void {
    const typing = this.#typing
    if (typing === undefined) {
      write()
      return
    }
    const at = typing.getCursorPos()
    moveCursor(this.#output, 0, -at.rows)
    cursorTo(this.#output, 0)
    clearScreenDown(this.#output)
    write()
    this.#output.write(typing.getPrompt() + typing.line)
    const end = endOf(typing)
    // A full row is not left before something stands in the next one.
    if (end.cols === 0) this.#output.write(' ')
    moveCursor(this.#output, 0, at.rows - end.rows)
    cursorTo(this.#output, at.cols)
  }
}

/** Serves the session until it ends, or Ctrl-D ends it. */
export async function attend(
  session: Session,
  input: ReadStream,
  output: WriteStream,
  outlet: TerminalOutlet,
): Promise<void> {
  const readline = createInterface({
    input,
    output,
    historySize: MAX_HISTORY_LINES,
    removeHistoryDuplicates: true,
    completer: (line: string) => complete(line, { symbols: session.symbols.keys(), list }),
  })
  const ask = (): void => {
    readline.setPrompt(session.prompt)
    readline.prompt()
    outlet.typing(readline)
  }
  let busy = false
  readline.on('SIGINT', () => {
    session.interrupt()
    if (busy) return
    output.write('^C\n')
    if (readline.line === '') output.write('To leave, type !quit or press Ctrl-D.\n')
    eraseLine(readline)
    ask()
  })
  readline.on('close', () => session.interrupt())

  output.write(`${BANNER}\n`)
  ask()
  for await (const line of readline) {
    busy = true
    outlet.typing(undefined)
    await session.handle(line)
    busy = false
    if (session.ended) break
    ask()
  }
  outlet.typing(undefined)
  readline.close()
  if (!session.ended) output.write('\n')
}

/** Where the cursor would stand at the end of the line. */
function endOf(readline: Interface): { rows: number; cols: number } {
  const movable = readline as {
    cursor: number
    line: string
    getCursorPos: Interface['getCursorPos']
  }
  const { cursor } = movable
  movable.cursor = movable.line.length
  const end = movable.getCursorPos()
  movable.cursor = cursor
  return end
}

function eraseLine(readline: Interface): void {
  readline.write(null, { ctrl: true, name: 'e' })
  readline.write(null, { ctrl: true, name: 'u' })
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? `${entry.name}/` : entry.name,
    )
  } catch {
    return []
  }
}
