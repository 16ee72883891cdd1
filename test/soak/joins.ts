// Joins and leaves without end in one process: what does a node keep of those who have gone? The network is in memory,
// with simulated time, or real sockets.
import { IridiumNode } from '../../src/index.js'
import { createTestCluster } from '../../src/testing/index.js'

/** What is in use after a collection: bytes, and the system's handles (sockets, timers). */
export interface Footprint {
  readonly joins: number
  readonly heap: number
  readonly handles: number
}

export interface Soak {
  /** One join and leave; every other one by a node of its own, that has another name each time. */
  cycle(): Promise<void>
  close(): Promise<void>
}

/** Runs `count` cycles, and measures `samples` times: first after `warmUp`, and last at the end. */
export async function soak(
  { cycle, close }: Soak,
  count: number,
  { warmUp = count / 10, samples = 10 } = {},
): Promise<Footprint[]> {
  const footprints: Footprint[] = []
  const every = Math.max(1, Math.floor((count - warmUp) / (samples - 1)))
  for (let done = 0; done <= count; done++) {
    if (done >= warmUp && (count - done) % every === 0) footprints.push(await footprint(done))
    if (done < count) await cycle()
  }
  await close()
  return footprints
}

/** How far the last heaps lie above the first, as a share of it: the median of three. */
export function growth(heaps: readonly number[]): number {
  const middle = (some: readonly number[]): number =>
    some.toSorted((a, b) => a - b)[some.length >> 1] as number
  return middle(heaps.slice(-3)) / middle(heaps.slice(0, 3)) - 1
}

export async function inMemory(): Promise<Soak> {
  const cluster = createTestCluster({ seed: 1 })
  const a = cluster.node({ alias: 'a' })
  const b = cluster.node({ alias: 'b' })
  await a.start()
  let count = 0
  const cycle = async (): Promise<void> => {
    if (++count % 2 === 0) {
      await b.join(a.address as never)
      await b.leave()
      return
    }
    const node = cluster.node({ alias: `n${count}` })
    await node.join(a.address as never)
    if (count % 4 === 1) await node.close()
    cluster.kill(node)
    await cluster.advance(100)
  }
  return { cycle, close: () => cluster.close() }
}

export async function overSockets(): Promise<Soak> {
  const a = new IridiumNode({ alias: 'a', port: 0 })
  const b = new IridiumNode({ alias: 'b', port: 0 })
  await a.start()
  let count = 0
  const cycle = async (): Promise<void> => {
    if (++count % 2 === 0) {
      await b.join(a.address as never)
      await b.leave()
      return
    }
    await using node = new IridiumNode({ alias: `n${count}`, port: 0 })
    await node.join(a.address as never)
  }
  return { cycle, close: async () => void (await Promise.all([a.close(), b.close()])) }
}

async function footprint(joins: number): Promise<Footprint> {
  // What has just ended is closed by the system, and called back, a turn or two later.
  await new Promise((resolve) => setTimeout(resolve, 50))
  for (let i = 0; i < 2; i++) collect()
  const { heapUsed, external } = process.memoryUsage()
  return { joins, heap: heapUsed + external, handles: process.getActiveResourcesInfo().length }
}

function collect(): void {
  if (!globalThis.gc) throw new Error('run it with --expose-gc')
  globalThis.gc()
}
