// Moleculer: events one way and calls for round trips, over its own TCP transporter without a broker.
import { Server as NetServer } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import framework from 'moleculer'
import type { Client, Contender, Server, Settings } from './contender.js'

/** Events under way at once: each resolves when its socket has taken it. */
const BURST = 256
const HOST = '127.0.0.1'

/** Its transporter listens on every interface, and cannot be told otherwise. */
function listenOnLoopbackOnly(): void {
  const listen = NetServer.prototype.listen as (this: NetServer, ...args: unknown[]) => NetServer
  const onLoopback = function (this: NetServer, options: object, ...rest: unknown[]): NetServer {
    return listen.call(this, { ...options, host: HOST }, ...rest)
  }
  NetServer.prototype.listen = onLoopback as typeof NetServer.prototype.listen
}

function broker(nodeID: string, urls: readonly string[]): framework.ServiceBroker {
  listenOnLoopbackOnly()
  const options = { udpDiscovery: false, urls, useHostname: false, gossipPeriod: 1 }
  const made = new framework.ServiceBroker({
    nodeID,
    logger: false,
    transporter: { type: 'TCP', options },
  })
  // What it tells others of itself: by default the address of another interface.
  ;(made.registry as { nodes: { localNode: { ipList: string[] } } }).nodes.localNode.ipList = [HOST]
  return made
}

export const moleculer: Contender = {
  canBeSecure: false,

  async serve(): Promise<Server> {
    const server = broker('server', [])
    let received = 0
    server.createService({
      name: 'bench',
      actions: { echo: ({ params }: framework.Context<{ data: string }>) => params },
      events: {
        sample() {
          received++
        },
      },
    })
    await server.start()
    const { port } = (server.registry as { nodes: { localNode: { port: number } } }).nodes.localNode
    return { address: port, received: () => received, close: () => server.stop() }
  },

  async connect(port: number, { size }: Settings): Promise<Client> {
    const client = broker('client', [`${HOST}:${port}/server`])
    await client.start()
    await client.waitForServices('bench')
    const message = { data: 'x'.repeat(size) }
    return {
      pump() {
        let isStopped = false
        const go = async (): Promise<void> => {
          while (!isStopped) {
            await Promise.all(Array.from({ length: BURST }, () => client.emit('sample', message)))
            await nextTurn() // what a socket takes at once resolves within the turn
          }
        }
        go().catch(() => {}) // closed
        return () => {
          isStopped = true
        }
      },
      roundTrip: () => client.call('bench.echo', message),
      close: () => client.stop(),
    }
  },
}
