// What goes over the wire, recorded by proxies between the nodes, is what protocol.avsc says and nothing else:
// an implementer in another language needs that file only.
import { readFileSync } from 'node:fs'
import avro from 'avsc'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, type Host, meshed, sleep } from './harness.js'
import { behindProxy, type Middlebox } from './proxy.js'

test.after.each(endAll)

/** A node whose traffic is kept, with frequent heartbeats. */
async function recorded(alias: string, proxies: Middlebox[]): Promise<Host> {
  const { host, proxy } = await behindProxy(alias, {
    heartbeat: { intervalMs: 50, timeoutMs: 1000 },
    tags: { name: alias },
  })
  proxies.push(proxy)
  return host
}

test('every recorded byte decodes by protocol.avsc', async () => {
  const proxies: Middlebox[] = []
  const a = await recorded('a', proxies)
  const b = await recorded('b', proxies)
  const c = await recorded('c', proxies)
  await b.join(a)
  await c.join(b)
  await meshed([a, b, c])
  const twin = await recorded('b', proxies)
  await twin.join(a).catch(() => {})
  await sleep(300)
  c.signal('SIGSTOP') // so that the others ask about it
  await sleep(1300)
  c.signal('SIGCONT')
  await meshed([a, b, c])
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
