// The one that joins: a node each time, or as many raw sockets as there are members.
import { connect, type Socket } from 'node:net'
import * as tls from 'node:tls'
import { type Address, IridiumNode, type NodeOptions } from '../../../src/index.js'
import { takeOrders } from './orders.js'
import { KEY, TLS } from './tls.js'

/** About as long as a Hello. */
const GREETING = Buffer.alloc(128, 7)

const { secure, ...options } = JSON.parse(process.argv[2] ?? '{}') as NodeOptions & {
  secure: boolean
}
const context = tls.createSecureContext({ ...TLS, ca: [] })
let nodes = 0

takeOrders({
  start() {},

  /** Milliseconds from the call of join() until all are members. */
  async join(seed: Address, members: number) {
    const node = new IridiumNode({ ...options, alias: `joiner-${process.pid}-${++nodes}`, port: 0 })
    await node.start()
    const begin = performance.now()
    await node.join(seed)
    const took = performance.now() - begin
    if (node.members.size !== members) throw new Error(`${node.members.size} members`)
    await node.close()
    return took
  },

  /** Milliseconds until each of the raw sockets has had an answer: as in a join, the first before the others are dialled. */
  async dial([first = 0, ...others]: readonly number[]) {
    const begin = performance.now()
    const sockets = [await exchange(first), ...(await Promise.all(others.map(exchange)))]
    const took = performance.now() - begin
    for (const socket of sockets) socket.destroy()
    return took
  },
})

function exchange(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const end: Socket = secure
      ? tls.connect({ socket, secureContext: context, pskCallback: () => KEY })
      : socket
    end.once('error', reject)
    end.once(secure ? 'secureConnect' : 'connect', () => end.write(GREETING))
    end.once('data', () => resolve(end))
  })
}
