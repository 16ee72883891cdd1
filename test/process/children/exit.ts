// A host that uses its nodes and closes them, and then has nothing left to do: does its process end?
import { connect } from 'node:net'
import { assemble, IridiumNode } from '../../../src/index.js'

const say = (what: object): void => void process.stdout.write(`${JSON.stringify(what)}\n`)
const address = (node: IridiumNode) => node.address as { host: string; port: number }
const forever = assemble('again: eq $0 $0  djmpe @again', { sections: 'optional' })

const stories: Record<string, () => Promise<void>> = {
  async used() {
    const [a, b] = [new IridiumNode({ port: 0 }), new IridiumNode({ port: 0 })]
    await a.start()
    await b.join(address(a))
    await b.run(forever, { fuel: 10_000 })
    b.run(forever).catch(() => {})
    a.waitFor('isolated').catch(() => {})
    await b.close()
    await a.close()
  },
  async 'in the middle'() {
    const [a, b] = [new IridiumNode({ port: 0 }), new IridiumNode({ port: 0 })]
    await a.start()
    b.join([address(a), { host: '127.0.0.1', port: 1 }]).catch(() => {})
    await Promise.all([a.close(), b.close()])
  },
  async 'never started'() {
    const node = new IridiumNode()
    node.vm.run()
    node.waitFor('joined').catch(() => {})
  },
  /** Somebody who speaks TLS, is told that nobody does here, and does not go. */
  async 'a stranger lingers'() {
    const node = new IridiumNode({ port: 0 })
    await node.start()
    const told = node.waitFor('error')
    connect(address(node))
      .unref()
      .write(Buffer.from([22, 3, 1, 2, 0, 1]))
    await told
    await node.close()
  },
  async listening() {
    await new IridiumNode({ port: 0 }).start()
  },
}

const begin = performance.now()
await stories[process.argv[2] as string]?.()
// The pipe is our standard output, the request the module loader's.
const others = ['PipeWrap', 'CloseReq']
say({ resources: process.getActiveResourcesInfo().filter((name) => !others.includes(name)) })
process.on('exit', () => say({ exitAfterMs: performance.now() - begin }))
