// Owns the calls that the cluster machine answers: which promise of the host belongs to which of them.
import type { CallId, CallResult, Input } from '../cluster/io.js'
import type { Member } from '../cluster/member.js'
import type { Settle } from './pending.js'

export class MachineCalls {
  readonly #input: (input: Input) => void
  readonly #waiting = new Map<CallId, Settle<Member[]>>()
  #last: CallId = 0

  /** `input` gives the machine an input. */
  constructor(input: (input: Input) => void) {
    this.#input = input
  }

  /** Gives the machine a call, whose answer settles it; the returned function tells that nobody waits any more. */
  ask(settle: Settle<Member[]>, input: (call: CallId) => Input): () => void {
    const call = ++this.#last
    this.#waiting.set(call, settle)
    this.#input(input(call))
    return () => {
      if (this.#waiting.delete(call)) this.#input({ type: 'abort', call })
    }
  }

  /** Gives it a call for whose answer nobody waits. */
  tell(input: (call: CallId) => Input): void {
    this.#input(input(++this.#last))
  }

  /** The machine has answered. */
  settle(call: CallId, result: CallResult): void {
    const settle = this.#waiting.get(call)
    if (!this.#waiting.delete(call)) return
    if (result.ok) settle?.resolve([...result.members])
    else settle?.reject(result.error)
  }
}
