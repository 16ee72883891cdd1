// What goes over the wire, recorded by proxies between the nodes, is what protocol.avsc says and nothing else:
// an implementer in another language needs that file only.
import { readFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import avro from 'avsc'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, Host, meshed, sleep } from './harness.js'

test.after.each(endAll)

/** Forwards what comes to `target`, and keeps both directions of every connection. */
class RecordingProxy {
  readonly streams: Buffer[][] = []
  readonly port: number
  target = 0
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as { port: number }).port
    server.on('connection', (near) => {
      const far = connect(this.target, '127.0.0.1')
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        const stream: Buffer[] = []
        this.streams.push(stream)
        from.on('data', (bytes) => {
          stream.push(bytes)
          to.write(bytes)
        })
        from.on('end', () => to.end())
        from.on('error', () => to.destroy())
        from.on('close', () => to.destroy())
      }
    })
  }

  static async start(): Promise<RecordingProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    return new RecordingProxy(server)
  }

  close(): void {
    this.#server.close()
  }
}

/** A node that tells the others to come through a proxy. */
async function behindProxy(alias: string, proxies: RecordingProxy[]): Promise<Host> {
  const proxy = await RecordingProxy.start()
  proxies.push(proxy)
  const host = await Host.start(alias, {
    advertise: { host: '127.0.0.1', port: proxy.port },
    heartbeat: { intervalMs: 50, timeoutMs: 1000 },
    tags: { name: alias },
  })
  proxy.target = host.address.port
  host.address = { host: '127.0.0.1', port: proxy.port }
  return host
}

test('every recorded byte decodes by protocol.avsc', async () => {
  const proxies: RecordingProxy[] = []
  const a = await behindProxy('a', proxies)
  const b = await behindProxy('b', proxies)
  const c = await behindProxy('c', proxies)
  await b.join(a)
  await c.join(b)
  await meshed([a, b, c], 3000)
  const twin = await behindProxy('b', proxies)
  await twin.join(a).catch(() => {})
  await sleep(300)
  c.signal('SIGSTOP') // so that the others ask about it
  await sleep(1300)
  c.signal('SIGCONT')
  await meshed([a, b, c], 5000)
  await b.call('leave')
  await sleep(100)

  const schema = JSON.parse(readFileSync(new URL('../../protocol.avsc', import.meta.url), 'utf8'))
  const type = avro.Type.forSchema(schema, { wrapUnions: true })
  const counts: Record<string, number> = {}
  let frames = 0
  for (const stream of proxies.flatMap(({ streams }) => streams)) {
    const bytes = Buffer.concat(stream)
    let at = 0
    for (; at + 4 <= bytes.length; ) {
      const end = at + 4 + bytes.readUInt32LE(at)
      if (end > bytes.length) break
      const { value, offset } = type.decode(bytes, at + 4)
      assert.is(offset, end, 'the frame is as long as its message')
      const [name] = Object.keys(value as object) as [string]
      counts[name] = (counts[name] ?? 0) + 1
      frames++
      at = end
    }
    assert.is(at, bytes.length, 'nothing is left between the frames')
  }
  for (const name of ['Hello', 'HelloAck', 'Join', 'JoinAck', 'Refused', 'Heartbeat', 'Goodbye']) {
    assert.ok(counts[name], `${name} was seen: ${JSON.stringify(counts)}`)
  }
  assert.ok(frames > 100)
  for (const proxy of proxies) proxy.close()
})

test.run()
