// Owns the public contract of a channel. open-channel.ts implements it.
import type { Member } from '../../cluster/member.js'
import type { IridiumError } from '../../core/errors.js'
import type { CallOptions } from '../pending.js'

/** What a message brings. */
export interface ChannelMessage<T> {
  readonly from: Member
  readonly value: T
}

/** What a request brings. */
export interface ChannelRequest<T> extends ChannelMessage<T> {
  /** Fires when nobody waits for the reply any more: the requester gave up, its link is lost, or the channel was closed at either end. */
  readonly signal: AbortSignal
}

/** The events of a channel. A listener may return a promise: the message counts as dealt with when it settles. */
export type ChannelEvents<T> = {
  /** A member has sent a value. Comes after its `memberJoined` and never after its `memberLeft`. */
  message: (event: ChannelMessage<T>) => unknown
  /** The link to a member was lost: what was under way, in either direction, may be lost too. */
  reset: (event: { readonly with: Member }) => unknown
}

/** Answers a request. What it throws reaches the requester as the message of an ERR_IRIDIUM_HANDLER. */
export type RequestHandler<T> = (event: ChannelRequest<T>) => T | PromiseLike<T>

export interface ChannelOptions {
  /**
   * The most bytes of a value, sent or received: 1 to 16 MiB, default 1 MiB. As Avro writes it, it may take 16 more, so that
   * `bytes` may be as long as this. The node keeps memory for one such value.
   */
  readonly maxMessageBytes?: number | undefined
}

export interface RequestOptions extends CallOptions {
  /** Milliseconds until the request rejects with ERR_IRIDIUM_TIMEOUT. Default 10,000. */
  readonly timeoutMs?: number | undefined
}

/** What became of a broadcast. */
export interface BroadcastResult {
  /** The members whose links have taken the value. */
  readonly sent: readonly Member[]
  /** The others, and why: most often ERR_IRIDIUM_NO_LINK or ERR_IRIDIUM_LINK_LOST. */
  readonly failed: readonly { readonly member: Member; readonly error: IridiumError }[]
}

/**
 * A named stream of typed messages between the hosts of a cluster. Between two `reset`s with a member,
 * messages to and from it arrive exactly once and in order.
 *
 * A value must fit the channel's schema and its `maxMessageBytes`; else the call fails with
 * ERR_IRIDIUM_BAD_MESSAGE, which names the bad field. A call that names somebody who is no member fails with
 * ERR_IRIDIUM_NOT_A_MEMBER, one that names a member without a link with ERR_IRIDIUM_NO_LINK; nothing waits for
 * a link. More than 32 MiB waiting for one member, on all channels, fails with ERR_IRIDIUM_LIMIT.
 */
export interface Channel<T> {
  readonly name: string
  readonly maxMessageBytes: number

  /**
   * Sends `value` to the member with this alias. Resolves when the link has taken it, which is not delivery:
   * until then it waits for the network, and for a receiver that lags behind. Rejects with
   * ERR_IRIDIUM_LINK_LOST if the link breaks first.
   */
  send(to: string, value: T, options?: CallOptions): Promise<void>

  /**
   * As `send`, without a promise: takes the value at once, and returns false if the caller had better wait
   * for `drain` before it writes more. Throws what `send` rejects with.
   */
  write(to: string, value: T): boolean

  /** Resolves when `write` to this member would return true. */
  drain(to: string, options?: CallOptions): Promise<void>

  /**
   * Sends `value` to every member. Resolves when each link has taken it or failed to; rejects only for what
   * is the caller's own: a value that does not fit, a signal, a closed channel.
   */
  broadcast(value: T, options?: CallOptions): Promise<BroadcastResult>

  /**
   * Sends `value` to the member's handler and resolves to its reply. Rejects with ERR_IRIDIUM_HANDLER if the
   * handler throws, ERR_IRIDIUM_NO_HANDLER if there is none or its channel is closed before it replies, ERR_IRIDIUM_SCHEMA if one host cannot read the
   * other, ERR_IRIDIUM_TIMEOUT, or ERR_IRIDIUM_LINK_LOST.
   */
  request(to: string, value: T, options?: RequestOptions): Promise<T>

  /**
   * Answers the requests of others, until the returned function is called; those that it has by then it still answers.
   * @throws IridiumError ERR_IRIDIUM_BAD_STATE if the channel has a handler already
   */
  handle(handler: RequestHandler<T>): () => void

  on<K extends keyof ChannelEvents<T>>(event: K, listener: ChannelEvents<T>[K]): this
  once<K extends keyof ChannelEvents<T>>(event: K, listener: ChannelEvents<T>[K]): this
  off<K extends keyof ChannelEvents<T>>(event: K, listener: ChannelEvents<T>[K]): this
  addListener<K extends keyof ChannelEvents<T>>(event: K, listener: ChannelEvents<T>[K]): this
  removeListener<K extends keyof ChannelEvents<T>>(event: K, listener: ChannelEvents<T>[K]): this

  /**
   * Closes the channel on this node: what waits rejects with ERR_IRIDIUM_CLOSED, what comes is dropped. Requests that its
   * handler has not answered reject at the requester with ERR_IRIDIUM_NO_HANDLER, and their signals fire.
   */
  close(): void
  [Symbol.dispose](): void
}
