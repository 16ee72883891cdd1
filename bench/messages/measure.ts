// Owns a measurement between two processes: starts both ends, lets them work, asks what came of it.
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Settings } from './contender.js'
import type { Count, Order } from './end.js'

const WARM_UP_MS = 500
const MEASURE_MS = 1500
const END_TIMEOUT_MS = 3000

class End {
  readonly #child: ChildProcess

  constructor() {
    this.#child = fork(fileURLToPath(new URL('./end.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx', ...(process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? [])],
    })
  }

  async tell(order: Order): Promise<unknown> {
    const answer = new Promise<{ result?: unknown; error?: string }>((resolve) => {
      this.#child.once('message', resolve as (message: unknown) => void)
      this.#child.once('exit', () => resolve({ error: 'it has ended' }))
    })
    this.#child.send(order)
    const { result, error } = await answer
    if (error !== undefined) throw new Error(error)
    return result
  }

  /** Ends the process: by itself if it can. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.disconnect()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_TIMEOUT_MS)
    await ended
    clearTimeout(timer)
  }
}

async function between<T>(
  name: string,
  settings: Settings,
  work: (client: End, server: End) => Promise<T>,
): Promise<T> {
  const server = new End()
  const client = new End()
  try {
    const address = await server.tell({ do: 'serve', name, settings })
    await client.tell({ do: 'connect', name, settings, address })
    const result = await work(client, server)
    await client.tell({ do: 'close' })
    await server.tell({ do: 'close' })
    return result
  } finally {
    await client.end()
    await server.end()
  }
}

export interface OneWay {
  /** Messages a second. */
  readonly perSecond: number
  /** Microseconds of a processor for a message, at either end. */
  readonly sendUs: number
  readonly receiveUs: number
}

export function oneWay(name: string, settings: Settings): Promise<OneWay> {
  return between(name, settings, async (client, server) => {
    const count = async (end: End) => (await end.tell({ do: 'count' })) as Count
    await client.tell({ do: 'pump' })
    await sleep(WARM_UP_MS)
    const [clientBefore, before] = [await count(client), await count(server)]
    await sleep(MEASURE_MS)
    const [clientAfter, after] = [await count(client), await count(server)]
    await client.tell({ do: 'stop' })
    const messages = after.received - before.received
    return {
      perSecond: messages / ((after.atMs - before.atMs) / 1000),
      sendUs: (clientAfter.cpuUs - clientBefore.cpuUs) / messages,
      receiveUs: (after.cpuUs - before.cpuUs) / messages,
    }
  })
}

/** The median round trip in microseconds, one at a time, and round trips a second with many in flight. */
export function roundTrips(
  name: string,
  settings: Settings,
  inFlight: number,
): Promise<readonly [us: number, perSecond: number]> {
  return between(name, settings, async (client) => {
    await client.tell({ do: 'roundTrips', forMs: WARM_UP_MS, inFlight })
    const result = await client.tell({ do: 'roundTrips', forMs: MEASURE_MS, inFlight })
    return result as [number, number]
  })
}
