// Owns a network in memory: latency, partitions, and processes that stall or die. Used by simulations.
// Must not know what the bytes mean, nor any real time: time and turns come in with each endpoint.
//
// An endpoint is one process. As in a real host, the kernel goes on while the process does not: a stalled
// process's connections are accepted and filled, and only what runs in the process (`run`) waits.
import { type Address, formatAddress, isPort } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import { IridiumError } from '../core/errors.js'
import { FIRST_EPHEMERAL_PORT, MAX_PORT } from '../core/limits.js'
import { connectPair, type MemoryConnection } from './memory-connection.js'
import type { DialHandler, Listener, ListenHandler, Transport } from './transport.js'

export interface MemoryNetworkOptions {
  /** Calls back after so many milliseconds of the network's own time; in order, where the delay is the same. */
  readonly schedule: (delayMs: number, callback: () => void) => void
  /** Milliseconds that every packet takes, one way. */
  readonly latencyMs: number
}

/** How a process runs what the network has for it. */
export interface Host {
  readonly clock: Clock
  /** Runs `callback` in that process in a later turn, as soon as it can, in order; never, once it is dead. */
  readonly run: (callback: () => void) => void
}

interface Bound {
  readonly endpoint: MemoryEndpoint
  readonly handler: ListenHandler
}

/** The packets under way from one endpoint to another. While the way is cut they wait, as TCP would send them again. */
interface Wire {
  readonly packets: (() => void)[]
  cut: boolean
  held: number
}

export class MemoryNetwork {
  readonly #options: MemoryNetworkOptions
  readonly #listeners = new Map<string, Bound>()
  /** Whose address it was last: a partition also hides that nobody listens any more. */
  readonly #homes = new Map<string, MemoryEndpoint>()
  readonly #wires = new Map<MemoryEndpoint, Map<MemoryEndpoint, Wire>>()
  /** Endpoints whose process has ended, and whose homes are kept while there are cuts to hide that. */
  readonly #ended = new Set<MemoryEndpoint>()
  #isCut = false
  #nextPort = FIRST_EPHEMERAL_PORT

  constructor(options: MemoryNetworkOptions) {
    this.#options = options
  }

  /** A new process on this network. */
  endpoint(host: Host): MemoryEndpoint {
    return new MemoryEndpoint(this, host)
  }

  /** Nothing gets from `from` to `to` any more, until `mend`. One way only. */
  cut(from: MemoryEndpoint, to: MemoryEndpoint): void {
    this.#wire(from, to).cut = true
    this.#isCut = true
  }

  /** Ends every cut; what was held arrives after one latency. */
  mend(): void {
    for (const [from, wires] of this.#wires) {
      for (const [to, wire] of wires) {
        wire.cut = false
        for (; wire.held > 0; wire.held--) this.#arriveLater(from, to, wire)
        this.#dropIfIdle(from, to, wire)
      }
    }
    this.#isCut = false
    this.#forgetEnded()
  }

  /** The process of this endpoint has ended for good. */
  ended(endpoint: MemoryEndpoint): void {
    this.#ended.add(endpoint)
    if (!this.#isCut) this.#forgetEnded()
  }

  /** Carries a packet from one endpoint to another: `arrive` runs there, in the kernel. */
  send(from: MemoryEndpoint, to: MemoryEndpoint, arrive: () => void): void {
    const wire = this.#wire(from, to)
    wire.packets.push(arrive)
    this.#arriveLater(from, to, wire)
  }

  /** Carries a packet to whoever has or had `address`; if nobody ever did, `lost` runs after a round trip. */
  sendTo(
    from: MemoryEndpoint,
    address: Address,
    arrive: (to: MemoryEndpoint) => void,
    lost: () => void,
  ) {
    const home = this.#homes.get(key(address))
    if (home) this.send(from, home, () => arrive(home))
    else this.#options.schedule(this.#options.latencyMs * 2, lost)
  }

  bind(endpoint: MemoryEndpoint, address: Address, handler: ListenHandler): Address | null {
    const bound = { host: address.host, port: address.port || this.#freePort(address.host) }
    if (this.#listeners.has(key(bound))) return null
    this.#listeners.set(key(bound), { endpoint, handler })
    this.#homes.set(key(bound), endpoint)
    return bound
  }

  unbind(address: Address): void {
    this.#listeners.delete(key(address))
  }

  listenerAt(address: Address): Bound | undefined {
    return this.#listeners.get(key(address))
  }

  #freePort(host: string): number {
    for (;;) {
      const port = this.#nextPort
      this.#nextPort = port < MAX_PORT ? port + 1 : FIRST_EPHEMERAL_PORT
      if (!this.#listeners.has(key({ host, port }))) return port
    }
  }

  #arriveLater(from: MemoryEndpoint, to: MemoryEndpoint, wire: Wire): void {
    this.#options.schedule(this.#options.latencyMs, () => {
      if (wire.cut) {
        wire.held++
        return
      }
      const arrive = wire.packets.shift()
      this.#dropIfIdle(from, to, wire)
      arrive?.()
    })
  }

  /** What carries nothing and is whole need not be remembered: processes come and go. */
  #dropIfIdle(from: MemoryEndpoint, to: MemoryEndpoint, { packets, cut }: Wire): void {
    if (cut || packets.length > 0) return
    const wires = this.#wires.get(from)
    wires?.delete(to)
    if (wires?.size === 0) this.#wires.delete(from)
  }

  #forgetEnded(): void {
    if (this.#ended.size === 0) return
    for (const [address, home] of this.#homes) {
      if (this.#ended.has(home)) this.#homes.delete(address)
    }
    this.#ended.clear()
  }

  #wire(from: MemoryEndpoint, to: MemoryEndpoint): Wire {
    const wires = this.#wires.get(from) ?? new Map<MemoryEndpoint, Wire>()
    const wire = wires.get(to) ?? { packets: [], cut: false, held: 0 }
    this.#wires.set(from, wires.set(to, wire))
    return wire
  }
}

/** One process on the network: a transport, and what can happen to its host. */
export class MemoryEndpoint implements Transport {
  readonly #network: MemoryNetwork
  readonly #host: Host
  readonly #connections = new Set<MemoryConnection>()
  readonly #bound = new Set<Address>()
  #isDead = false

  constructor(network: MemoryNetwork, host: Host) {
    this.#network = network
    this.#host = host
  }

  async listen(address: Address, handler: ListenHandler): Promise<Listener> {
    const bound = this.#network.bind(this, address, handler)
    if (!bound) {
      throw new IridiumError(
        'ERR_IRIDIUM_LISTEN_FAILED',
        `cannot listen at ${formatAddress(address)}: the address is in use`,
      )
    }
    this.#bound.add(bound)
    return { address: bound, close: () => this.#unbind(bound) }
  }

  dial(address: Address, timeoutMs: number, handler: DialHandler): Cancel {
    let settled = false
    const settle = (act: () => void): void => {
      if (settled) return
      settled = true
      stopTimer()
      act()
    }
    const fail = (reason: 'refused' | 'timeout' | 'unreachable', why: string): void =>
      settle(() => handler.failed(reason, why))
    const refused = (): void => fail('refused', 'nobody listens there')
    let stopTimer = this.#host.clock.timer(timeoutMs, () => {
      stopTimer = this.#host.clock.turn(() =>
        fail('timeout', `no connection within ${timeoutMs} ms`),
      )
    })

    if (this.#isDead) return () => settle(() => {})
    if (!isPort(address.port)) {
      this.#host.run(() => fail('unreachable', 'not a port'))
    } else {
      this.#network.sendTo(
        this,
        address,
        (to) => {
          const bound = this.#network.listenerAt(address)
          if (!bound) return this.#network.send(to, this, () => this.#host.run(refused))
          const [near, far] = connectPair(this.#network, this, bound.endpoint, address)
          bound.endpoint.take(far, bound.handler)
          this.#network.send(to, this, () =>
            this.#host.run(() => {
              if (settled) near.destroy()
              else settle(() => near.attach(handler.connected(near)))
            }),
          )
        },
        () => this.#host.run(refused),
      )
    }
    return () => settle(() => {})
  }

  /** Ends this process as SIGKILL does: its kernel closes what was open, and nobody listens any more. */
  kill(): void {
    this.#isDead = true
    for (const bound of this.#bound) this.#unbind(bound)
    for (const connection of this.#connections) connection.destroy()
    this.#network.ended(this)
  }

  get clock(): Clock {
    return this.#host.clock
  }

  run(callback: () => void): void {
    this.#host.run(callback)
  }

  /** Puts an accepted connection into the queue of the process. */
  take(connection: MemoryConnection, handler: ListenHandler): void {
    this.#host.run(() => connection.attach(handler.accepted(connection)))
  }

  opened(connection: MemoryConnection): void {
    this.#connections.add(connection)
  }

  ended(connection: MemoryConnection): void {
    this.#connections.delete(connection)
  }

  #unbind(bound: Address): void {
    if (this.#bound.delete(bound)) this.#network.unbind(bound)
  }
}

/** Other names of the one host that this network's processes share, unless they choose others. */
const LOOPBACK = new Set(['localhost', '::1', '0.0.0.0', '::'])

function key({ host, port }: Address): string {
  return formatAddress({ host: LOOPBACK.has(host) ? '127.0.0.1' : host, port })
}
