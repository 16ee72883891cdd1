// Owns what the channels of a node count. Plain numbers, written where things happen and copied when the host asks.

/** The part of a node's stats that is about channels. The counters go up for the life of the node. */
export interface ChannelStats {
  /** Channels that are open now. */
  readonly open: number
  readonly messages: {
    readonly sent: number
    readonly received: number
    /** Received and not delivered: the channel was not open here, nobody listened, or it could not be read. */
    readonly dropped: number
  }
  readonly requests: {
    readonly sent: number
    /** Received. */
    readonly received: number
    /** Sent and waiting for a reply now. */
    readonly waiting: number
    /** Received and being dealt with now. */
    readonly running: number
    /** Sent and rejected, for whatever reason. */
    readonly failed: number
    /** Replies that came when nobody waited any more. */
    readonly late: number
  }
  /** Bytes of values, as Avro writes them. */
  readonly bytes: { readonly sent: number; readonly received: number }
  /** Bytes that wait now, for credit or for the network. */
  readonly waitingBytes: number
  /** Bytes of large messages that are being put together now. */
  readonly reassemblyBytes: number
  /** How often a sender found that its receiver lags behind. */
  readonly stalls: number
  /** Schemas of peers that had to be resolved with ours. */
  readonly schemasResolved: number
  /** Links lost, each told by the event `reset`. */
  readonly resets: number
}

/** The same, in a form that the hot path can write. */
export class ChannelCounters {
  messagesSent = 0
  messagesReceived = 0
  messagesDropped = 0
  requestsSent = 0
  requestsReceived = 0
  requestsWaiting = 0
  requestsRunning = 0
  requestsFailed = 0
  repliesLate = 0
  bytesSent = 0
  bytesReceived = 0
  waitingBytes = 0
  reassemblyBytes = 0
  stalls = 0
  schemasResolved = 0
  resets = 0
  boundsHit = 0
}
