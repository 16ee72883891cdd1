// Owns the events of a channel: who listens, and what is told to the host when a listener fails.
import type { Member } from '../../cluster/member.js'
import { badOption, IridiumError } from '../../core/errors.js'
import type { ChannelEvents, ChannelMessage } from './channel.js'
import { Listeners } from './listeners.js'

export class ChannelEmitter {
  readonly name: string
  readonly #report: (error: IridiumError) => void
  readonly #message = this.#listenersOf<ChannelMessage<unknown>>('message')
  readonly #reset = this.#listenersOf<{ readonly with: Member }>('reset')

  constructor(name: string, report: (error: IridiumError) => void) {
    this.name = name
    this.#report = report
  }

  on<K extends keyof ChannelEvents<unknown>>(event: K, listener: ChannelEvents<unknown>[K]): this {
    this.#listeners(event, listener)?.add(listener as never)
    return this
  }

  once<K extends keyof ChannelEvents<unknown>>(
    event: K,
    listener: ChannelEvents<unknown>[K],
  ): this {
    this.#listeners(event, listener)?.addOnce(listener as never)
    return this
  }

  off<K extends keyof ChannelEvents<unknown>>(event: K, listener: ChannelEvents<unknown>[K]): this {
    this.#listeners(event, listener)?.remove(listener as never)
    return this
  }

  addListener<K extends keyof ChannelEvents<unknown>>(
    event: K,
    listener: ChannelEvents<unknown>[K],
  ): this {
    return this.on(event, listener)
  }

  removeListener<K extends keyof ChannelEvents<unknown>>(
    event: K,
    listener: ChannelEvents<unknown>[K],
  ): this {
    return this.off(event, listener)
  }

  deliver(event: ChannelMessage<unknown>): Promise<unknown> | boolean {
    return this.#message.emit(event)
  }

  /** Tells the host that a link was lost. */
  tellReset(member: Member): void {
    void this.#reset.emit({ with: member })
  }

  /** Nobody listens any more. */
  protected clearListeners(): void {
    this.#message.clear()
    this.#reset.clear()
  }

  #listenersOf<E>(event: string): Listeners<E> {
    return new Listeners<E>((cause) => this.#listenerFailed(event, cause))
  }

  #listeners(event: string, listener: unknown): Listeners<never> | undefined {
    if (typeof listener !== 'function') throw badOption('listener', 'a function', listener)
    const known = { message: this.#message, reset: this.#reset }
    // Another event is never emitted; `once` of node:events listens for an error, too.
    return known[event as keyof typeof known] as unknown as Listeners<never> | undefined
  }

  #listenerFailed(event: string, cause: unknown): void {
    this.#report(
      new IridiumError(
        'ERR_IRIDIUM_LISTENER',
        `a listener of ${event} on the channel ${this.name} has failed`,
        { cause },
      ),
    )
  }
}
