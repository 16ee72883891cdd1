// Owns simulated TCP connections: two directions, each in order, with latency, loss as retransmission delay, and
// what a cut does: data waits and is sent again at doubling intervals until the cut heals.
import type { Message } from '../../src/protocol/messages.js'
import { MAX_VERSION, type Versions } from '../../src/protocol/versions.js'
import type { Process } from './process.js'
import type { World } from './world.js'

export type Packet =
  | { readonly kind: 'message'; readonly message: Message }
  /** What only later versions of the protocol have. */
  | { readonly kind: 'later' }
  | { readonly kind: 'end' }

/** The first retransmission comes after this long, in ms, and each further one after twice as long (RFC 6298). */
const RETRANSMIT_MS = 200

/** One end of a connection: a process's link. */
export class Wire {
  readonly world: World
  readonly process: Process
  readonly link: number
  /** The other end; set once by `connect`. */
  peer!: Wire
  /** What the other end has said that it speaks, and what both speak once the link is up. */
  theirVersions: Versions | null = null
  version: number | null = null
  /** Whether this end still takes what comes. */
  open = true
  #lastArrivalAt = 0
  #held: Packet[] = []
  #heldSince = 0

  constructor(world: World, process: Process, link: number) {
    this.world = world
    this.process = process
    this.link = link
  }

  /** Since when anything waits for a cut to heal, or for its next retransmission after that; null: nothing does. */
  get waitsSince(): number | null {
    return this.#held.length > 0 ? this.#heldSince : null
  }

  /** Sends towards the other end, in order. */
  send(packet: Packet): void {
    if (this.#held.length > 0 || this.world.isCut(this.process.site, this.peer.process.site)) {
      if (this.#held.length === 0) this.#heldSince = this.world.now
      this.#held.push(packet)
      if (!this.open) this.world.keepOrphan(this) // the kernel goes on trying
      return
    }
    const { world } = this
    const { site } = this.process
    const target = this.peer.process.site
    const arrival = world.now + world.latency(site, target) + this.#lossDelay()
    this.#lastArrivalAt = Math.max(this.#lastArrivalAt, arrival)
    world.noteHold(site, target, world.now, this.#lastArrivalAt)
    world.plan(this.#lastArrivalAt - world.now, () => this.peer.arrive(packet))
  }

  /** The cut may have healed: what waits goes out at its next retransmission. */
  healed(): void {
    if (this.#held.length === 0) return
    const { world } = this
    let wait = RETRANSMIT_MS
    while (this.#heldSince + wait < world.now) wait = wait * 2 + RETRANSMIT_MS
    const { site } = this.process
    world.noteHold(site, this.peer.process.site, this.#heldSince, this.#heldSince + wait)
    world.plan(this.#heldSince + wait - world.now, () => {
      if (world.isCut(this.process.site, this.peer.process.site)) return
      const packets = this.#held
      this.#held = []
      for (const packet of packets) this.send(packet)
    })
  }

  /** A packet from the other end has come to this site. */
  arrive(packet: Packet): void {
    const { world, process } = this
    if (process.site.isDown) return
    if (process.fate !== 'running') {
      if (packet.kind === 'message')
        world.plan(world.latency(process.site, this.peer.process.site), () => this.peer.reset())
      return
    }
    process.deliver(() => {
      if (!this.open) return
      if (packet.kind === 'later') {
        if ((this.version ?? 0) <= MAX_VERSION) world.observer?.misread?.(process)
        process.step({ type: 'traffic', link: this.link })
        return
      }
      if (packet.kind === 'message') {
        if ('minVersion' in packet.message) this.theirVersions = packet.message
        process.step({ type: 'frame', link: this.link, message: packet.message })
        return
      }
      this.open = false
      process.wires.delete(this.link)
      process.step({ type: 'closed', link: this.link })
    }, this)
  }

  /** The connection is cut off hard: what is on its way is lost. */
  reset(): void {
    if (!this.open) return
    this.process.deliver(() => {
      if (!this.open) return
      this.open = false
      this.process.wires.delete(this.link)
      this.process.step({ type: 'closed', link: this.link, error: this.world.lostError })
    }, this)
  }

  #lossDelay(): number {
    const { lossRate, prng } = this.world
    let delay = 0
    for (let wait = RETRANSMIT_MS; lossRate > 0 && prng.chance(lossRate); wait *= 2) {
      delay += wait
      this.world.losses++
    }
    return delay
  }
}
