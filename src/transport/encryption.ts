// Owns the contract of encryption: how a connected socket becomes one whose other end has proved that it
// belongs to the cluster. It must not know how sockets come about, nor what the bytes mean.
// Implementation: tls.ts, with the keys of tls-secret.ts or tls-certificates.ts.
import type { Socket } from 'node:net'

export interface Encryption {
  /** Shakes hands on a socket that we have dialled; the outcome is told once, in a later turn. */
  dialled(socket: Socket, outcome: Outcome): void
  /** The same on a socket that was accepted, and of which nothing has been read. */
  accepted(socket: Socket, outcome: Outcome): void
  /** What an error of the connection means: ERR_IRIDIUM_UNAUTHENTICATED if it tells of a refused proof, else the error as it is. */
  explain(error: Error): Error
  /** What it means if the other end answers our proof with an alert in place of data. */
  refused(alert: Uint8Array): Error
}

/** One of the two is called, once, unless the socket is destroyed before anything is known. */
export interface Outcome {
  /** `socket` carries the bytes from here on, in the place of the one that was handed in. */
  secured(socket: Socket): void
  /** The socket is on its way out, and nothing of it will be delivered. An error of the network, or ERR_IRIDIUM_UNAUTHENTICATED. */
  failed(error: Error): void
}
