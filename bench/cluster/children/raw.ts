// Raw listeners: each answers what comes, once and in the same length.
import { createServer, type Server, type Socket } from 'node:net'
import * as tls from 'node:tls'
import { takeOrders } from './orders.js'
import { KEY, TLS } from './tls.js'

const { count, secure } = JSON.parse(process.argv[2] ?? '{}') as { count: number; secure: boolean }

function listen(): Promise<number> {
  const onSocket = (socket: Socket): void => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => socket.write(bytes))
  }
  const server: Server = secure
    ? tls.createServer({ ...TLS, noDelay: true, pskCallback: () => KEY.psk }, onSocket)
    : createServer({ noDelay: true }, onSocket)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
}

takeOrders({ start: () => Promise.all(Array.from({ length: count }, listen)) })
