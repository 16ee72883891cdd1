// One end of a measurement, in a process of its own: does what the parent tells it.
import type { Client, Server, Settings } from './contender.js'
import { CONTENDERS } from './contenders.js'

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
      server = await (await contender(order.name)).serve(order.settings)
      return server.address
    case 'connect':
      client = await (await contender(order.name)).connect(order.address as never, order.settings)
      return undefined
    case 'count': {
      const { user, system } = process.cpuUsage()
      return { received: server?.received() ?? 0, atMs: performance.now(), cpuUs: user + system }
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

async function contender(name: string) {
  const load = CONTENDERS[name]
  if (!load) throw new Error(`no contender ${name}`)
  return load()
}

/** The median in microseconds, and how many a second. */
async function roundTrips(client: Client, forMs: number, inFlight: number) {
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
  return [(times[times.length >> 1] ?? 0) * 1000, times.length / seconds]
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (result) => process.send?.({ result: result ?? null }),
    (error: Error) => process.send?.({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit())
