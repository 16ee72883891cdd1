// This package: a channel between two nodes.
import { IridiumNode } from '../../src/index.js'
import { type Client, type Contender, SECRET, type Server, type Settings } from './contender.js'

interface Sample {
  readonly data: Uint8Array
}

const SCHEMA = { type: 'record', name: 'Sample', fields: [{ name: 'data', type: 'bytes' }] }

function open(alias: string, { secure }: Settings) {
  const node = new IridiumNode({ alias, port: 0, ...(secure && { secret: SECRET }) })
  return { node, channel: node.channel<Sample>('bench', SCHEMA) }
}

export const iridium: Contender = {
  canBeSecure: true,

  async serve(settings): Promise<Server> {
    const { node, channel } = open('server', settings)
    let received = 0
    channel.on('message', () => {
      received++
    })
    channel.handle(({ value }) => value)
    await node.start()
    return { address: node.address, received: () => received, close: () => node.close() }
  },

  async connect(address: { host: string; port: number }, settings): Promise<Client> {
    const { node, channel } = open('client', settings)
    await node.join(address)
    const value = { data: Buffer.alloc(settings.size, 7) }
    return {
      pump() {
        let isStopped = false
        const go = async (): Promise<void> => {
          while (!isStopped) if (!channel.write('server', value)) await channel.drain('server')
        }
        go().catch(() => {}) // closed while it waited
        return () => {
          isStopped = true
        }
      },
      roundTrip: () => channel.request('server', value),
      close: () => node.close(),
    }
  },
}
