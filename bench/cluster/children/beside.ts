// One of two nodes that send each other small messages at a steady rate, and changes of tags: these are control
// frames, as heartbeats are, and can carry the time. On demand it sends large messages as well.
import { IridiumNode, type NodeOptions } from '../../../src/index.js'
import { takeOrders } from './orders.js'

export const LARGE_BYTES = 16 * 1024 * 1024
const SMALL_EVERY_MS = 5
const CONTROL_EVERY_MS = 25

const node = new IridiumNode(JSON.parse(process.argv[2] ?? '{}') as NodeOptions)
const small = node.channel<{ due: number }>('small', {
  type: 'record',
  name: 'Small',
  fields: [{ name: 'due', type: 'double' }],
})
const large = node.channel<{ data: Uint8Array }>(
  'large',
  { type: 'record', name: 'Large', fields: [{ name: 'data', type: 'bytes' }] },
  { maxMessageBytes: LARGE_BYTES },
)

/** Milliseconds by a clock that is the same in all processes. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6
const delays = { small: [] as number[], control: [] as number[] }
let largeReceived = 0
small.on('message', ({ value }) => void delays.small.push(now() - value.due))
large.on('message', () => {
  largeReceived++
})
node.on('memberUpdated', ({ member }) => {
  delays.control.push(now() - Number(member.tags['due']))
})

let stops: (() => void)[] = []

/** Calls back for each moment that has come; also for those that were missed, so that a blocked sender counts. */
function every(ms: number, action: (due: number) => void): void {
  let due = now() + ms
  const timer = setInterval(() => {
    for (; due <= now(); due += ms) action(due)
  }, 1)
  stops.push(() => clearInterval(timer))
}

/** Made beforehand: to fill fresh memory holds up a host, too. The field's length takes a few bytes of the message. */
const data = Buffer.alloc(LARGE_BYTES - 8, 7)

async function sendLarge(to: string): Promise<void> {
  let isStopped = false
  stops.push(() => {
    isStopped = true
  })
  while (!isStopped) await large.send(to, { data })
}

takeOrders({
  start: () => node.start().then(() => node.address),
  join: (seed: string) => node.join(seed).then(() => undefined),
  begin(to: string, withLarge: boolean) {
    delays.small = []
    delays.control = []
    largeReceived = 0
    every(SMALL_EVERY_MS, (due) => small.write(to, { due }))
    every(CONTROL_EVERY_MS, (due) => node.setTags({ due: `${due}` }))
    if (withLarge) sendLarge(to).catch(() => {}) // ended while it waited
  },
  end() {
    for (const stop of stops) stop()
    stops = []
    return { ...delays, largeReceived }
  },
})
