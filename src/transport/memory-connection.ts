// Owns one connection of the network in memory, as a pair of ends.
import type { Address } from '../core/address.js'
import type { Cancel } from '../core/clock.js'
import { FIRST_EPHEMERAL_PORT, MEMORY_HIGH_WATER_BYTES } from '../core/limits.js'
import type { MemoryEndpoint, MemoryNetwork } from './memory.js'
import type { Connection, ConnectionHandler } from './transport.js'

/** The two ends of a new connection: the one that dialled `address`, and the one that listens there. */
export function connectPair(
  network: MemoryNetwork,
  dialler: MemoryEndpoint,
  listener: MemoryEndpoint,
  address: Address,
): [MemoryConnection, MemoryConnection] {
  const near = new MemoryConnection(network, dialler, address)
  const far = new MemoryConnection(network, listener, {
    host: '127.0.0.1',
    port: FIRST_EPHEMERAL_PORT,
  })
  near.peer = far
  far.peer = near
  return [near, far]
}

/**
 * - `open`: both ways
 * - `ending`: we have said that nothing more comes, the other end has not followed
 * - `closed`: over, and `closed` is on its way to the handler
 */
type State = 'open' | 'ending' | 'closed'

export class MemoryConnection implements Connection {
  readonly remote: Address
  /** The other end; set right after construction. */
  declare peer: MemoryConnection
  readonly #network: MemoryNetwork
  readonly #endpoint: MemoryEndpoint
  #handler: ConnectionHandler | undefined
  #state: State = 'open'
  #underWay = 0
  #full = false
  #stopTimer: Cancel | undefined
  #paused = false
  /** What has arrived while it is paused. */
  readonly #held: (() => void)[] = []

  constructor(network: MemoryNetwork, endpoint: MemoryEndpoint, remote: Address) {
    this.#network = network
    this.#endpoint = endpoint
    this.remote = remote
    endpoint.opened(this)
  }

  attach(handler: ConnectionHandler): void {
    this.#handler = handler
  }

  get writableLength(): number {
    return this.#underWay
  }

  write(bytes: Uint8Array): boolean {
    if (this.#state !== 'open') return false
    const copy = bytes.slice()
    this.#underWay += copy.length
    this.#full = this.#underWay >= MEMORY_HIGH_WATER_BYTES
    this.#send((peer) => peer.#arrive(() => peer.#receive(copy)))
    return !this.#full
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#endpoint.run(() => {
      while (!this.#paused && this.#held.length > 0) this.#held.shift()?.()
    })
  }

  end(timeoutMs: number): void {
    if (this.#state !== 'open') return
    this.#state = 'ending'
    this.resume()
    this.#stopTimer = this.#endpoint.clock.timer(timeoutMs, () => this.destroy())
    this.#sendEnd()
  }

  /** No strangers come to a network in memory. */
  keep(): void {}

  destroy(): void {
    if (this.#state === 'open') this.#sendEnd()
    if (this.#state !== 'closed') this.#close()
  }

  #arrive(take: () => void): void {
    this.#endpoint.run(() => {
      if (this.#paused || this.#held.length > 0) this.#held.push(take)
      else take()
    })
  }

  #receive(bytes: Uint8Array): void {
    this.peer.#taken(bytes.length)
    if (this.#state === 'open') this.#handler?.data(bytes)
  }

  /** The other end has sent its last. */
  #receiveEnd(): void {
    if (this.#state === 'open') this.#sendEnd()
    if (this.#state !== 'closed') this.#close()
  }

  /** The other process has read `length` bytes of ours. */
  #taken(length: number): void {
    this.#underWay -= length
    if (!this.#full || this.#underWay >= MEMORY_HIGH_WATER_BYTES) return
    this.#full = false
    this.#endpoint.run(() => {
      if (this.#state === 'open') this.#handler?.drained()
    })
  }

  #sendEnd(): void {
    this.#send((peer) => peer.#arrive(() => peer.#receiveEnd()))
  }

  #send(arrive: (peer: MemoryConnection) => void): void {
    this.#network.send(this.#endpoint, this.peer.#endpoint, () => arrive(this.peer))
  }

  #close(): void {
    this.#state = 'closed'
    this.#stopTimer?.()
    this.#endpoint.ended(this)
    this.#endpoint.run(() => this.#handler?.closed())
  }
}
