// Owns the contract between the cluster machine and whoever drives it: inputs in, outputs out.
// The machine has no I/O, no clock and no randomness but those given in. The driver (node/) carries out
// every output, in order, before it gives the next input; a simulation does the same without sockets.
//
// Links have numbers: the machine numbers those that it dials (even), the driver those that it accepts
// (odd). A number is never used twice. A link ends with exactly one `closed` or `dialFailed` input, also
// when the machine itself asked for the close; after that input the machine never names it again.
import type { DialFailure } from '../core/dial.js'
import type { IridiumError } from '../core/errors.js'
import type { Message } from '../protocol/messages.js'
import type { Versions } from '../protocol/versions.js'
import type { Address, Member } from './member.js'

export type { DialFailure }

export type LinkId = number
/** Names a call of the host that waits for a `settle`; chosen by the driver, never used twice. */
export type CallId = number

export type Input =
  // calls of the host
  /** The server is bound; `address` is where. From here on the node answers, and tries its configured seeds. */
  | { readonly type: 'start'; readonly address: Address }
  | { readonly type: 'join'; readonly call: CallId; readonly seeds: readonly Address[] }
  /** Settles once goodbye has been sent on every link; the driver keeps or closes the listener. */
  | { readonly type: 'leave'; readonly call: CallId }
  /** The caller of `call` no longer waits: nothing settles it, what it began goes on or is dropped. */
  | { readonly type: 'abort'; readonly call: CallId }
  | { readonly type: 'setTags'; readonly tags: Readonly<Record<string, string>> }
  /** Strikes a failed member off for good: it is no longer dialled. */
  | { readonly type: 'forget'; readonly idOrAlias: string }
  // what happens to links
  | { readonly type: 'accepted'; readonly link: LinkId; readonly remote: Address }
  /** A dial of the machine's has become an authenticated connection. */
  | { readonly type: 'connected'; readonly link: LinkId; readonly remote: Address }
  | {
      readonly type: 'dialFailed'
      readonly link: LinkId
      readonly reason: DialFailure
      readonly message: string
    }
  | { readonly type: 'closed'; readonly link: LinkId; readonly error?: IridiumError }
  /** A whole, decoded control message. */
  | { readonly type: 'frame'; readonly link: LinkId; readonly message: Message }
  /** Bytes that are no control message have come over the link since the last input: signs of life. */
  | { readonly type: 'traffic'; readonly link: LinkId }
  // time
  /** The deadline has come. */
  | { readonly type: 'tick' }
  /** One full turn of the event loop has passed since `nextTurn` was asked for. */
  | { readonly type: 'turn' }

/** Events of the cluster, named and shaped as NodeEvents has them. */
export type ClusterEvent =
  | { readonly type: 'helloAck'; readonly from: Member; readonly nodes: Member[] }
  | { readonly type: 'joined'; readonly via: Member; readonly members: Member[] }
  | { readonly type: 'memberJoined'; readonly member: Member }
  | { readonly type: 'memberSuspected'; readonly member: Member }
  | { readonly type: 'memberRecovered'; readonly member: Member }
  | { readonly type: 'memberUpdated'; readonly member: Member }
  | {
      readonly type: 'memberLeft'
      readonly member: Member
      readonly reason: 'left' | 'failed' | 'replaced'
    }
  | { readonly type: 'isolated' }
  | { readonly type: 'left' }
  /** `isStrangers`: what a stranger has done, who could do it as often as it likes; whoever tells the host bounds that. */
  | { readonly type: 'error'; readonly error: IridiumError; readonly isStrangers?: true }

export type Output =
  | { readonly type: 'dial'; readonly link: LinkId; readonly address: Address }
  | { readonly type: 'send'; readonly link: LinkId; readonly message: Message }
  /** Closes the link; with `flush`, only after what was sent before has gone out (bounded in time). */
  | {
      readonly type: 'close'
      readonly link: LinkId
      readonly flush: boolean
      readonly reason: string
    }
  /** The link has become the one link with this member: the host's messages may flow. */
  | {
      readonly type: 'linkUp'
      readonly link: LinkId
      readonly member: Member
      /** Of the protocol, as both ends speak it on this link. */
      readonly version: number
    }
  /** The link no longer is: nothing that still arrives on it may be delivered. Its `close` comes in the same step, unless it has ended. */
  | { readonly type: 'linkDown'; readonly link: LinkId; readonly member: Member }
  /** Give a `tick` at this time (ms of Clock.now), or as soon after it as can be; replaces the last one. */
  | { readonly type: 'deadline'; readonly at: number | null }
  /** Give a `turn` after one full turn of the event loop. */
  | { readonly type: 'nextTurn' }
  | { readonly type: 'emit'; readonly event: ClusterEvent }
  | { readonly type: 'settle'; readonly call: CallId; readonly result: CallResult }
  | {
      readonly type: 'log'
      readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error'
      readonly fields: object
      readonly message: string
    }

export type CallResult =
  | { readonly ok: true; readonly members: readonly Member[] }
  | { readonly ok: false; readonly error: IridiumError }

/** What never changes in the life of a machine. */
export interface ClusterConfig {
  readonly id: string
  readonly alias: string
  readonly cluster: string
  /** What to tell others about where this node listens; null: where it is bound, or what a seed saw. */
  readonly advertise: Address | null
  readonly seeds: readonly Address[]
  readonly tags: Readonly<Record<string, string>>
  readonly intervalMs: number
  readonly timeoutMs: number
  /** Of the protocol; default: those of this package. */
  readonly versions?: Versions
}
