// Owns one connected socket of node:net behind the contract of a Connection.
import type { Socket } from 'node:net'
import type { Address } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import type { Place } from './admission.js'
import type { Encryption } from './encryption.js'
import {
  isTlsAlert,
  isTlsHandshake,
  onlyTls,
  tlsAlert,
  UNEXPECTED_MESSAGE_ALERT,
} from './tls-failure.js'
import type { Connection, ConnectionHandler } from './transport.js'

export class TcpConnection implements Connection {
  readonly remote: Address
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #encryption: Encryption | undefined
  readonly #place: Place | undefined
  #ended = false
  #heard = false
  #isOver = false
  #stopTimer: Cancel | undefined

  constructor(socket: Socket, clock: Clock, encryption?: Encryption, place?: Place) {
    this.#socket = socket
    this.#clock = clock
    this.#encryption = encryption
    this.#place = place
    this.remote = remoteOf(socket)
  }

  /** Begins to deliver. */
  attach(handler: ConnectionHandler): void {
    const socket = this.#socket
    // The end is told as soon as it is certain: the socket's own 'close' comes a turn after what caused it,
    // and whoever waits for a turn before it answers would answer to somebody who is gone.
    const over = (error?: Error): void => {
      if (this.#isOver) return
      this.#isOver = true
      this.#stopTimer?.()
      // An error after our own end is how the other side took it: nobody waits for anything any more.
      handler.closed(this.#ended ? undefined : this.#explain(error))
      this.#ended = true
    }
    socket.on('error', over)
    socket.on('drain', () => {
      if (!this.#ended) handler.drained()
    })
    socket.on('data', (bytes) => {
      const obstacle = this.#heard ? undefined : this.#obstacle(bytes)
      this.#heard = true
      if (obstacle) {
        over(obstacle)
        // Of an accepted one the place sees to its end, should the other side not follow.
        if (this.#place) socket.unref().end(tlsAlert(UNEXPECTED_MESSAGE_ALERT))
        else socket.destroy()
        return
      }
      if (!this.#ended) handler.data(bytes)
    })
    socket.on('end', () => {
      if (socket.writableLength > 0) return // what is left goes out first
      over()
      socket.destroy()
    })
    socket.on('close', () => over())
  }

  /** What the first bytes say, if they are no message: that the two ends do not agree about encryption, or who we are. */
  #obstacle(beginning: Uint8Array): Error | undefined {
    if (this.#place) {
      return !this.#encryption && isTlsHandshake(beginning) ? onlyTls() : undefined
    }
    if (!isTlsAlert(beginning)) return undefined
    return this.#encryption ? this.#encryption.refused(beginning) : onlyTls()
  }

  #explain(error: Error | undefined): Error | undefined {
    return error && this.#encryption ? this.#encryption.explain(error) : error
  }

  get writableLength(): number {
    return this.#socket.writableLength
  }

  write(bytes: Uint8Array): boolean {
    return !this.#ended && this.#socket.writable && this.#socket.write(bytes)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(timeoutMs: number): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket.resume() // its end is wanted, whatever comes before it
    // To destroy it before the other end has followed would reset it, and what it has not yet read is lost.
    this.#socket.end()
    this.#stopTimer = this.#clock.timer(timeoutMs, () => this.#socket.destroy())
  }

  keep(): void {
    this.#place?.leave()
  }

  destroy(): void {
    this.#ended = true
    this.#socket.destroy()
  }
}

/** The other end of a socket. */
export function remoteOf({ remoteAddress, remotePort }: Socket): Address {
  return { host: withoutMapping(remoteAddress ?? ''), port: remotePort ?? 0 }
}

/** An IPv4 peer of a dual-stack listener shows as ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2). */
function withoutMapping(ip: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip
}
