// Owns TCP through node:net: dialling, and how the platform's errors are called here. Listening is in
// tcp-listener.ts, proof of who the other end is in encryption.ts. Must not know what the bytes mean.
import { connect, isIP, type Socket } from 'node:net'
import type { Address } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import type { DialFailure } from '../core/dial.js'
import { IridiumError } from '../core/errors.js'
import { DIAL_ATTEMPT_TIMEOUT_MS } from '../core/limits.js'
import type { Encryption } from './encryption.js'
import { insecure, isLoopback, lookupLoopback, resolveLoopback } from './loopback.js'
import { TcpConnection } from './tcp-connection.js'
import { listenFailed, listenTcp } from './tcp-listener.js'
import type { DialHandler, Listener, ListenHandler, Transport } from './transport.js'

export interface TcpOptions {
  readonly clock: Clock
  /** Listens and dials on loopback only (127.0.0.0/8 and ::1, by whatever name). */
  readonly loopbackOnly: boolean
  /** How both ends of every connection prove that they belong to the cluster; default: they do not. */
  readonly encryption?: Encryption | undefined
}

export class TcpTransport implements Transport {
  readonly #clock: Clock
  readonly #loopbackOnly: boolean
  readonly #encryption: Encryption | undefined

  constructor({ clock, loopbackOnly, encryption }: TcpOptions) {
    this.#clock = clock
    this.#loopbackOnly = loopbackOnly
    this.#encryption = encryption
  }

  async listen(address: Address, handler: ListenHandler): Promise<Listener> {
    const { port } = address
    const host = this.#loopbackOnly ? await this.#resolve(address) : address.host
    return listenTcp({ host, port }, handler, this.#clock, this.#encryption)
  }

  dial(address: Address, timeoutMs: number, handler: DialHandler): Cancel {
    let settled = false
    let socket: Socket | undefined
    const settle = (): boolean => {
      const first = !settled
      settled = true
      stopTimer()
      return first
    }
    const fail = (reason: DialFailure, message: string): void => {
      if (!settle()) return
      socket?.destroy()
      handler.failed(reason, message)
    }
    // A late timer proves nothing about the other end: what waits in the socket is looked at first.
    let stopTimer = this.#clock.timer(timeoutMs, () => {
      stopTimer = this.#clock.turn(() => fail('timeout', `no connection within ${timeoutMs} ms`))
    })
    const failSoon = (error: Error): void => {
      this.#clock.soon(() => fail(dialFailure(error), error.message))
    }

    if (this.#loopbackOnly && isIP(address.host) && !isLoopback(address.host)) {
      failSoon(insecure(address.host))
    } else {
      try {
        socket = this.#connect(address)
        socket.on('error', (error) => fail(dialFailure(error), error.message))
        socket.on('connect', () => connected(socket as Socket))
      } catch (error) {
        failSoon(error as Error) // what node:net refuses to try, such as a port of 70,000
      }
    }
    const connected = (socket: Socket): void => {
      if (isOwnEcho(socket)) {
        fail('refused', 'nobody listens there')
      } else if (this.#encryption) {
        this.#encryption.dialled(socket, {
          secured: deliver,
          failed: (error) => fail(dialFailure(error), error.message),
        })
      } else {
        deliver(socket)
      }
    }
    const deliver = (socket: Socket): void => {
      if (!settle()) return
      const connection = new TcpConnection(socket, this.#clock, this.#encryption)
      connection.attach(handler.connected(connection))
    }
    return () => {
      if (settle()) socket?.destroy()
    }
  }

  #resolve(address: Address): Promise<string> {
    return resolveLoopback(address.host).catch((cause) => {
      throw cause instanceof IridiumError ? cause : listenFailed(address, cause)
    })
  }

  #connect({ host, port }: Address): Socket {
    return connect({
      host,
      port,
      noDelay: true,
      allowHalfOpen: false,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: DIAL_ATTEMPT_TIMEOUT_MS,
      ...(this.#loopbackOnly ? { lookup: lookupLoopback } : {}),
    })
  }
}

/** What an error of the platform says about a dial. */
export function dialFailure(error: Error): DialFailure {
  // Of several addresses of one name, each was tried: nobody listens only if every one of them refused.
  if (error instanceof AggregateError && error.errors.length > 0) {
    const reasons = error.errors.map((each) => dialFailure(each))
    return reasons.find((reason) => reason !== 'refused') ?? 'refused'
  }
  if (error instanceof IridiumError) {
    return error.code === 'ERR_IRIDIUM_UNAUTHENTICATED' ? 'unauthenticated' : 'insecure'
  }
  return FAILURES[(error as NodeJS.ErrnoException).code ?? ''] ?? 'unreachable'
}

const FAILURES: Readonly<Record<string, DialFailure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EMFILE: 'resources',
  ENFILE: 'resources',
  ENOBUFS: 'resources',
  ENOMEM: 'resources',
  EADDRNOTAVAIL: 'resources',
}

/**
 * A dial on loopback to a port where nobody listens can meet itself, when the system picks that very port
 * as its source (RFC 9293, section 3.5, simultaneous open).
 */
function isOwnEcho(socket: Socket): boolean {
  return socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress
}
