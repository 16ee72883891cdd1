// NATS: core publish and subscribe, and requests, through a broker of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { connect, type NatsConnection } from 'nats'
import {
  type Client,
  type Contender,
  NotInstalled,
  type Server,
  type Settings,
} from './contender.js'
import { foreignCpuUs } from './foreign.js'

/** Bytes that are published between two flushes, each of which waits until the broker has taken all. */
const FLUSH_BYTES = 1024 * 1024

export const nats: Contender = {
  canBeSecure: false,

  async serve(): Promise<Server> {
    const broker = spawn('nats-server', ['-a', '127.0.0.1', '-p', '-1'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    process.on('exit', () => broker.kill('SIGKILL'))
    const port = await portOf(broker)
    const connection = await connect({ servers: `127.0.0.1:${port}` })
    let received = 0
    connection.subscribe('sample', {
      callback() {
        received++
      },
    })
    connection.subscribe('echo', {
      callback(_, message) {
        message.respond(message.data)
      },
    })
    await connection.flush()
    return {
      address: port,
      received: () => received,
      foreignCpuUs: async () => foreignCpuUs(broker),
      async close() {
        await connection.close()
        broker.kill()
      },
    }
  },

  async connect(port: number, { size }: Settings): Promise<Client> {
    const connection = await connect({ servers: `127.0.0.1:${port}` })
    const message = Buffer.alloc(size, 7)
    return {
      pump() {
        let isStopped = false
        const go = async (): Promise<void> => {
          while (!isStopped) await publish(connection, message)
        }
        go().catch(() => {}) // closed
        return () => {
          isStopped = true
        }
      },
      roundTrip: () => connection.request('echo', message),
      close: () => connection.close(),
    }
  },
}

async function publish(connection: NatsConnection, message: Uint8Array): Promise<void> {
  for (let bytes = 0; bytes < FLUSH_BYTES; bytes += message.length) {
    connection.publish('sample', message)
  }
  await connection.flush()
}

async function portOf(broker: ChildProcess): Promise<number> {
  await Promise.race([once(broker, 'spawn'), once(broker, 'error')]).catch(() => {})
  if (broker.pid === undefined) throw new NotInstalled('no nats-server here')
  for await (const line of createInterface({ input: broker.stderr as NodeJS.ReadableStream })) {
    const [, port] = /Listening for client connections on 127\.0\.0\.1:(\d+)/.exec(line) ?? []
    if (port !== undefined) return Number(port)
  }
  throw new Error('nats-server has not started')
}
