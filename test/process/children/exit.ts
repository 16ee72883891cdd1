// A host that uses its nodes and closes them, and then has nothing left to do: does its process end?
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { assemble, IridiumNode } from '../../../src/index.js'
import { encodeMessage } from '../../../src/protocol/codec.js'
import type { Message } from '../../../src/protocol/messages.js'
import { SAMPLES } from '../../protocol/samples.js'

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
  /** Somebody accepts and says nothing; somebody connects to us and says nothing; both stay. */
  async 'silent peers'() {
    const dumb = createServer((socket) => socket.unref()).listen(0, '127.0.0.1')
    await once(dumb.unref(), 'listening')
    const node = new IridiumNode({ port: 0 })
    await node.start()
    const stranger = connect(address(node).port, '127.0.0.1')
    stranger.on('error', () => {}).unref()
    await once(stranger, 'connect')
    node.join({ host: '127.0.0.1', port: (dumb.address() as AddressInfo).port }).catch(() => {})
    await pause(50)
    await node.close()
  },
  /** A member that has stopped to read, for which as much waits as may. */
  async 'full queues'() {
    const node = new IridiumNode({ port: 0 })
    node.on('error', () => {})
    const channel = node.channel<Uint8Array>('c', 'bytes', { maxMessageBytes: 2 ** 24 })
    await node.start()
    const member = connect(address(node).port, '127.0.0.1')
    member.on('error', () => {}).unref()
    const joined = node.waitFor('memberJoined')
    const hello = SAMPLES.find(({ type }) => type === 'Hello') as Message
    const buffer = Buffer.alloc(4096)
    member.write(buffer.subarray(0, encodeMessage(hello, buffer, 0)))
    await joined
    for (let i = 0; i < 40; i++) channel.send('beta', Buffer.alloc(2 ** 20)).catch(() => {})
    await pause(50)
    await node.close()
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
