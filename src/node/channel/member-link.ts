// Owns the channels' side of one link between members: a sender, a receiver, the requests under way, and the
// line of each of our channels. It has no I/O and no clock: bytes come in by `receive` and go out by the outlet.
import type { Member } from '../../cluster/member.js'
import { IridiumError } from '../../core/errors.js'
import { DATA_TAGS } from '../../protocol/data-codec.js'
import type { ReadableChannel } from './incoming.js'
import { Outgoing, payloadOf, type WritableChannel } from './outgoing.js'
import { Receiver, type ReceiverHost } from './receiver.js'
import { Requests } from './requests.js'
import { type Outlet, Sender, type SenderOptions } from './sender.js'

export interface MemberLinkOptions {
  readonly member: Member
  readonly outlet: Outlet
  readonly host: ReceiverHost
  readonly soon: SenderOptions['soon']
}

export class MemberLink {
  /** The member at the other end; a new picture of it replaces the old one. */
  member: Member
  readonly sender: Sender
  readonly requests: Requests
  readonly #receiver: Receiver
  readonly #lines = new Map<WritableChannel, Outgoing>()

  constructor({ member, outlet, host, soon }: MemberLinkOptions) {
    this.member = member
    this.sender = new Sender({ outlet, counters: host.counters, soon })
    this.requests = new Requests(host.counters)
    this.#receiver = new Receiver({
      host,
      sender: this.sender,
      requests: this.requests,
      member: () => this.member,
      reply: (channel, id, value) => this.#reply(channel, id, value),
    })
  }

  /** What `channel` has under way here. */
  line(channel: WritableChannel): Outgoing {
    const known = this.#lines.get(channel)
    if (known) return known
    const line = new Outgoing(channel)
    this.#lines.set(channel, line)
    return line
  }

  /**
   * Takes what a frame of the peer holds: `bytes` from `start` to `end`, only lent.
   * @throws IridiumError ERR_IRIDIUM_BAD_FRAME, ERR_IRIDIUM_PROTOCOL: the link is to be closed
   */
  receive(bytes: Buffer, start: number, end: number): void {
    this.#receiver.receive(bytes, start, end)
  }

  /** Forgets a channel that has been closed; what waits there ends with `error`. */
  closeChannel(channel: WritableChannel, error: IridiumError): void {
    const line = this.#lines.get(channel)
    if (!line) return
    this.#lines.delete(channel)
    this.sender.close(line, error)
    this.requests.rejectAll(error, channel)
  }

  /** The link is gone: everything that waits for it ends with `error`. */
  lose(error: IridiumError): void {
    this.sender.lose(error)
    this.requests.rejectAll(error)
    this.#receiver.close()
  }

  #reply(channel: ReadableChannel, id: number, value: unknown): void {
    const line = this.#lines.get(channel) ?? (channel.isOpen ? this.line(channel) : undefined)
    if (!line) {
      throw new IridiumError('ERR_IRIDIUM_CLOSED', `the channel ${channel.name} has been closed`)
    }
    if (this.sender.sendNow(line, DATA_TAGS.Reply, id, value)) return
    this.sender.sendLater(line, DATA_TAGS.Reply, id, payloadOf(channel, value))
  }
}
