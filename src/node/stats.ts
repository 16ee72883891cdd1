// Owns what a node counts. Plain numbers, written where things happen and copied when the host asks.
import type { ChannelStats } from './channel/counters.js'

/** What `stats()` returns: a copy, whose counters go up for the life of the node unless they say otherwise. */
export interface NodeStats {
  /** Connections: now open (handshakes included), now links with members, and in all so far. */
  readonly links: {
    readonly open: number
    readonly members: number
    readonly dialled: number
    /** Made by others, and authenticated where there is `secret` or `tls`. */
    readonly accepted: number
    /** Made by others, and ended before they had proved by `secret` or `tls` that they belong to the cluster. */
    readonly rejected: number
    readonly dialsFailed: number
    /** Ended by an error of the network, or for what the peer sent. */
    readonly broken: number
    /** How often a link was read no further in a turn, because what came in had had its time. */
    readonly slowed: number
  }
  /** Control messages of the cluster; `channels` has those between hosts. */
  readonly messages: { readonly received: number; readonly sent: number }
  readonly bytes: { readonly received: number; readonly sent: number }
  readonly heartbeats: { readonly received: number; readonly sent: number }
  /** Milliseconds from a question (Hello, Join, Ping) to its answer, the last one on each member's link, by alias. */
  readonly roundTripMs: Readonly<Record<string, number>>
  /** Members now, by their status. */
  readonly members: { readonly alive: number; readonly suspect: number }
  /** What waits now, apart from channels (`channels` has theirs) and programs: each has a bound. */
  readonly queues: {
    /** Bytes of frames that wait for the network, on all links together; those of channels that are under way among them. */
    readonly outboxBytes: number
    /** Connections that others have made and that are no member's link yet. */
    readonly strangers: number
    /** Dials under way. */
    readonly dials: number
    /** Nodes that should be linked and are not, and are dialled again. */
    readonly sought: number
    /** Seeds, dialled or not. */
    readonly seeds: number
    /** Calls of the host that wait: `join`, `run`, `waitFor`, requests and so on. */
    readonly calls: number
  }
  /** How late this node's own timers were, in milliseconds: at worst, and when its event loop was last blocked for half an interval or longer. */
  readonly timers: { readonly worstLateMs: number; readonly lastBlockMs: number }
  /**
   * How often a bound of this node was reached, and what went over it refused: strangers that had to make room or were too
   * slow, nodes refused because it has as many members as it may have, links whose peer does not read, messages and channels.
   */
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

/** The part of it that the links know. */
export type LinkStats = Pick<
  NodeStats,
  'messages' | 'bytes' | 'heartbeats' | 'roundTripMs' | 'boundsHit'
> & {
  readonly links: Omit<NodeStats['links'], 'rejected'>
  readonly queues: Pick<NodeStats['queues'], 'outboxBytes' | 'dials'>
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
