// Owns the test cluster: nodes of one simulated world, and what a test can do to them.
import { badOption } from '../core/errors.js'
import { SIMULATED_LATENCY_MS } from '../core/limits.js'
import { readRecord } from '../core/record.js'
import type { IridiumNode } from '../node/iridium-node.js'
import { type NodeOptions, OPTION_NAMES } from '../node/options.js'
import { MemoryNetwork } from '../transport/memory.js'
import { SimulatedProcess } from './process.js'
import { SeededRandom } from './random.js'
import { SimulatedNode } from './simulated-node.js'
import { SimulatedTime, SOCKETS } from './time.js'

/** The options of a test cluster. */
export interface TestClusterOptions {
  /** The same seed and the same calls give the same ids, jitter and events: an integer. Default 1. */
  readonly seed?: number | undefined
  /** Milliseconds that a packet takes from one node to another. Default 1. */
  readonly latencyMs?: number | undefined
}

/** The options of a node in a test cluster: those of IridiumNode without what the simulation gives it. */
export type TestNodeOptions = Omit<NodeOptions, (typeof TAKEN)[number]>

/** What the simulation gives its nodes, or has no use for. */
const TAKEN = ['transport', 'clock', 'random', 'secret', 'tls', 'insecure'] as const

/** A node, or the alias of one; of several with the same alias the latest. */
export type NodeName = string | IridiumNode

interface Resident {
  readonly node: SimulatedNode
  readonly process: SimulatedProcess
}

/** Makes a cluster in memory, without sockets and without waiting. */
export function createTestCluster(options: TestClusterOptions = {}): TestCluster {
  return new TestCluster(options)
}

/**
 * IridiumNodes, the real ones, on a simulated network and clock. Time stands still, except in `advance`, and
 * while a `start`, `join`, `leave` or `close` of one of its nodes is awaited. Programs of `node.run` are the
 * exception: they take real time, as everywhere.
 */
export class TestCluster {
  readonly #seed: number
  readonly #time = new SimulatedTime()
  readonly #network: MemoryNetwork
  readonly #residents: Resident[] = []
  #made = 0

  /** @throws IridiumError ERR_IRIDIUM_BAD_OPTION */
  constructor(options: TestClusterOptions) {
    const { seed = 1, latencyMs = SIMULATED_LATENCY_MS } = readRecord('options', options, [
      'seed',
      'latencyMs',
    ]) as TestClusterOptions
    if (!Number.isSafeInteger(seed)) throw badOption('seed', 'an integer', seed)
    this.#seed = seed
    this.#network = new MemoryNetwork({
      latencyMs: milliseconds('latencyMs', latencyMs),
      schedule: (delayMs, callback) => {
        this.#time.schedule(delayMs, SOCKETS, null, callback)
      },
    })
  }

  /** Milliseconds of simulated time since the cluster was made. */
  get now(): number {
    return this.#time.now
  }

  /** The nodes that were made and neither killed nor closed by the cluster, in the order of their making. */
  get nodes(): readonly IridiumNode[] {
    return this.#residents.map(({ node }) => node)
  }

  /**
   * Makes a node in a process of its own. It listens at 127.0.0.1 and, by default, at a port of its own
   * choice; an alias that is already there makes a twin, or the next boot of one that has gone.
   */
  node(options: TestNodeOptions = {}): IridiumNode {
    readRecord('options', options, OPTION_NAMES)
    for (const name of TAKEN) {
      if (Object.hasOwn(options, name))
        throw badOption(name, 'left to the simulation', (options as NodeOptions)[name])
    }
    const process = new SimulatedProcess(this.#time, this.#network)
    const node = new SimulatedNode(
      {
        port: 0,
        ...options,
        transport: process.endpoint,
        clock: process.clock,
        random: new SeededRandom(this.#seed, ++this.#made),
      },
      this.#time,
      process,
    )
    this.#residents.push({ node, process })
    return node
  }

  /** Lets `ms` of simulated time go by: everything that is due happens, in order, and promises are followed. */
  async advance(ms: number): Promise<void> {
    await this.#time.advance(milliseconds('ms', ms))
  }

  /**
   * Cuts the network between the groups, both ways; within a group, and for nodes in no group, it stays whole.
   * What is sent over a cut waits, as TCP would send it again, and arrives after `heal` if its connection lives.
   */
  partition(...groups: readonly (readonly NodeName[])[]): void {
    const sides = groups.map((group) => group.map((name) => this.#find(name).process.endpoint))
    for (const side of sides) {
      for (const other of sides) {
        if (side === other) continue
        for (const from of side) for (const to of other) this.#network.cut(from, to)
      }
    }
  }

  /** Ends all partitions. */
  heal(): void {
    this.#network.mend()
  }

  /**
   * Ends a node's process as SIGKILL does: no goodbye, its connections end, nobody listens at its address. Its
   * listeners hear nothing more, its pending calls reject with ERR_IRIDIUM_CLOSED.
   */
  kill(name: NodeName): void {
    const resident = this.#find(name)
    this.#residents.splice(this.#residents.indexOf(resident), 1)
    resident.process.kill()
    resident.node.vanish()
  }

  /**
   * Blocks a node's event loop for `ms`, as a host does that computes: it neither hears, answers nor keeps time.
   * A later call replaces an earlier one, 0 ends the stall, and so does closing the node.
   */
  stall(name: NodeName, ms: number): void {
    this.#find(name).process.stall(milliseconds('ms', ms))
  }

  /** Closes all nodes, stalled ones too. */
  async close(): Promise<void> {
    const residents = this.#residents.splice(0)
    await Promise.all(residents.map(({ node }) => node.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #find(name: NodeName): Resident {
    const found = this.#residents.findLast(
      ({ node }) => node === name || (typeof name === 'string' && node.alias === name),
    )
    if (!found) throw badOption('node', 'a living node of this cluster or its alias', name)
    return found
  }
}

function milliseconds(name: string, value: number): number {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw badOption(name, 'a number of milliseconds, 0 or more', value)
  }
  return value
}
