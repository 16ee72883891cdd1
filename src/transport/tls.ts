// Owns the TLS 1.3 handshake (RFC 8446) of both ends, through node:tls. Which keys prove who belongs to the
// cluster comes from tls-secret.ts or tls-certificates.ts; when a handshake takes too long, the caller knows.
import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import * as tls from 'node:tls'
import { MAX_FIRST_FRAME_BYTES } from '../core/limits.js'
import type { Encryption, Outcome } from './encryption.js'
import {
  explainTlsFailure,
  isNoTls,
  PROTOCOL_VERSION_ALERT,
  refusal,
  refusedProof,
  tlsAlert,
  unauthenticated,
} from './tls-failure.js'

/** What proves that an end belongs to the cluster, and how to judge the other end's proof. */
export interface TlsKeys {
  /** For the contexts of both ends. */
  readonly context: tls.SecureContextOptions
  readonly client: tls.ConnectionOptions
  readonly server: tls.TlsOptions
  /** What is wrong with the other end, now that the handshake is finished; null if it belongs to the cluster. */
  judge(socket: tls.TLSSocket): Error | null
}

/**
 * What is spoken inside, told by both ends (RFC 7301), so that nobody in the middle can lead a connection to a
 * port of ours that means something else by the same bytes.
 */
export type TlsProtocol = 'iridium' | 'iridium-repl'

/** Both ends speak TLS 1.3 only. No tickets: one outlives the key or certificate with which it was earned. */
const CONTEXT: tls.SecureContextOptions = {
  minVersion: 'TLSv1.3',
  secureOptions: constants.SSL_OP_NO_TICKET,
}

export class TlsEncryption implements Encryption {
  readonly #keys: TlsKeys
  readonly #protocol: TlsProtocol
  readonly #clientContext: tls.SecureContext
  /** Never listens: sockets are given to it, as its event `connection` permits. */
  readonly #server: tls.Server
  /** Handshakes of accepted sockets under way, by the four numbers that name a TCP connection. */
  readonly #accepting = new Map<string, Handshake>()

  /** Throws what node:tls throws of keys that it cannot read. */
  constructor(keys: TlsKeys, protocol: TlsProtocol) {
    this.#keys = keys
    this.#protocol = protocol
    this.#clientContext = tls.createSecureContext({ ...CONTEXT, ...keys.context })
    this.#server = tls.createServer({
      ...CONTEXT,
      ...keys.context,
      ...keys.server,
      ALPNProtocols: [protocol],
      // A server of node:tls that rejects does not say why; `judge` does both.
      rejectUnauthorized: false,
    })
    this.#server.on('secureConnection', (socket) => {
      const handshake = this.#accepting.get(nameOf(socket))
      if (!handshake) {
        socket.destroy() // its end has already been told
        return
      }
      this.#judge(socket, handshake, (wrong) => {
        dismiss(socket, refusal(wrong))
        handshake.refuse(wrong)
      })
    })
    this.#server.on('tlsClientError', (error, socket) => {
      const handshake = this.#accepting.get(nameOf(socket))
      if (isNoTls(error)) handshake?.say(tlsAlert(PROTOCOL_VERSION_ALERT))
      handshake?.fail(error)
    })
  }

  dialled(socket: Socket, outcome: Outcome): void {
    const handshake = new Handshake(socket, outcome)
    const secure = tls.connect({
      ...this.#keys.client,
      ALPNProtocols: [this.#protocol],
      socket,
      secureContext: this.#clientContext,
      rejectUnauthorized: true, // said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment changes nothing
    })
    secure.on('error', (error) => handshake.fail(error))
    secure.on('secureConnect', () =>
      this.#judge(secure, handshake, (wrong) => {
        secure.on('error', () => {}).destroy()
        handshake.fail(wrong)
      }),
    )
  }

  accepted(socket: Socket, outcome: Outcome): void {
    if (socket.destroyed) return
    // At once, before a byte of it is read: what has been read elsewhere a TLS socket takes in by another way, which leaves
    // it with buffers of 1 and 16 KiB for good in place of 64 (docs/decisions/strangers.md).
    const name = nameOf(socket)
    const handshake = new Handshake(socket, outcome)
    this.#accepting.set(name, handshake)
    handshake.over = () => {
      // The same four numbers may name another connection by now.
      if (this.#accepting.get(name) === handshake) this.#accepting.delete(name)
    }
    this.#server.emit('connection', socket)
  }

  explain(error: Error): Error {
    return explainTlsFailure(error)
  }

  refused(beginning: Uint8Array): Error {
    return refusedProof(beginning)
  }

  #judge(socket: tls.TLSSocket, handshake: Handshake, reject: (wrong: Error) => void): void {
    const wrong = this.#keys.judge(socket) ?? this.#judgeProtocol(socket)
    if (wrong === null) handshake.succeed(socket)
    else reject(wrong)
  }

  #judgeProtocol({ alpnProtocol }: tls.TLSSocket): Error | null {
    if (alpnProtocol === this.#protocol) return null
    const other = alpnProtocol ? `\`${alpnProtocol}\`` : 'something else'
    return unauthenticated(`the other end speaks ${other}, not \`${this.#protocol}\``)
  }
}

/**
 * Says a last word to a client and waits for its end, since to destroy the socket with something unread could reset it,
 * and the word would be lost. A sound client has said no more than its first frame. How long this may take, the place
 * knows that every accepted connection has.
 */
function dismiss(socket: tls.TLSSocket, word: Uint8Array): void {
  let bytes = 0
  socket.on('error', () => {})
  socket.on('data', ({ length }) => {
    bytes += length
    if (bytes > 2 * MAX_FIRST_FRAME_BYTES) socket.destroy()
  })
  socket.unref()
  socket.end(word)
}

/** Tells the outcome of one handshake once, also when the socket just goes away. */
class Handshake {
  readonly #socket: Socket
  readonly #outcome: Outcome
  #settled = false
  /** Called at the end, whatever it was. */
  over: () => void = () => {}

  constructor(socket: Socket, outcome: Outcome) {
    this.#socket = socket
    this.#outcome = outcome
    socket.on('close', () => this.fail(closedEarly()))
  }

  succeed(secure: tls.TLSSocket): void {
    if (this.#settle()) this.#outcome.secured(secure)
  }

  fail(error: Error): void {
    if (this.refuse(error)) this.#socket.destroy()
  }

  /** A last word in clear text. */
  say(word: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(word)
  }

  /** As `fail`, but the socket is left to end in good order. */
  refuse(error: Error): boolean {
    if (!this.#settle()) return false
    this.#outcome.failed(explainTlsFailure(error))
    return true
  }

  #settle(): boolean {
    const first = !this.#settled
    this.#settled = true
    if (first) this.over()
    return first
  }
}

function closedEarly(): Error {
  return Object.assign(new Error('closed during the TLS handshake'), { code: 'ECONNRESET' })
}

function nameOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`
}
