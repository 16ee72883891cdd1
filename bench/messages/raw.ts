// node:net without anything: frames of a length and bytes, written together up to 64 KiB one way, one by one for
// round trips. The measure of all others. Secure: the same over TLS 1.3 with a pre-shared key. With events: the
// receiver's code is given each frame, as an event with its bytes.
import { EventEmitter } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import * as tls from 'node:tls'
import { type Client, type Contender, SECRET, type Server, type Settings } from './contender.js'

const HEADER = 4
const COALESCE_BYTES = 64 * 1024
/** The first byte of a frame that is to be sent back. */
const ECHO = 1
const KEY = { psk: Buffer.from(SECRET), identity: 'bench' }
const TLS = { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' } as const

/** Calls back for every frame, without making an object of it. */
function frames(
  socket: Socket,
  onFrame: (chunk: Buffer, start: number, end: number) => void,
): void {
  let kept: Buffer | undefined
  socket.on('data', (data) => {
    const chunk = kept ? Buffer.concat([kept, data]) : data
    let at = 0
    while (chunk.length - at >= HEADER) {
      const end = at + HEADER + chunk.readUInt32LE(at)
      if (end > chunk.length) break
      onFrame(chunk, at + HEADER, end)
      at = end
    }
    kept = at < chunk.length ? chunk.subarray(at) : undefined
  })
}

function frame(size: number, first: number): Buffer {
  const data = Buffer.alloc(size, 7)
  data[0] = first
  return framed(data)
}

function framed(data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEADER + data.length)
  bytes.writeUInt32LE(data.length)
  bytes.set(data, HEADER)
  return bytes
}

export const raw = contender(count)
export const rawEvents = contender(emit)

function contender(receive: Receive): Contender {
  return { canBeSecure: true, serve: (settings) => serve(settings, receive), connect: dial }
}

/** Calls `received` for every message that comes, and sends those back that ask for it. */
type Receive = (socket: Socket, received: () => void) => void

function count(socket: Socket, received: () => void): void {
  frames(socket, (chunk, start, end) => {
    received()
    if (chunk[start] === ECHO) socket.write(chunk.subarray(start - HEADER, end))
  })
}

function emit(socket: Socket, received: () => void): void {
  const emitter = new EventEmitter()
  emitter.on('message', ({ data }: { data: Buffer }) => {
    received()
    if (data[0] === ECHO) socket.write(framed(data))
  })
  frames(socket, (chunk, start, end) => {
    emitter.emit('message', { data: chunk.subarray(start, end) })
  })
}

async function serve({ secure }: Settings, receive: Receive): Promise<Server> {
  let received = 0
  const onSocket = (socket: Socket): void => {
    socket.on('error', () => {})
    receive(socket, () => {
      received++
    })
  }
  const server = secure
    ? tls.createServer({ ...TLS, noDelay: true, pskCallback: () => KEY.psk }, onSocket)
    : createServer({ noDelay: true }, onSocket)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { address: server.address(), received: () => received, close: () => server.close() }
}

async function dial({ port }: { port: number }, { size, secure }: Settings): Promise<Client> {
  const target = { port, host: '127.0.0.1', noDelay: true }
  const socket = secure
    ? tls.connect({ ...TLS, ...target, pskCallback: () => KEY, ca: [] })
    : connect(target)
  socket.setNoDelay(true)
  await new Promise((resolve) => socket.once(secure ? 'secureConnect' : 'connect', resolve))
  const waiting: (() => void)[] = []
  frames(socket, () => waiting.shift()?.())
  const question = frame(size, ECHO)
  return {
    pump() {
      const message = frame(size, 0)
      const capacity = Math.max(COALESCE_BYTES, message.length)
      let buffer = Buffer.allocUnsafeSlow(capacity)
      let isStopped = false
      const go = (): void => {
        while (!isStopped) {
          let end = 0
          for (; end + message.length <= capacity; end += message.length) buffer.set(message, end)
          const goesOn = socket.write(buffer.subarray(0, end))
          if (socket.writableLength > 0) buffer = Buffer.allocUnsafeSlow(capacity)
          if (!goesOn) {
            socket.once('drain', go)
            return
          }
        }
      }
      go()
      return () => {
        isStopped = true
      }
    },
    roundTrip: () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve)
        socket.write(question)
      }),
    close: () => socket.destroy(),
  }
}
