// Owns that a simulated node can be awaited like a real one: time goes by while one of its calls is pending.
import type { JoinTarget } from '../node/addresses.js'
import type { Channel, ChannelOptions } from '../node/channel/channel.js'
import type { AvroSchema } from '../node/channel/schema.js'
import type { Member } from '../node/events.js'
import { IridiumNode } from '../node/iridium-node.js'
import type { NodeOptions } from '../node/options.js'
import type { CallOptions } from '../node/pending.js'
import type { SimulatedProcess } from './process.js'
import type { SimulatedTime } from './time.js'

export class SimulatedNode extends IridiumNode {
  readonly #time: SimulatedTime
  readonly #process: SimulatedProcess
  readonly #channels = new WeakSet<object>()

  constructor(options: NodeOptions, time: SimulatedTime, process: SimulatedProcess) {
    super(options)
    this.#time = time
    this.#process = process
  }

  override start(options?: CallOptions): Promise<void> {
    return this.#time.during(super.start(options))
  }

  override join(target: JoinTarget, options?: CallOptions): Promise<Member[]>
  override join(host: string, port: number, options?: CallOptions): Promise<Member[]>
  override join(...args: [never]): Promise<Member[]> {
    return this.#time.during(super.join(...args))
  }

  override channel<T = unknown>(
    name: string,
    schema: AvroSchema,
    options?: ChannelOptions,
  ): Channel<T> {
    const channel = super.channel<T>(name, schema, options)
    if (this.#channels.has(channel)) return channel
    this.#channels.add(channel)
    const time = this.#time
    const { send, drain, broadcast, request } = channel
    return Object.assign(channel, {
      send: (...args) => time.during(send.apply(channel, args)),
      drain: (...args) => time.during(drain.apply(channel, args)),
      broadcast: (...args) => time.during(broadcast.apply(channel, args)),
      request: (...args) => time.during(request.apply(channel, args)),
    } satisfies Partial<Channel<T>>)
  }

  override leave(options?: CallOptions): Promise<void> {
    return this.#time.during(super.leave(options))
  }

  // Whoever calls it has the event loop, so a stall is over; and close() is bounded, whatever a stall was to take.
  override close(): Promise<void> {
    this.#process.stall(0)
    return this.#time.during(super.close())
  }

  /** Closes what is left of it, in silence: its process has been killed. */
  vanish(): void {
    this.removeAllListeners()
    void super.close()
  }
}
