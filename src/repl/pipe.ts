// Owns a session over a pair of streams: a pipe, a file, later a connection. Plain text, one line one
// request, and a prompt after each reply, so that a program at the other end knows when a reply is whole.
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { readLines } from './line-reader.js'
import { BANNER, type Outlet, type Session } from './session.js'

/** An outlet that writes to a stream and waits while the stream is full. */
export class StreamOutlet implements Outlet {
  readonly #output: Writable
  #prompt = ''

  constructor(output: Writable) {
    this.#output = output
  }

  /** Remembers that a prompt stands at the end, so that a notice can make a line of its own and repeat it. */
  prompt(text: string): void {
    this.#prompt = text
    this.#output.write(text)
  }

  /** A line has been taken: the prompt is used up. */
  taken(): void {
    this.#prompt = ''
  }

  write(text: string): void {
    this.#output.write(text)
  }

  notice(text: string): void {
    this.#output.write(this.#prompt === '' ? `${text}\n` : `\n${text}\n${this.#prompt}`)
  }

  /** Lets `write` write to another stream that may share the screen. */
  aside(write: () => void): void {
    write()
  }

  async ready(): Promise<void> {
    if (!this.#output.writableNeedDrain || this.#output.destroyed) return
    await Promise.race([once(this.#output, 'drain'), once(this.#output, 'close')])
  }
}

/** Serves the session until the input ends or the session does. */
export async function converse(
  session: Session,
  input: Readable,
  outlet: StreamOutlet,
): Promise<void> {
  outlet.write(`${BANNER}\n`)
  outlet.prompt(session.prompt)
  for await (const line of readLines(input)) {
    outlet.taken()
    if ('tooLong' in line) outlet.write('Unable to parse input: the line is too long\n')
    else await session.handle(line.text)
    if (session.ended) return
    outlet.prompt(session.prompt)
  }
  outlet.taken()
  outlet.write('\n')
}
