// One end of a measurement, in a process of its own: does what the parent tells it.
import {
  type Client,
  NotInstalled,
  type RoundTrips,
  type Server,
  type Settings,
} from './contender.js'
import { load } from './contenders.js'

export type Order =
  | { readonly do: 'serve'; readonly name: string; readonly settings: Settings }
  | {
      readonly do: 'connect'
      readonly name: string
      readonly settings: Settings
      readonly address: unknown
    }
  | { readonly do: 'count' }
  | { readonly do: 'pump' }
  | { readonly do: 'stop' }
  | { readonly do: 'roundTrips'; readonly forMs: number; readonly inFlight: number }
  | { readonly do: 'close' }

/** `missing`: the contender is not installed, and why it is thought so. */
export type Answer =
  | { readonly result: unknown }
  | { readonly error: string }
  | { readonly missing: string }

export interface Count {
  readonly received: number
  readonly atMs: number
  readonly cpuUs: number
}

let server: Server | undefined
let client: Client | undefined
let stop = (): void => {}

async function carryOut(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'serve':
      server = await (await load(order.name)).serve(order.settings)
      return server.address
    case 'connect':
      client = await (await load(order.name)).connect(order.address as never, order.settings)
      return undefined
    case 'count': {
      const foreignUs = (await (server ?? client)?.foreignCpuUs?.()) ?? 0
      const received = (await server?.received()) ?? 0
      const { user, system } = process.cpuUsage()
      return { received, atMs: performance.now(), cpuUs: user + system + foreignUs }
    }
    case 'pump':
      stop = client?.pump() ?? stop
      return undefined
    case 'stop':
      stop()
      return undefined
    case 'roundTrips':
      return roundTrips(client as Client, order.forMs, order.inFlight)
    case 'close':
      await client?.close()
      await server?.close()
      return undefined
    default:
      return order satisfies never
  }
}

async function roundTrips(client: Client, forMs: number, inFlight: number): Promise<RoundTrips> {
  if ('roundTrips' in client) return client.roundTrips(forMs, inFlight)
  const times: number[] = []
  const begun = performance.now()
  const line = async (): Promise<void> => {
    while (performance.now() - begun < forMs) {
      const start = performance.now()
      await client.roundTrip()
      times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, line))
  const seconds = (performance.now() - begun) / 1000
  times.sort((a, b) => a - b)
  return { medianUs: (times[times.length >> 1] ?? 0) * 1000, perSecond: times.length / seconds }
}

process.on('message', (order: Order) => {
  const answer = (message: Answer): void => void process.send?.(message)
  carryOut(order).then(
    (result) => answer({ result: result ?? null }),
    (error: Error) => {
      answer(error instanceof NotInstalled ? { missing: error.message } : { error: error.message })
    },
  )
})
process.on('disconnect', () => process.exit())
