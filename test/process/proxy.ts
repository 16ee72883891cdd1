// A stretch of network in front of one node, which the tests can make slow, silent or broken. It learns who comes
// from the first frame of each connection (so without encryption only), and so can part some from others.
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { NodeOptions } from '../../src/index.js'
import { decodeMessage } from '../../src/protocol/codec.js'
import { Host } from './harness.js'

/** `silent`: bytes are held back, both ways, as by a cable that was pulled; `cut`: connections are reset. */
export type Condition = 'open' | 'silent' | 'cut'

/** One connection through the proxy. */
interface Passage {
  /** The alias of who came; empty until its first frame has been read. */
  caller: string
  readonly near: Socket
  readonly far: Socket
}

export class Middlebox {
  readonly port: number
  /** Where the node listens. */
  target = 0
  /** How long each chunk of bytes takes. */
  delayMs = 0
  /** Both directions of every connection, in the order of their beginning. */
  readonly streams: Buffer[][] = []
  readonly #server: Server
  readonly #passages = new Set<Passage>()
  readonly #conditions = new Map<string, Condition>()

  private constructor(server: Server) {
    this.#server = server.unref()
    this.port = (server.address() as { port: number }).port
    server.on('connection', (near) => this.#pass(near))
  }

  static async start(): Promise<Middlebox> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Middlebox(server)
  }

  /** What those of these aliases meet from now on. */
  set(condition: Condition, callers: readonly string[]): void {
    for (const caller of callers) this.#conditions.set(caller, condition)
    for (const passage of this.#passages) {
      if (callers.includes(passage.caller)) this.#apply(passage)
    }
  }

  close(): void {
    this.#server.close()
    for (const passage of this.#passages) end(passage)
  }

  #pass(near: Socket): void {
    const far = connect(this.target, '127.0.0.1').unref()
    near.unref() // a test that fails leaves it behind
    const passage: Passage = { caller: '', near, far }
    this.#passages.add(passage)
    const first: Buffer[] = []
    const sniff = (bytes: Buffer): void => {
      first.push(bytes)
      passage.caller = aliasIn(Buffer.concat(first))
      if (passage.caller === '') return
      // Held back until it is known whether it may pass: what a node never got cannot make a member.
      near.off('data', sniff).pause()
      near.unshift(Buffer.concat(first))
      this.#forward(near, far)
      this.#apply(passage)
    }
    near.on('data', sniff)
    near.on('close', () => {
      this.#passages.delete(passage)
      far.destroy()
    })
    near.on('error', () => {})
    this.#forward(far, near)
  }

  #forward(from: Socket, to: Socket): void {
    const stream: Buffer[] = []
    this.streams.push(stream)
    from.on('data', (bytes) => {
      stream.push(bytes)
      this.#later(() => to.write(bytes))
    })
    from.on('end', () => this.#later(() => to.end()))
    from.on('error', () => to.destroy())
    from.on('close', () => this.#later(() => to.destroy()))
  }

  #later(run: () => void): void {
    if (this.delayMs > 0) setTimeout(run, this.delayMs)
    else run()
  }

  #apply(passage: Passage): void {
    const { near, far, caller } = passage
    const condition = this.#conditions.get(caller) ?? 'open'
    if (condition === 'cut') end(passage)
    else if (condition === 'silent') for (const socket of [near, far]) socket.pause()
    else for (const socket of [near, far]) socket.resume()
  }
}

/** A node that tells the others to come through a proxy of its own. */
export async function behindProxy(
  alias: string,
  options: NodeOptions = {},
): Promise<{ host: Host; proxy: Middlebox }> {
  const proxy = await Middlebox.start()
  const advertise = { host: '127.0.0.1', port: proxy.port }
  const host = await Host.start(alias, { ...options, advertise })
  proxy.target = host.address.port
  host.address = advertise
  return { host, proxy }
}

function end({ near, far }: Passage): void {
  for (const socket of [near, far]) {
    if (socket.writableEnded)
      socket.destroy() // it could not be reset any more
    else socket.resetAndDestroy()
  }
}

/** Who introduces itself in these first bytes; empty if that is not whole. */
function aliasIn(bytes: Buffer): string {
  if (bytes.length < 4 || bytes.length < 4 + bytes.readUInt32LE(0)) return ''
  const message = decodeMessage(bytes, 4, 4 + bytes.readUInt32LE(0))
  return message.type === 'Hello' || message.type === 'Join' ? message.alias : '?'
}
