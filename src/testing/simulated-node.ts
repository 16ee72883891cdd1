// Owns that a simulated node can be awaited like a real one: time goes by while one of its calls is pending.
import type { JoinTarget } from '../node/addresses.js'
import type { Member } from '../node/events.js'
import { IridiumNode } from '../node/iridium-node.js'
import type { NodeOptions } from '../node/options.js'
import type { CallOptions } from '../node/pending.js'
import type { SimulatedTime } from './time.js'

export class SimulatedNode extends IridiumNode {
  readonly #time: SimulatedTime

  constructor(options: NodeOptions, time: SimulatedTime) {
    super(options)
    this.#time = time
  }

  override start(options?: CallOptions): Promise<void> {
    return this.#time.during(super.start(options))
  }

  override join(target: JoinTarget, options?: CallOptions): Promise<Member[]>
  override join(host: string, port: number, options?: CallOptions): Promise<Member[]>
  override join(...args: [never]): Promise<Member[]> {
    return this.#time.during(super.join(...args))
  }

  override leave(options?: CallOptions): Promise<void> {
    return this.#time.during(super.leave(options))
  }

  override close(): Promise<void> {
    return this.#time.during(super.close())
  }

  /** Closes what is left of it, in silence: its process has been killed. */
  vanish(): void {
    this.removeAllListeners()
    void super.close()
  }
}
