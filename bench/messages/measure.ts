// Owns a measurement between two processes: starts both ends, lets them work, asks what came of it.
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { bundled } from '../bundle.js'
import { NotInstalled, type RoundTrips, type Settings } from './contender.js'
import type { Answer, Count, Order } from './end.js'

const WARM_UP_MS = 500
const MEASURE_MS = 800
/** The same for round trips, of which there are two kinds. */
const TRIPS_WARM_UP_MS = 800
const TRIPS_MS = 500
const END_TIMEOUT_MS = 3000

class End {
  readonly #child: ChildProcess

  constructor(script: string) {
    const execArgv = process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? []
    this.#child = fork(script, { execArgv })
  }

  async tell(order: Order): Promise<unknown> {
    const answer = await new Promise<Answer>((resolve) => {
      const ended = (): void => resolve({ error: 'it has ended' })
      this.#child.once('exit', ended)
      this.#child.once('message', (message) => {
        this.#child.off('exit', ended)
        resolve(message as Answer)
      })
      this.#child.send(order)
    })
    if ('missing' in answer) throw new NotInstalled(answer.missing)
    if ('error' in answer) throw new Error(answer.error)
    return answer.result
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
  const script = await bundled('messages/end.ts')
  const server = new End(script)
  const client = new End(script)
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

/** One at a time, and 64 in flight. */
export function roundTrips(
  name: string,
  settings: Settings,
): Promise<readonly [single: RoundTrips, many: RoundTrips]> {
  return between(name, settings, async (client) => {
    const measure = async (inFlight: number): Promise<RoundTrips> => {
      await client.tell({ do: 'roundTrips', forMs: TRIPS_WARM_UP_MS, inFlight })
      return (await client.tell({ do: 'roundTrips', forMs: TRIPS_MS, inFlight })) as RoundTrips
    }
    return [await measure(1), await measure(64)]
  })
}
