// Owns who is at the other end of a link, and how the host learns what that member does wrong on a channel.
import type { Member } from '../../cluster/member.js'
import { IridiumError } from '../../core/errors.js'

export interface PeerHost {
  /** Tells the host of something that a member has done wrong on a channel: of many in a second, one. */
  report(error: IridiumError, from: Member, channel: string): void
}

type Fault = 'ERR_IRIDIUM_SCHEMA' | 'ERR_IRIDIUM_BAD_MESSAGE'

export class Peer {
  /** A new picture of it replaces the old one. */
  member: Member
  readonly #host: PeerHost

  constructor(member: Member, host: PeerHost) {
    this.member = member
    this.#host = host
  }

  /** It has sent a larger message than the channel takes. */
  blameSize(channel: string, why: string): void {
    const what = `sent too much on the channel ${channel}: ${why}`
    this.blame(channel, what, 'ERR_IRIDIUM_BAD_MESSAGE')
  }

  /** `channel` is the name of one that is open here: so the kinds of reports have a bound. */
  blame(channel: string, what: string, code: Fault, cause?: unknown): void {
    const { member } = this
    const error = new IridiumError(code, `the member ${member.alias} ${what}`, { cause })
    this.#host.report(error, member, channel)
  }
}
