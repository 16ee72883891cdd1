// ws: WebSockets, one message a frame, without compression.
// @ts-expect-error it comes without types
import { WebSocket, WebSocketServer } from 'ws'
import type { Client, Contender, Server, Settings } from './contender.js'

/** Bytes that wait in a socket from which on it is left alone. */
const HIGH_WATER_BYTES = 1024 * 1024
/** Messages in a turn of the event loop: the socket may take any number at once. */
const BURST = 256
const ECHO = 1

export const ws: Contender = {
  canBeSecure: false,

  async serve(): Promise<Server> {
    let received = 0
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
    server.on('connection', (socket: WebSocket) => {
      socket.on('message', (data: Buffer) => {
        received++
        if (data[0] === ECHO) socket.send(data)
      })
    })
    await new Promise((resolve) => server.once('listening', resolve))
    return { address: server.address(), received: () => received, close: () => server.close() }
  },

  async connect({ port }: { port: number }, { size }: Settings): Promise<Client> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
    await new Promise((resolve) => socket.once('open', resolve))
    const waiting: (() => void)[] = []
    socket.on('message', () => waiting.shift()?.())
    return {
      pump() {
        const message = Buffer.alloc(size, 7)
        let isStopped = false
        const go = (): void => {
          for (let i = 0; i < BURST && socket.bufferedAmount < HIGH_WATER_BYTES; i++) {
            socket.send(message)
          }
          if (!isStopped) setImmediate(go)
        }
        go()
        return () => {
          isStopped = true
        }
      },
      roundTrip: () =>
        new Promise<void>((resolve) => {
          waiting.push(resolve)
          socket.send(Buffer.alloc(size, ECHO))
        }),
      close: () => socket.terminate(),
    }
  },
}
