// Owns what a node counts. Plain numbers, written where things happen and copied when the host asks.
import type { ChannelStats } from './channel/counters.js'

/** What `stats()` returns: a copy, whose counters go up for the life of the node unless they say otherwise. */
export interface NodeStats {
  /** Connections: now open (handshakes included), now links with members, and in all so far. */
  readonly links: {
    readonly open: number
    readonly members: number
    readonly dialled: number
    readonly accepted: number
    readonly dialsFailed: number
    /** Ended by an error of the network, or for what the peer sent. */
    readonly broken: number
    /** How often a link was read no further in a turn, because control messages had had their time. */
    readonly slowed: number
  }
  /** Frames. */
  readonly messages: { readonly received: number; readonly sent: number }
  readonly bytes: { readonly received: number; readonly sent: number }
  readonly heartbeats: { readonly received: number; readonly sent: number }
  /** Milliseconds from a question (Hello, Join, Ping) to its answer, the last one on each member's link, by alias. */
  readonly roundTripMs: Readonly<Record<string, number>>
  /** How often a bound of this node was reached, and what went over it refused. */
  readonly boundsHit: number
  /** Messages between hosts. */
  readonly channels: ChannelStats
  /** Programs of `run()`: now running, ended so far, and the instructions that they executed. */
  readonly machines: {
    readonly running: number
    readonly finished: number
    readonly instructions: number
  }
}

/** The counters of the links, in a form that the hot path can write. */
export class LinkCounters {
  dialled = 0
  accepted = 0
  dialsFailed = 0
  broken = 0
  slowed = 0
  messagesReceived = 0
  messagesSent = 0
  bytesReceived = 0
  bytesSent = 0
  heartbeatsReceived = 0
  heartbeatsSent = 0
  boundsHit = 0
}
