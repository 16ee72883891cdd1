// Owns the contract of a transport: how bytes travel between two nodes. It must not know what they mean.
// Implementations: tcp.ts for processes, memory.ts for simulations; test/transport/conformance.ts is the
// suite that both pass. Whoever writes a third runs it too.
//
// In all of it:
// - A callback never comes from inside the call that caused it, always in a later turn or tick.
// - A handler is handed over at the moment at which a connection appears, so that no byte can be missed.
// - Errors of the network are told through the handlers; only misuse throws. Nothing is ever unhandled.
// - Once the listeners are closed, the dials cancelled and the connections closed, nothing keeps the
//   host's process alive.
import type { Address } from '../core/address.js'
import type { Cancel } from '../core/clock.js'
import type { DialFailure } from '../core/dial.js'

export interface Transport {
  /**
   * Listens at `address`; port 0 picks a free one. Rejects with ERR_IRIDIUM_LISTEN_FAILED when the
   * address is taken or not this host's, and with ERR_IRIDIUM_INSECURE when it may not be listened at.
   */
  listen(address: Address, handler: ListenHandler): Promise<Listener>

  /**
   * Connects to `address`, encryption included, within `timeoutMs`; a connection that came in time counts also
   * when this host was blocked and sees it late. Exactly one of the handler's two
   * methods is called, once; neither after the returned function was called.
   */
  dial(address: Address, timeoutMs: number, handler: DialHandler): Cancel
}

export interface ListenHandler {
  /**
   * Somebody has connected, and is authenticated as far as the transport can. The connection counts among the
   * unfinished handshakes until `keep`.
   */
  accepted(connection: Connection): ConnectionHandler
  /** Somebody could not be taken; listening goes on. Of many such errors within a second one is told, with their number. */
  failed(error: Error): void
}

export interface Listener {
  /** Where it listens, with the port that was picked. */
  readonly address: Address
  /** What it has seen of strangers so far, also after `close`, if this transport counts them. */
  readonly strangers?: StrangerCounts
  /** Stops to listen at once: the port is free when this returns. Accepted connections live on. */
  close(): void
}

/** Of the connections that others make. */
export interface StrangerCounts {
  /** All that were accepted: so far. Programs leave turns of the event loop to them, if the transport counts them. */
  readonly accepted?: number
  /** Of which `keep` has not been said: now. */
  readonly unfinished: number
  /** Ended for lack of a place, or because they had not become a member's in time: so far. */
  readonly evicted: number
  /** Ended, whoever ended them, before they were authenticated, and so never given to the handler: so far. */
  readonly rejected: number
}

export interface DialHandler {
  connected(connection: Connection): ConnectionHandler
  /** `message` is for people; whoever dialled adds the address. */
  failed(reason: DialFailure, message: string): void
}

/** What a connection tells whoever uses it. */
export interface ConnectionHandler {
  /** Bytes in the order in which they were sent, cut anywhere. They are given away: nobody writes to them again. */
  data(bytes: Uint8Array): void
  /** After a `write` that returned false: what was queued has gone out far enough, write on. */
  drained(): void
  /** It has ended, whoever ended it: exactly once, and nothing comes after it. Without `error`, in good order. */
  closed(error?: Error): void
}

export interface Connection {
  /** The other end: of an accepted connection not where that node listens. */
  readonly remote: Address
  /** Bytes that were written and not yet handed to the network. When it is 0, written buffers may be used again. */
  readonly writableLength: number
  /**
   * Takes `bytes`, all of them, and keeps a reference to them until they have gone out. False asks the
   * caller to stop until `drained`; what is written nevertheless is queued. After the end it does nothing.
   */
  write(bytes: Uint8Array): boolean
  /** Delivers nothing, not even the end that the other side makes, until `resume`; what comes waits in the network. A connection that breaks still says so, and a chunk that is on its way may still come. */
  pause(): void
  resume(): void
  /**
   * Ends in good order: what was written goes out first, then the other end is told. Nothing is delivered
   * from here on. Destroyed after `timeoutMs`, if the other end does not follow.
   */
  end(timeoutMs: number): void
  /**
   * The other end has turned out to be a member. An accepted connection of which this has not been said ends
   * after HANDSHAKE_TIMEOUT_MS, encryption included, or for a newcomer when there are too many of its kind.
   */
  keep(): void
  /** Ends at once; what has not gone out is lost. */
  destroy(): void
}
