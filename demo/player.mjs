// A node of the demo as the demo sees it: a process that takes orders and tells what happens to it.
import { fork } from 'node:child_process'

/** Everything in the story takes a fraction of a second, on a busy machine a few. */
const PATIENCE_MS = 10_000

const players = new Set()

export class Player {
  #child
  #heard = []
  #waiting = new Set()

  /** `onMessage` sees everything that the process tells, as it comes. */
  constructor(alias, onMessage) {
    this.alias = alias
    this.#child = fork(new URL('member.mjs', import.meta.url), [alias])
    this.pid = this.#child.pid
    const hear = (message) => {
      this.#heard.push(message)
      for (const look of this.#waiting) look(message)
    }
    this.#child.on('message', (message) => {
      onMessage(message)
      hear(message)
    })
    this.#child.once('exit', () =>
      hear({ what: 'failed', order: 'its process', message: 'it has ended' }),
    )
    players.add(this)
  }

  order(order, fields = {}) {
    // To a process that has ended nothing can be said; that it has ended is told elsewhere.
    this.#child.send({ order, ...fields }, () => {})
  }

  /** SIGKILL: the process has no say in it. */
  kill() {
    this.#child.kill('SIGKILL')
  }

  /** The first message of this kind that matches, told since `since` or still to come; rejects after `PATIENCE_MS`. */
  told(what, matches = () => true, since = 0) {
    const fits = (message) => message.what === what && message.at >= since && matches(message)
    const failed = (message) => message.what === 'failed'
    const early = this.#heard.find(fits)
    if (early !== undefined) return Promise.resolve(early)
    const failure = this.#heard.find(failed)
    if (failure !== undefined) return Promise.reject(this.#errorOf(failure))
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        settle(value)
      }
      const look = (message) => {
        if (fits(message)) done(resolve, message)
        if (failed(message)) done(reject, this.#errorOf(message))
      }
      const timer = setTimeout(
        () =>
          done(reject, new Error(`${this.alias} did not tell of ${what} within ${PATIENCE_MS} ms`)),
        PATIENCE_MS,
      )
      this.#waiting.add(look)
    })
  }

  #errorOf({ order, message }) {
    return new Error(`${this.alias}: ${order}: ${message}`)
  }
}

/** Whatever happens: no process stays behind. */
export function killAll() {
  for (const player of players) player.kill()
}
