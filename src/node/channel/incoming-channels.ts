// Owns the channels that a peer has opened on one link: which of ours each of them is, and what of its credit goes back
// and when. Must not know what a message is, nor how it came.
import { CREDIT_STEP_BYTES, MAX_CHANNEL_NAME_BYTES, MAX_CHANNELS } from '../../core/limits.js'
import { isName } from '../../core/names.js'
import type { PlainData } from '../../protocol/data-codec.js'
import type { ChannelCounters } from './counters.js'
import { cutText, protocolError } from './faults.js'
import { Incoming, type ReadableChannel } from './incoming.js'
import type { Peer } from './peer.js'
import type { Sender } from './sender.js'

/** Where our own channels are. */
export interface OpenChannels {
  readonly counters: ChannelCounters
  /** Goes up whenever a channel is opened or closed. */
  readonly generation: number
  /** The channel that is open under this name. */
  channelNamed(name: string): ReadableChannel | undefined
}

export class IncomingChannels {
  readonly #ours: OpenChannels
  readonly #sender: Sender
  readonly #peer: Peer
  readonly #open = new Map<number, Incoming>()
  /** Closed channels of which the host has still messages in hand. */
  readonly #undealt = new Set<Incoming>()
  #lastNumber = -1
  /** The channel of the last message, by its number: most likely the next one's. */
  #current: Incoming | undefined
  #generation = -1
  #isOver = false

  constructor(ours: OpenChannels, sender: Sender, peer: Peer) {
    this.#ours = ours
    this.#sender = sender
    this.#peer = peer
  }

  open({ channel: number, name, schema }: PlainData & { type: 'Open' }): void {
    if (number <= this.#lastNumber) throw protocolError(`the number ${number} is not a new one`)
    const channels = this.#open.size + this.#undealt.size
    if (channels >= MAX_CHANNELS) throw protocolError('too many channels')
    if (!isName(name, MAX_CHANNEL_NAME_BYTES)) throw protocolError('a channel without a sound name')
    this.#lastNumber = number
    const incoming = new Incoming(number, name, schema)
    this.#open.set(number, incoming)
    this.#bind(incoming)
  }

  /** What the host has still to deal with counts on: else a new number would be new credit. */
  close(number: number): void {
    const incoming = this.#open.get(number)
    if (incoming && incoming.inHand > 0) this.#undealt.add(incoming)
    this.#open.delete(number)
    this.#current = undefined
  }

  /** The link is gone: no credit goes back any more. */
  end(): void {
    this.#isOver = true
  }

  /** @throws IridiumError ERR_IRIDIUM_PROTOCOL if the peer has not opened it */
  get(number: number): Incoming {
    const incoming = this.find(number)
    if (!incoming) throw protocolError(`a message on channel ${number}, which is not open`)
    return incoming
  }

  find(number: number): Incoming | undefined {
    if (this.#generation !== this.#ours.generation) this.#bindAll()
    if (this.#current?.number !== number) this.#current = this.#open.get(number)
    return this.#current
  }

  // --- credit ---

  /** A message takes credit. @throws IridiumError ERR_IRIDIUM_PROTOCOL if there is none left */
  take(incoming: Incoming, cost: number): void {
    if (incoming.available <= 0) throw protocolError('a message without credit')
    incoming.available -= cost
  }

  /** A message was given to the host: its credit goes back when the host has dealt with it, or if nobody wants it. */
  delivered(incoming: Incoming, cost: number, dealt: Promise<unknown> | boolean): void {
    if (typeof dealt === 'object') {
      void dealt.then(() => this.giveBack(incoming, cost))
      return
    }
    if (!dealt) this.#ours.counters.messagesDropped++
    this.giveBack(incoming, cost)
  }

  giveBack(incoming: Incoming, cost: number): void {
    incoming.owed += cost
    if (incoming.inHand <= 0) this.#undealt.delete(incoming)
    if (incoming.owed < CREDIT_STEP_BYTES || this.#isOver) return
    const { number: channel, owed: bytes } = incoming
    incoming.available += bytes
    incoming.owed = 0
    if (this.#open.get(channel) === incoming) this.#sender.put({ type: 'Credit', channel, bytes })
  }

  // --- ours ---

  #bindAll(): void {
    this.#generation = this.#ours.generation
    for (const incoming of this.#open.values()) this.#bind(incoming)
  }

  #bind(incoming: Incoming): void {
    const { name, number } = incoming
    const change = incoming.bind(this.#ours.channelNamed(name))
    if (change === 'resolved') this.#ours.counters.schemasResolved++
    if (change !== 'problem') return
    const message = cutText(`channel ${name}: ${incoming.problem}`)
    this.#sender.put({ type: 'Unread', channel: number, message })
    this.#peer.blame(name, `writes what we cannot read: ${message}`, 'ERR_IRIDIUM_SCHEMA')
  }
}
