// Owns the channels' side of one link between members: a sender, a receiver, the requests under way, and
// what each of our channels sends. It has no I/O and no clock: bytes come in by `receive` and go out by the outbox.
import type { Member } from '../../cluster/member.js'
import { IridiumError } from '../../core/errors.js'
import { DATA_TAGS } from '../../protocol/data-codec.js'
import type { Outbox } from '../outbox.js'
import type { ReadableChannel } from './incoming.js'
import type { Stoppable } from './message-run.js'
import { Outgoing, type WritableChannel } from './outgoing.js'
import { payloadOf } from './payload.js'
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
  readonly sender: Sender
  readonly requests: Requests
  readonly #receiver: Receiver
  readonly #outgoing = new Map<WritableChannel, Outgoing>()

  constructor({ member, outbox, version, host, soon }: MemberLinkOptions) {
    this.sender = new Sender({ outbox, version, counters: host.counters, soon })
    this.requests = new Requests(host.counters)
    this.#receiver = new Receiver({
      host,
      sender: this.sender,
      requests: this.requests,
      member,
      reply: (channel, id, value) => this.#reply(channel, id, value),
    })
  }

  /** The member at the other end. */
  get member(): Member {
    return this.#receiver.member
  }

  /** A newer picture of it. */
  set member(member: Member) {
    this.#receiver.member = member
  }

  /** What `channel` has under way here. */
  outgoing(channel: WritableChannel): Outgoing {
    const known = this.#outgoing.get(channel)
    if (known) return known
    const out = new Outgoing(channel)
    this.#outgoing.set(channel, out)
    return out
  }

  /**
   * Takes what a frame of the peer holds: `bytes` from `start` to `end`; see FrameHandler for `isLasting`.
   * @throws IridiumError ERR_IRIDIUM_BAD_FRAME, ERR_IRIDIUM_PROTOCOL: the link is to be closed
   */
  receive(bytes: Buffer, start: number, end: number, isLasting: boolean): void {
    this.#receiver.receive(bytes, start, end, isLasting)
  }

  /** Takes the messages of a run of frames; see FrameRun. `frames` says when it is to end. */
  receiveRun(bytes: Buffer, at: number, end: number, frames: Stoppable): number {
    return this.#receiver.receiveRun(bytes, at, end, frames)
  }

  /** Forgets a channel that has been closed; what waits there ends with `error`. */
  closeChannel(channel: WritableChannel, error: IridiumError): void {
    const out = this.#outgoing.get(channel)
    if (!out) return
    this.#outgoing.delete(channel)
    this.sender.close(out, error)
    this.requests.rejectAll(error, channel)
  }

  /** The link is gone: everything that waits for it ends with `error`. */
  lose(error: IridiumError): void {
    this.sender.lose(error)
    this.requests.rejectAll(error)
    this.#receiver.close()
  }

  #reply(channel: ReadableChannel, id: number, value: unknown): void {
    if (!channel.isOpen) {
      throw new IridiumError('ERR_IRIDIUM_CLOSED', `the channel ${channel.name} has been closed`)
    }
    const out = this.outgoing(channel)
    if (this.sender.sendNow(out, DATA_TAGS.Reply, id, value)) return
    payloadOf(out.channel, value).lend((payload) =>
      this.sender.sendLater(out, DATA_TAGS.Reply, id, payload),
    )
  }
}
