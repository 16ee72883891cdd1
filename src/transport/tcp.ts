// Owns TCP through node:net: dialling, listening, and how the platform's errors are called here.
// Must not know what the bytes mean. Encryption will be another way to make the socket, in the same shape.
import { lookup as lookupName } from 'node:dns'
import { once } from 'node:events'
import { BlockList, connect, createServer, isIP, type LookupFunction, type Socket } from 'node:net'
import { type Address, formatAddress } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import type { DialFailure } from '../core/dial.js'
import { IridiumError } from '../core/errors.js'
import { DIAL_ATTEMPT_TIMEOUT_MS, LISTEN_BACKLOG } from '../core/limits.js'
import { TcpConnection } from './tcp-connection.js'
import type { DialHandler, Listener, ListenHandler, Transport } from './transport.js'

export interface TcpOptions {
  readonly clock: Clock
  /** Listens and dials on loopback only (127.0.0.0/8 and ::1, by whatever name). */
  readonly loopbackOnly: boolean
}

export class TcpTransport implements Transport {
  readonly #clock: Clock
  readonly #loopbackOnly: boolean

  constructor({ clock, loopbackOnly }: TcpOptions) {
    this.#clock = clock
    this.#loopbackOnly = loopbackOnly
  }

  async listen(address: Address, handler: ListenHandler): Promise<Listener> {
    const host = this.#loopbackOnly ? await resolveLoopback(address.host) : address.host
    const server = createServer({ noDelay: true, allowHalfOpen: false }, (socket) => {
      const connection = new TcpConnection(socket, this.#clock)
      connection.attach(handler.accepted(connection))
    })
    // `exclusive`: workers of node:cluster would otherwise share the port, and be one node.
    server.listen({ host, port: address.port, exclusive: true, backlog: LISTEN_BACKLOG })
    await once(server, 'listening').catch((cause) => {
      throw listenFailed(address, cause)
    })
    server.on('error', (error) => handler.failed(error))
    const bound = server.address() as { address: string; port: number }
    return {
      address: { host: bound.address, port: bound.port },
      close: () => {
        server.close()
      },
    }
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
      handler.failed(reason, `${formatAddress(address)}: ${message}`)
    }
    const stopTimer = this.#clock.timer(timeoutMs, () =>
      fail('timeout', `no connection within ${timeoutMs} ms`),
    )
    const failSoon = (error: Error): void => {
      this.#clock.soon(() => fail(dialFailure(error), error.message))
    }

    if (this.#loopbackOnly && isIP(address.host) && !isLoopback(address.host)) {
      failSoon(insecure(address.host))
    } else {
      try {
        socket = this.#connect(address)
        socket.on('error', (error) => fail(dialFailure(error), error.message))
        socket.once('connect', () => connected(socket as Socket))
      } catch (error) {
        failSoon(error as Error) // what node:net refuses to try, such as a port of 70,000
      }
    }
    const connected = (socket: Socket): void => {
      if (isOwnEcho(socket)) fail('refused', 'nobody listens there')
      if (!settle()) return
      const connection = new TcpConnection(socket, this.#clock)
      connection.attach(handler.connected(connection))
    }
    return () => {
      if (settle()) socket?.destroy()
    }
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
  if (error instanceof IridiumError) return 'insecure'
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

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

function isLoopback(ip: string): boolean {
  return loopback.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4')
}

function insecure(host: string): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_INSECURE',
    `${host} is not on loopback: give \`secret\` or \`tls\`, or allow plain traffic with \`insecure: true\``,
  )
}

/** Resolves a name for `connect`, and leaves only the addresses on loopback. */
const lookupLoopback: LookupFunction = (host, options, callback) => {
  lookupName(host, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, '')
    const allowed = found.filter(({ address }) => isLoopback(address))
    const first = allowed[0]
    if (!first) return callback(insecure(host), '')
    if (options.all) callback(null, allowed)
    else callback(null, first.address, first.family)
  })
}

/** The address on loopback that `host` means, IPv4 first, as everywhere in the defaults. */
async function resolveLoopback(host: string): Promise<string> {
  if (isIP(host)) {
    if (!isLoopback(host)) throw insecure(host)
    return host
  }
  return new Promise((resolve, reject) => {
    lookupLoopback(host, { all: true }, (error, found) => {
      if (error)
        return reject(
          error instanceof IridiumError ? error : listenFailed({ host, port: 0 }, error),
        )
      const addresses = found as { address: string; family: number }[]
      resolve((addresses.find(({ family }) => family === 4) ?? addresses[0])?.address ?? host)
    })
  })
}

function listenFailed(address: Address, cause: Error): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_LISTEN_FAILED',
    `cannot listen at ${formatAddress(address)}: ${cause.message}`,
    { cause },
  )
}

/**
 * A dial on loopback to a port where nobody listens can meet itself, when the system picks that very port
 * as its source (RFC 9293, section 3.5, simultaneous open).
 */
function isOwnEcho(socket: Socket): boolean {
  return socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress
}
