// Owns the pump between the cluster machine and the world: it gives the machine one input at a time, and
// carries out what the machine answers. Decides nothing about members; that is src/cluster.
//
//   calls of the host, frames, closed links, failed dials, deadlines, turns
//     -> one queue of inputs -> machine.step -> send, dial, close, deadline, nextTurn
//                                            -> then emit and settle, when all of the former is done
//
// A listener that calls the node back finds the state of its event complete, and its call is queued.
import type { CallId, CallResult, ClusterEvent, Input, Output } from '../cluster/io.js'
import type { Clock } from '../core/clock.js'
import { IridiumError } from '../core/errors.js'
import { MAX_INPUTS_IN_A_ROW } from '../core/limits.js'
import type { Logger } from '../core/logger.js'
import { Deadline } from './deadline.js'
import { Links, type LinksOptions } from './links.js'

/** The cluster machine, as the driver sees it. */
export interface Machine {
  step(now: number, input: Input): readonly Output[]
}

export interface DriverOptions extends Omit<LinksOptions, 'input'> {
  readonly machine: Machine
  readonly logger: Logger
  readonly emit: (event: ClusterEvent) => void
  readonly settle: (call: CallId, result: CallResult) => void
}

export class Driver {
  readonly links: Links
  readonly #options: DriverOptions
  readonly #clock: Clock
  readonly #inputs: Input[] = []
  #pumping = false
  #isPutOff = false
  readonly #deadline: Deadline
  #closed = false

  constructor(options: DriverOptions) {
    this.#options = options
    this.#clock = options.clock
    this.links = new Links({ ...options, input: (input) => this.input(input) })
    this.#deadline = new Deadline(options.clock, () => this.#due({ type: 'tick' }))
  }

  /** Gives the machine an input: now, or after those that are under way. */
  input(input: Input): void {
    if (this.#closed) return
    this.#inputs.push(input)
    this.#pump()
  }

  /**
   * Waits until every link has ended, for `timeoutMs` at most, ends the rest, and takes no more inputs. When it
   * resolves, the system's handles are gone as well.
   */
  async close(timeoutMs: number): Promise<void> {
    await this.links.emptied(timeoutMs)
    this.#closed = true
    this.#deadline.close()
    this.links.close()
    await new Promise<void>((resolve) => {
      this.#clock.turn(resolve)
    })
  }

  #pump(): void {
    if (this.#pumping || this.#closed) return
    this.#pumping = true
    try {
      // What is there already is not put off, and with it what has just come in from outside.
      for (let left = Math.max(MAX_INPUTS_IN_A_ROW, this.#inputs.length); left > 0; left--) {
        const next = this.#inputs.shift()
        if (!next) return
        this.#step(next)
      }
    } finally {
      this.#pumping = false
    }
    if (this.#inputs.length === 0 || this.#isPutOff) return
    this.#isPutOff = true
    this.#clock.turn(() => {
      this.#isPutOff = false
      this.#pump()
    })
  }

  #step(input: Input): void {
    const { machine, channels, emit, settle, logger } = this.#options
    let outputs: readonly Output[]
    try {
      outputs = machine.step(this.#clock.now(), input)
    } catch (cause) {
      const error = internal(input, cause)
      logger.error({ error }, error.message)
      emit({ type: 'error', error })
      return
    }
    for (const output of outputs) this.#carryOut(output)
    for (const output of outputs) {
      if (output.type === 'emit') emit(output.event)
      else if (output.type === 'settle') settle(output.call, output.result)
      else if (output.type === 'linkDown') channels.tellReset(output.member)
    }
  }

  #carryOut(output: Output): void {
    const { links } = this
    switch (output.type) {
      case 'dial':
        links.dial(output)
        return
      case 'send':
        links.send(output)
        return
      case 'close':
        links.end(output)
        return
      case 'deadline':
        this.#deadline.set(output.at)
        return
      case 'nextTurn':
        this.#clock.turn(() => this.#due({ type: 'turn' }))
        return
      case 'log':
        this.#options.logger[output.level](output.fields, output.message)
        return
      case 'linkUp':
        links.up(output)
        return
      case 'linkDown':
        links.down(output)
        return
      case 'emit': // told after the rest
      case 'settle':
        return
      default:
        output satisfies never
    }
  }

  /** Time has come; but first the machine hears who gave a sign of life in the meantime. */
  #due(input: Input): void {
    this.links.tellHeard()
    this.input(input)
  }
}

function internal(input: Input, cause: unknown): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_INTERNAL',
    `the cluster machine failed at the input ${input.type}: ${(cause as Error)?.message}`,
    { cause },
  )
}
