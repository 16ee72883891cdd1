// Owns listening for TCP: who of those that connect gets how far. Must not know what the bytes mean.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { type Address, formatAddress } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import { IridiumError } from '../core/errors.js'
import { HANDSHAKE_TIMEOUT_MS, LISTEN_BACKLOG, MAX_UNFINISHED_HANDSHAKES } from '../core/limits.js'
import { Reports } from '../core/reports.js'
import { Admission, type Place } from './admission.js'
import type { Encryption } from './encryption.js'
import { isLoopback } from './loopback.js'
import { remoteOf, TcpConnection } from './tcp-connection.js'
import type { Listener, ListenHandler } from './transport.js'

export async function listenTcp(
  address: Address,
  handler: ListenHandler,
  clock: Clock,
  encryption: Encryption | undefined,
): Promise<Listener> {
  const admission = new Admission(clock)
  const reports = new Reports(clock, (error) => handler.failed(error))
  /** Those that have not yet been given to the handler. */
  const unproved = new Set<Socket>()
  let accepted = 0
  let rejected = 0

  function accept(socket: Socket): void {
    accepted++
    socket.on('error', () => {}) // who needs to know listens later
    if (socket.remoteAddress === undefined) socket.destroy() // gone already
    const remote = remoteOf(socket)
    const place = admission.enter({
      address: remote.host,
      local: isLoopback(remote.host),
      silent: () => socket.bytesRead === 0,
      evict: (reason) => {
        socket.destroy()
        reports.add(evicted(remote, reason))
      },
    })
    socket.on('close', place.leave)
    if (encryption) prove(socket, remote, place, encryption)
    else deliver(socket, place)
  }

  function prove(socket: Socket, remote: Address, place: Place, encryption: Encryption): void {
    unproved.add(socket)
    socket.on('close', () => {
      if (unproved.delete(socket)) rejected++
    })
    encryption.accepted(socket, {
      secured(secured) {
        unproved.delete(socket)
        place.vouch()
        deliver(secured, place)
      },
      failed(error) {
        if (error instanceof IridiumError) reports.add(refused(remote, error))
      },
    })
  }

  function deliver(socket: Socket, place: Place): void {
    const connection = new TcpConnection(socket, clock, encryption, place)
    connection.attach(handler.accepted(connection))
  }

  const server = createServer({ noDelay: true, allowHalfOpen: false }, accept)
  // `exclusive`: workers of node:cluster would otherwise share the port, and be one node.
  server.listen({ ...address, exclusive: true, backlog: LISTEN_BACKLOG })
  await once(server, 'listening').catch((cause) => {
    throw listenFailed(address, cause)
  })
  server.on('error', (error) => handler.failed(error))
  const bound = server.address() as { address: string; port: number }
  return {
    address: { host: bound.address, port: bound.port },
    strangers: {
      get accepted() {
        return accepted
      },
      get unfinished() {
        return admission.size
      },
      get evicted() {
        return admission.evicted
      },
      get rejected() {
        return rejected
      },
    },
    close: () => {
      server.close()
      reports.close()
      for (const socket of unproved) socket.destroy()
      unproved.clear() // it is we who end them
    },
  }
}

export function listenFailed(address: Address, cause: Error): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_LISTEN_FAILED',
    `cannot listen at ${formatAddress(address)}: ${cause.message}`,
    { cause },
  )
}

function evicted(remote: Address, reason: 'crowded' | 'timeout'): IridiumError {
  return reason === 'timeout'
    ? new IridiumError(
        'ERR_IRIDIUM_TIMEOUT',
        `${formatAddress(remote)} connected and did not finish its handshake within ${HANDSHAKE_TIMEOUT_MS} ms`,
      )
    : new IridiumError(
        'ERR_IRIDIUM_LIMIT',
        `${formatAddress(remote)} was disconnected to make room: of ${MAX_UNFINISHED_HANDSHAKES} unfinished handshakes it had shown the least`,
      )
}

function refused(remote: Address, error: IridiumError): IridiumError {
  return new IridiumError(error.code, `${formatAddress(remote)}: ${error.message}`, {
    cause: error,
  })
}
