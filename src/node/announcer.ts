// Owns how the host learns what happened: by the node's events, by node:diagnostics_channel beside them, and by the
// logger where an error finds no listener. Must not know why anything happens.
import type { ClusterEvent } from '../cluster/io.js'
import type { Clock } from '../core/clock.js'
import { IridiumError, messageOf } from '../core/errors.js'
import type { Logger } from '../core/logger.js'
import { Reports } from '../core/reports.js'
import type { Diagnostics } from './diagnostics.js'
import type { Emitter } from './emitter.js'
import type { EventPayload, NodeEvents } from './events.js'

export interface AnnouncerOptions {
  readonly emitter: Emitter<NodeEvents>
  readonly diagnostics: Diagnostics
  readonly logger: Logger
  readonly clock: Clock
}

export class Announcer {
  readonly #options: AnnouncerOptions
  /** What strangers do. */
  readonly #strangers: Reports

  constructor(options: AnnouncerOptions) {
    this.#options = options
    this.#strangers = new Reports(options.clock, (error) => this.report(error))
  }

  /** An event, and the same to whoever listens from beside. */
  tell<Name extends Exclude<keyof NodeEvents, 'helloAck' | 'error'>>(
    event: Name,
    payload: EventPayload<Name>,
  ): void {
    const { diagnostics, emitter } = this.#options
    diagnostics.event(event, payload)
    emitter.emit(event, ...([payload] as Parameters<NodeEvents[Name]>))
  }

  /** What the cluster machine has to tell. */
  tellOfCluster(event: ClusterEvent): void {
    switch (event.type) {
      case 'error':
        if (event.isStrangers) this.#strangers.add(event.error)
        else this.report(event.error)
        return
      case 'left':
        this.tell('left', {})
        return
      case 'isolated':
        this.tell('isolated', {})
        return
      case 'helloAck':
        this.#options.emitter.emit('helloAck', { from: event.from, nodes: event.nodes })
        return
      case 'joined':
        this.tell('joined', { via: event.via, members: event.members })
        return
      case 'memberLeft':
        this.tell('memberLeft', { member: event.member, reason: event.reason })
        return
      default:
        this.tell(event.type, { member: event.member })
    }
  }

  /** Something failed for which no caller waits. */
  report(error: IridiumError): void {
    const { diagnostics, emitter, logger } = this.#options
    diagnostics.error(error)
    if (emitter.listenerCount('error') > 0) emitter.emit('error', error)
    else logger.error({ error }, error.message)
  }

  /** A listener has thrown; if it was one of errors, no other is told of it. */
  listenerFailed(event: keyof NodeEvents, cause: unknown): void {
    const error = new IridiumError(
      'ERR_IRIDIUM_LISTENER',
      `a listener of ${event} failed: ${messageOf(cause)}`,
      { cause },
    )
    if (event !== 'error') {
      this.report(error)
      return
    }
    const { diagnostics, logger } = this.#options
    diagnostics.error(error)
    logger.error({ error }, error.message)
  }

  close(): void {
    this.#strangers.close()
  }
}
