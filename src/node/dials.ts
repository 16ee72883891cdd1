// Owns the dials that are under way: each begins at once, or, when this turn has seen enough of them, in one of the
// next; a list of members that names hundreds must not hold up the event loop. Must not know what is dialled, and why.
import type { LinkId } from '../cluster/io.js'
import type { Address } from '../core/address.js'
import type { Cancel } from '../core/clock.js'
import { HANDSHAKE_TIMEOUT_MS, MAX_DIAL_MS } from '../core/limits.js'
import type { DialHandler, Transport } from '../transport/transport.js'
import type { Share, Waiting } from './share.js'

export class Dials implements Waiting {
  readonly #transport: Transport
  readonly #share: Share
  readonly #begun = new Map<LinkId, Cancel>()
  readonly #queued = new Map<LinkId, () => void>()

  constructor(transport: Transport, share: Share) {
    this.#transport = transport
    this.#share = share
  }

  get size(): number {
    return this.#begun.size + this.#queued.size
  }

  /** One method of `handler` is called, once, unless `cancel` comes first. */
  begin(id: LinkId, address: Address, handler: DialHandler): void {
    this.#queued.set(id, () => this.#dial(id, address, handler))
    if (this.#queued.size === 1) this.goOn()
  }

  /** True if there was such a dial. */
  cancel(id: LinkId): boolean {
    const cancel = this.#begun.get(id)
    cancel?.()
    this.#begun.delete(id)
    return this.#queued.delete(id) || cancel !== undefined
  }

  goOn(): void {
    this.#share.use()
    for (const [id, dial] of this.#queued) {
      if (this.#share.usedMs > MAX_DIAL_MS) {
        this.#share.wait(this)
        return
      }
      this.#queued.delete(id)
      dial()
    }
  }

  close(): void {
    this.#share.forget(this)
    this.#queued.clear()
    for (const cancel of this.#begun.values()) cancel()
    this.#begun.clear()
  }

  #dial(id: LinkId, address: Address, handler: DialHandler): void {
    const cancel = this.#transport.dial(address, HANDSHAKE_TIMEOUT_MS, {
      connected: (connection) => {
        this.#begun.delete(id)
        return handler.connected(connection)
      },
      failed: (reason, message) => {
        this.#begun.delete(id)
        handler.failed(reason, message)
      },
    })
    this.#begun.set(id, cancel)
  }
}
