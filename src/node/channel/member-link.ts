// Owns the channels' side of one link between members: a sender, a receiver, the requests under way, and
// what each of our channels sends. It has no I/O and no clock: bytes come in by `receive` and go out by the outbox.
// All that is made with the first message either way: many links never carry one, and a node gets dozens at once.
import type { Member } from '../../cluster/member.js'
import { IridiumError } from '../../core/errors.js'
import { DATA_TAGS } from '../../protocol/data-codec.js'
import type { Outbox } from '../outbox.js'
import { closedThere } from './faults.js'
import type { ReadableChannel } from './incoming.js'
import type { Stoppable } from './message-run.js'
import { Outgoing, type WritableChannel } from './outgoing.js'
import { payloadOf } from './payload.js'
import { Peer } from './peer.js'
import { Receiver, type ReceiverHost } from './receiver.js'
import { Requests } from './requests.js'
import { Sender, type SenderOptions } from './sender.js'

export interface MemberLinkOptions {
  readonly member: Member
  readonly outbox: Outbox
  /** Of the protocol, as both ends speak it. */
  readonly version: number
  readonly host: ReceiverHost
  readonly soon: SenderOptions['soon']
}

export class MemberLink {
  readonly #options: MemberLinkOptions
  readonly #peer: Peer
  #ways: Ways | undefined
  #lost: IridiumError | undefined

  constructor(options: MemberLinkOptions) {
    this.#options = options
    this.#peer = new Peer(options.member, options.host)
  }

  get sender(): Sender {
    return (this.#ways ?? this.#make()).sender
  }

  get requests(): Requests {
    return (this.#ways ?? this.#make()).requests
  }

  /** The member at the other end. */
  get member(): Member {
    return this.#peer.member
  }

  /** A newer picture of it. */
  set member(member: Member) {
    this.#peer.member = member
  }

  /** What `channel` has under way here. */
  outgoing(channel: WritableChannel): Outgoing {
    const { outgoing } = this.#ways ?? this.#make()
    const known = outgoing.get(channel)
    if (known) return known
    const out = new Outgoing(channel)
    outgoing.set(channel, out)
    return out
  }

  /**
   * Takes what a frame of the peer holds: `bytes` from `start` to `end`; see FrameHandler for `isLasting`.
   * @throws IridiumError ERR_IRIDIUM_BAD_FRAME, ERR_IRIDIUM_PROTOCOL: the link is to be closed
   */
  receive(bytes: Buffer, start: number, end: number, isLasting: boolean): void {
    const { receiver } = this.#ways ?? this.#make()
    receiver.receive(bytes, start, end, isLasting)
  }

  /** Takes the messages of a run of frames; see FrameRun. `frames` says when it is to end. */
  receiveRun(bytes: Buffer, at: number, end: number, frames: Stoppable): number {
    return this.#ways ? this.#ways.receiver.receiveRun(bytes, at, end, frames) : at
  }

  /** The connection takes more. */
  drained(): void {
    this.#ways?.sender.drained()
  }

  /** Forgets a channel that has been closed: what waits there ends with `error`, what the peer waits for without a reply. */
  closeChannel(channel: ReadableChannel, error: IridiumError): void {
    if (!this.#ways) return
    const { outgoing, sender, requests, receiver } = this.#ways
    const out = outgoing.get(channel)
    if (out) {
      outgoing.delete(channel)
      sender.close(out, error)
      requests.rejectAll(error, channel, (id) => sender.put({ type: 'Cancel', id }))
    }
    receiver.closeChannel(channel)
  }

  /** The link is gone: everything that waits for it ends with `error`. */
  lose(error: IridiumError): void {
    this.#lost = error
    if (!this.#ways) return
    const { sender, requests, receiver } = this.#ways
    sender.lose(error)
    requests.rejectAll(error)
    receiver.close()
  }

  #make(): Ways {
    const { outbox, version, host, soon } = this.#options
    const sender = new Sender({ outbox, version, counters: host.counters, soon })
    const requests = new Requests(host.counters)
    const receiver = new Receiver({
      host,
      sender,
      requests,
      peer: this.#peer,
      reply: (channel, id, value) => this.#reply(channel, id, value),
    })
    this.#ways = { sender, requests, receiver, outgoing: new Map() }
    if (this.#lost) this.lose(this.#lost)
    return this.#ways
  }

  #reply(channel: ReadableChannel, id: number, value: unknown): void {
    if (!channel.isOpen) {
      throw new IridiumError('ERR_IRIDIUM_CLOSED', `the channel ${channel.name} has been closed`)
    }
    const out = this.outgoing(channel)
    if (this.sender.sendNow(out, DATA_TAGS.Reply, id, value)) return
    const ended = (error?: IridiumError): void => {
      if (error) this.sender.fail(id, ...closedThere(channel))
    }
    payloadOf(out.channel, value).lend((payload) =>
      this.sender.sendLater(out, DATA_TAGS.Reply, id, payload, ended),
    )
  }
}

/** What a link needs as soon as a message goes over it. */
interface Ways {
  readonly sender: Sender
  readonly requests: Requests
  readonly receiver: Receiver
  readonly outgoing: Map<WritableChannel, Outgoing>
}
