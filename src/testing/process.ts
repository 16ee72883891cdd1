// Owns one simulated process: its event loop, its clock, its place on the network, and what befalls it.
import type { Clock } from '../core/clock.js'
import { SIMULATED_EPOCH_MS } from '../core/limits.js'
import type { MemoryEndpoint, MemoryNetwork } from '../transport/memory.js'
import { type Loop, type SimulatedTime, SOCKETS, TIMERS, TURNS } from './time.js'

export class SimulatedProcess implements Loop {
  readonly clock: Clock
  readonly endpoint: MemoryEndpoint
  readonly #time: SimulatedTime
  #blockedUntil = 0

  constructor(time: SimulatedTime, network: MemoryNetwork) {
    this.#time = time
    this.clock = {
      now: () => time.now,
      date: () => SIMULATED_EPOCH_MS + time.now,
      timer: (delayMs, callback) => time.schedule(delayMs, TIMERS, this, callback),
      soon: (callback) => time.schedule(0, TURNS, this, callback),
      turn: (callback) => time.schedule(0, TURNS, this, callback),
    }
    this.endpoint = network.endpoint({
      clock: this.clock,
      run: (callback) => {
        time.schedule(0, SOCKETS, this, callback)
      },
    })
  }

  get blockedUntil(): number {
    return this.#blockedUntil
  }

  /**
   * The host's code holds the event loop for `ms` from now, whatever an earlier stall was to take; 0 ends it. Then
   * late timers come first, and what waits in the sockets next.
   */
  stall(ms: number): void {
    this.#blockedUntil = this.#time.now + ms
    this.#time.reconsider(this)
  }

  /** Ends as by SIGKILL. The network sees it at once; what runs in the loop is to be closed by its owner. */
  kill(): void {
    this.#blockedUntil = 0
    this.endpoint.kill()
  }
}
