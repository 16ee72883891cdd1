// Owns the programs that run in the background of a session, until they stop or the session ends.
import { IridiumError } from '../core/errors.js'
import { MAX_SPAWNED_PROGRAMS } from '../core/limits.js'
import type { IridiumNode } from '../node/iridium-node.js'
import type { RunResult } from '../node/runner.js'
import type { Program } from '../vm/program.js'
import type { Vm } from '../vm/vm.js'
import { reasonOf } from './reason.js'
import { stopText } from './stops.js'
import { within } from './within.js'

export class Spawns {
  readonly #tell: (text: string) => void
  readonly #running = new Map<AbortController, Promise<void>>()
  #count = 0

  /** `tell` is given what there is to say about a program when it has stopped. */
  constructor(tell: (text: string) => void) {
    this.#tell = tell
  }

  /** Runs a program on the node, with a copy of the registers of `vm`. Returns its number. */
  start(node: IridiumNode, program: Program, vm: Vm): number {
    if (this.#running.size >= MAX_SPAWNED_PROGRAMS) {
      throw new IridiumError(
        'ERR_IRIDIUM_LIMIT',
        `${MAX_SPAWNED_PROGRAMS} spawned programs are running already`,
      )
    }
    this.#count += 1
    const number = this.#count
    const abort = new AbortController()
    const running = node
      .run(program, {
        registers: vm.registers.slice(),
        floatRegisters: vm.floatRegisters.slice(),
        signal: abort.signal,
      })
      .then(
        (result) => this.#tell(resultText(number, result)),
        (error) => this.#tell(`* Program ${number} has ended: ${reasonOf(error)}`),
      )
      .finally(() => this.#running.delete(abort))
    this.#running.set(abort, running)
    return number
  }

  /** Waits for what runs, but not longer than `graceMs`, then ends it. */
  async close(graceMs: number): Promise<void> {
    const all = Promise.all(this.#running.values())
    await within(graceMs, all)
    for (const abort of this.#running.keys()) abort.abort()
    await all
  }
}

function resultText(
  number: number,
  { stop, output, registers, instructionCount }: RunResult,
): string {
  const changed = [...registers].flatMap((value, index) =>
    value === 0 ? [] : [`$${index} = ${value}`],
  )
  return [
    `* Program ${number} has ${stopText(stop)}, after ${instructionCount} instructions`,
    ...(output === '' ? [] : [output.trimEnd()]),
    ...(changed.length === 0 ? [] : [`  ${changed.join(', ')}`]),
  ].join('\n')
}
