// A host process with one node, which does what its parent says and reports what it sees.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { assemble, IridiumNode, type NodeOptions } from '../../../src/index.js'
import { watchTurns, worstTurns } from './turns.js'

interface Order {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
watchTurns()
const tell = (message: object): void => void process.send?.(message)
const at = (): number => performance.timeOrigin + performance.now()
for (const name of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(name, (error: unknown) => tell({ event: 'fault', detail: String(error), at: at() }))
}

const node = new IridiumNode(JSON.parse(process.argv[2] ?? '{}') as NodeOptions)
const names = ['memberJoined', 'memberSuspected', 'memberRecovered', 'memberLeft'] as const
for (const name of names) {
  node.on(name, (event: { member: { alias: string }; reason?: string }) => {
    tell({ event: name, alias: event.member.alias, detail: event.reason, at: at() })
  })
}
node.on('error', ({ code, message }) =>
  tell({ event: 'error', detail: `${code} ${message}`, at: at() }),
)

const methods: Record<string, (...args: never[]) => unknown> = {
  start: () => node.start().then(() => node.address),
  join: (seed: string) => node.join(seed).then((members) => members.map(({ alias }) => alias)),
  leave: () => node.leave(),
  close: () => node.close(),
  members: () => [...node.members.values()],
  self: () => node.self,
  stats: () => node.stats(),
  memory: () => process.memoryUsage().rss,
  /** Bytes that are in use: what is left when the garbage has gone. */
  heap() {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  },
  /** The worst turns of the event loop since the last question. */
  worstTurn: worstTurns,
  /** Runs a program for ever, beside everything else. */
  work() {
    const forever = assemble('again: eq $0 $0  djmpe @again', { sections: 'optional' })
    node.run(forever).catch(() => {})
  },
  block(ms: number) {
    for (const end = performance.now() + ms; performance.now() < end; );
  },
}

process.on('message', ({ id, method, args }: Order) => {
  Promise.resolve()
    .then(() => methods[method]?.(...(args as never[])))
    .then(
      (value) => tell({ id, value }),
      (error) => tell({ id, code: error.code, message: error.message }),
    )
})
process.on('disconnect', () => process.exit())
tell({ event: 'ready', at: at() })
