// What nodes publish on the channels of node:diagnostics_channel: as the table says, and nothing without subscribers.
import { execFile } from 'node:child_process'
import { hasSubscribers, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { assemble } from '../../src/assembler/assemble.js'
import {
  DIAGNOSTICS,
  type DiagnosticChannel,
  type DiagnosticMessages,
} from '../../src/node/diagnostics.js'
import { IridiumNode } from '../../src/node/iridium-node.js'
import { createTestCluster } from '../../src/testing/index.js'
import { until } from '../transport/conformance.js'

type Published = {
  [C in DiagnosticChannel]: { readonly channel: C } & DiagnosticMessages[C]
}[DiagnosticChannel]

const test = suite<{ all: Published[] }>('diagnostics')
const names = Object.keys(DIAGNOSTICS) as DiagnosticChannel[]
let stop: () => void = () => {}

/** Keeps everything that is published. */
test.before.each((context) => {
  context.all = []
  const keep = (message: unknown, channel: string | symbol) => {
    context.all.push({ channel, ...(message as object) } as Published)
  }
  for (const name of names) subscribe(name, keep)
  stop = () => {
    for (const name of names) unsubscribe(name, keep)
  }
})
test.after.each(() => stop())

const picture = (all: Published[], node: IridiumNode) =>
  all
    .filter((each) => each.node === node && !each.channel.startsWith('iridium:frame'))
    .map(({ channel, node: _, ...rest }) => {
      const { member, reason } = rest as { member?: { alias: string } | null; reason?: string }
      return [channel.slice(8), member?.alias, reason].filter(Boolean).join(' ')
    })

test('the life of a link and of a member, told by both nodes of one process', async ({ all }) => {
  const cluster = createTestCluster()
  const [a, b] = [cluster.node({ alias: 'a' }), cluster.node({ alias: 'b' })]
  await a.start()
  const { host, port } = a.address as { host: string; port: number }
  await b.join(host, port)
  a.setTags({ zone: 'x' })
  await cluster.advance(100)
  await b.close()
  await cluster.advance(100)
  assert.equal(picture(all, a), [
    'node:listening',
    'link:open',
    'link:up b',
    'member:joined b',
    'member:left b left',
    'link:close b the member has gone: left',
  ])
  assert.equal(picture(all, b), [
    'node:listening',
    'link:open',
    'link:up a',
    'member:joined a',
    'node:joined',
    'member:updated a',
    'link:close a this node leaves',
    'node:left',
    'node:closed',
  ])
  const opened = all.filter((each) => each.channel === 'iridium:link:open')
  assert.equal(
    opened.map(({ node, dialled }) => [node.alias, dialled]),
    [
      ['a', false],
      ['b', true],
    ],
  )
  const frames = (node: IridiumNode, way: 'sent' | 'received') =>
    all.flatMap((each) =>
      each.node === node && each.channel === `iridium:frame:${way}`
        ? [(each as DiagnosticMessages['iridium:frame:sent']).message.type]
        : [],
    )
  assert.equal(frames(b, 'sent'), frames(a, 'received'))
  assert.equal(frames(b, 'sent').slice(0, 1), ['Hello'])
  assert.equal(frames(b, 'received').slice(0, 1), ['HelloAck'])
  await cluster.close()
})

test('a death: the broken link, the dials that fail, the suspicion', async ({ all }) => {
  const cluster = createTestCluster()
  const [a, b] = [cluster.node({ alias: 'a' }), cluster.node({ alias: 'b' })]
  await a.start()
  await b.start()
  const { host, port } = b.address as { host: string; port: number }
  await a.join(host, port)
  all.length = 0
  cluster.kill('b')
  await cluster.advance(1000)
  assert.equal(picture(all, a).slice(0, 4), [
    'link:close b the other end has closed it',
    'member:suspected b',
    'link:failed nobody listens there',
    'member:left b failed',
  ])
  const failed = all.find((each) => each.channel === 'iridium:link:failed')
  assert.is(failed?.failure, 'refused')
  assert.equal(failed?.remote, { host, port })
  await cluster.close()
})

test('errors, with and without a listener, and programs', async ({ all }) => {
  const node = new IridiumNode({ alias: 'a', port: 0 })
  const program = assemble('.data\n.code\nload $0 #1\nhlt')
  const { stop: how } = await node.run(program)
  assert.is(how.kind, 'halted')
  const forever = assemble('.data\n.code\nagain: eq $0 $0\ndjmpe @again')
  const controller = new AbortController()
  const given = node.run(forever, { signal: controller.signal }).catch((error) => error.code)
  controller.abort()
  assert.is(await given, 'ERR_IRIDIUM_ABORTED')
  const runs = all.filter((each) => each.channel === 'iridium:run:end')
  assert.equal(
    runs.map((each) => each.stop),
    [{ kind: 'halted', code: 0 }, null],
  )
  assert.is(runs[0]?.program, program)
  assert.is(runs[0]?.instructionCount, 2)
  assert.ok((runs[0]?.durationMs ?? -1) >= 0)
  assert.is(all.filter((each) => each.channel === 'iridium:run:start').length, 2)
  node.on('listening', () => {
    throw new Error('a bad listener')
  })
  await node.start()
  node.on('error', () => {
    throw new Error('a worse one')
  })
  node.on('left', () => {
    throw new Error('a bad listener')
  })
  await node.close()
  await until(() => all.some((each) => each.channel === 'iridium:node:closed'))
  const errors = all.flatMap((each) => (each.channel === 'iridium:error' ? [each.error] : []))
  assert.equal(
    errors.map(({ message }) => message),
    [
      'a listener of listening failed: a bad listener',
      'a listener of left failed: a bad listener',
      'a listener of error failed: a worse one',
    ],
  )
})

test('without subscribers nothing is published', async ({ all }) => {
  stop()
  for (const name of names) assert.not.ok(hasSubscribers(name))
  const node = new IridiumNode({ port: 0 })
  await node.start()
  await node.close()
  assert.equal(all, [])
})

test('a subscriber that throws harms neither the node nor the other subscribers', async () => {
  // In a process of its own: the platform raises what it throws as an uncaught exception.
  const script = `
    import { subscribe } from 'node:diagnostics_channel'
    import { IridiumNode } from './src/index.ts'
    const seen = [], uncaught = []
    process.on('uncaughtException', ({ message }) => uncaught.push(message))
    subscribe('iridium:member:joined', () => { throw new Error('bad subscriber') })
    subscribe('iridium:member:joined', ({ node, member }) => seen.push(node.alias + ' has ' + member.alias))
    const a = new IridiumNode({ alias: 'a', port: 0 }), b = new IridiumNode({ alias: 'b', port: 0 })
    const events = []
    a.on('memberJoined', ({ member }) => events.push('a told of ' + member.alias))
    await a.start()
    await b.join(a.address)
    const members = [...a.members.keys(), ...b.members.keys()]
    await Promise.all([a.close(), b.close()])
    console.log(JSON.stringify({ seen: seen.sort(), uncaught, events, members }))`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    { cwd: new URL('../..', import.meta.url), timeout: 30_000 },
  )
  assert.equal(JSON.parse(stdout), {
    seen: ['a has b', 'b has a'],
    uncaught: ['bad subscriber', 'bad subscriber'],
    events: ['a told of b'],
    members: ['b', 'a'],
  })
})

test.run()
