// A host process with several nodes at once, which tells when all of them have all the members that they should.
import { type Address, IridiumNode, type NodeOptions } from '../../../src/index.js'

interface Order {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

const { count, alias, ...options } = JSON.parse(process.argv[2] ?? '{}') as NodeOptions & {
  count: number
  alias: string
}
const tell = (message: object): void => void process.send?.(message)
const at = (): number => performance.timeOrigin + performance.now()
for (const name of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(name, (error: unknown) => tell({ event: 'fault', detail: String(error), at: at() }))
}

const nodes = Array.from(
  { length: count },
  (_, i) => new IridiumNode({ ...options, alias: `${alias}${i}` }),
)
for (const node of nodes) {
  node.on('memberLeft', ({ member }) =>
    tell({ event: 'memberLeft', alias: member.alias, at: at() }),
  )
}

/** A seed that fifty nodes dial at once may keep some of them waiting too long. */
async function persistentJoin(node: IridiumNode, seed: Address): Promise<void> {
  for (;;) {
    try {
      await node.join(seed)
      return
    } catch (error) {
      if (!(error as { retriable?: boolean }).retriable) throw error
    }
  }
}

const methods: Record<string, (...args: never[]) => unknown> = {
  /** All listen; the address of the first. */
  async start() {
    await Promise.all(nodes.map((node) => node.start()))
    return nodes[0]?.address
  },
  /** All join at once, except the one that is the seed; resolves to when the last had `members` members. */
  async mesh(seed: Address, members: number) {
    await Promise.all(
      nodes.map(async (node) => {
        if (node.address?.port !== seed.port) await persistentJoin(node, seed)
        while (node.members.size < members) await node.waitFor('memberJoined')
      }),
    )
    return at()
  },
  /** What all nodes have sent so far, and what the process has had of a processor. */
  traffic() {
    const all = nodes.map((node) => node.stats())
    const { user, system } = process.cpuUsage()
    return {
      frames: all.reduce((sum, { messages }) => sum + messages.sent, 0),
      bytes: all.reduce((sum, { bytes }) => sum + bytes.sent, 0),
      cpuUs: user + system,
      atMs: at(),
    }
  },
  /** The links of all nodes: those with members, and all. */
  links() {
    const all = nodes.map((node) => node.stats().links)
    return {
      members: all.reduce((sum, { members }) => sum + members, 0),
      open: all.reduce((sum, { open }) => sum + open, 0),
    }
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
