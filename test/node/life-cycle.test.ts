// Every method in every state, over real sockets: what it does, what it refuses, and that close always ends it.
import { on, once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { assemble } from '../../src/assembler/assemble.js'
import type { IridiumError } from '../../src/core/errors.js'
import { IridiumNode } from '../../src/node/iridium-node.js'
import type { NodeOptions } from '../../src/node/options.js'

const FOREVER = assemble('again: eq $0 $0  djmpe @again', { sections: 'optional' })
const nodes: IridiumNode[] = []

function make(options: NodeOptions = {}): IridiumNode {
  const node = new IridiumNode({ port: 0, ...options })
  nodes.push(node)
  return node
}

const address = (node: IridiumNode) =>
  node.address ?? (assert.unreachable('not listening') as never)
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: IridiumError) => error.code,
  )
/** The names of all events of a node, in order. */
function record(node: IridiumNode): string[] {
  const log: string[] = []
  const names = ['listening', 'joined', 'memberJoined', 'memberLeft', 'left', 'closed'] as const
  for (const name of names) node.on(name, () => log.push(name))
  node.on('error', ({ code }) => log.push(code))
  return log
}

test.after.each(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()))
})

test('a new node does nothing', () => {
  const node = make({ alias: 'alpha' })
  assert.is(node.state, 'idle')
  assert.is(node.address, null)
  assert.is(node.members.size, 0)
  assert.match(node.id, /^[0-9a-f]{32}$/)
  const { id, alias, status, tags } = node.self
  assert.equal(
    { id, alias, status, tags },
    { id: node.id, alias: 'alpha', status: 'alive', tags: {} },
  )
})

test('start: listens, once, whoever asks for it how often', async () => {
  const node = make()
  const log = record(node)
  await Promise.all([node.start(), node.start()])
  await node.start()
  assert.is(node.state, 'listening')
  assert.ok(address(node).port > 0)
  assert.is(node.self.port, address(node).port)
  assert.equal(log, ['listening'])
})

test('start where it cannot listen: rejects, stays idle, and can be tried again', async () => {
  const other = make()
  await other.start()
  const node = make(address(other))
  const log = record(node)
  assert.is(await codeOf(node.start()), 'ERR_IRIDIUM_LISTEN_FAILED')
  assert.is(node.state, 'idle')
  await other.close()
  await node.start()
  assert.is(node.state, 'listening')
  assert.equal(log, ['listening'])
})

test('start beyond loopback needs a decision', async () => {
  const node = make({ host: '0.0.0.0' })
  assert.is(await codeOf(node.start()), 'ERR_IRIDIUM_INSECURE')
  await make({ host: '0.0.0.0', insecure: true }).start()
})

test('join: starts first, finds everybody, and is told on both sides', async () => {
  const [a, b, c] = [make({ alias: 'a' }), make({ alias: 'b' }), make({ alias: 'c' })]
  const [logA, logB] = [record(a), record(b)]
  await a.start()
  const linked = await b.join(address(a))
  assert.equal(
    linked.map(({ alias }) => alias),
    ['a'],
  )
  assert.equal(logB, ['listening', 'memberJoined', 'joined'])
  assert.is(b.state, 'joined')
  assert.equal((await c.join(address(a))).map(({ alias }) => alias).sort(), ['a', 'b'])
  for (const node of [a, b, c]) assert.is(node.members.size, 2)
  assert.is(a.state, 'joined')
  assert.equal(logA, ['listening', 'memberJoined', 'memberJoined'])
  assert.is(a.members.get('b')?.id, b.id)
  assert.equal(a.members.get('b')?.port, address(b).port)
})

test('join takes addresses in every form', async () => {
  const a = make({ alias: 'a' })
  await a.start()
  const { host, port } = address(a)
  const dead = '127.0.0.1:1'
  await make().join(`${host}:${port}`)
  await make().join(host, port)
  await make().join(host, port, {})
  await make().join({ host, port }, {})
  await make().join('localhost', port)
  await make().join([dead, `${host}:${port}`])
  await make().join([{ host, port }], {})
  for (const bad of [
    [],
    [''],
    ['x'],
    [5],
    [null],
    [[]],
    [[5]],
    ['127.0.0.1', 0],
    [`${host}:${port}`, 5],
  ]) {
    assert.is(
      await codeOf(make().join(...(bad as [string]))),
      'ERR_IRIDIUM_BAD_OPTION',
      String(bad),
    )
  }
})

test('join over IPv6', async () => {
  const a = make({ host: '::1' })
  await a.start()
  const b = make({ host: '::1' })
  await b.join(`[::1]:${address(a).port}`)
  assert.is(b.members.size, 1)
})

test('join that nobody accepts: rejects with the reasons, stays listening', async () => {
  const node = make()
  const error = (await node.join('127.0.0.1:1').catch((e: unknown) => e)) as IridiumError
  assert.is(error.code, 'ERR_IRIDIUM_JOIN_FAILED')
  assert.ok(error.retriable)
  assert.match(error.message, /127\.0\.0\.1:1/)
  assert.is(node.state, 'listening')
})

test('join with a seed that is no node: rejects at once, not after retries, and says so', async () => {
  let visits = 0
  const server = createServer((socket) => {
    visits++
    socket.on('error', () => {})
    socket.write('Welcome, whoever you are\n')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const node = make()
  const error = (await node.join('127.0.0.1', port).catch((e: unknown) => e)) as IridiumError
  assert.is(error.code, 'ERR_IRIDIUM_JOIN_FAILED')
  const [reason] = (error.cause as { errors: IridiumError[] }).errors
  assert.is(reason?.code, 'ERR_IRIDIUM_BAD_FRAME')
  assert.match(reason?.message ?? '', /what answers there is no node/)
  assert.is(visits, 1)
  await node.close()
  server.close()
})

test('join with its own address only', async () => {
  const node = make()
  await node.start()
  const error: IridiumError = await node.join(address(node)).then(
    () => assert.unreachable('joined itself'),
    (error) => error,
  )
  assert.is(error.code, 'ERR_IRIDIUM_JOIN_FAILED')
  const { errors } = error.cause as { errors: IridiumError[] }
  assert.equal(
    errors.map(({ code }) => code),
    ['ERR_IRIDIUM_REFUSED'],
  )
  assert.is(node.members.size, 0)
})

test('a signal ends start and join; the node can be used afterwards', async () => {
  const node = make()
  const controller = new AbortController()
  const starting = codeOf(node.start({ signal: controller.signal }))
  controller.abort()
  assert.is(await starting, 'ERR_IRIDIUM_ABORTED')
  assert.is(node.state, 'idle')
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.is(node.state, 'idle')

  const joining = codeOf(node.join('127.0.0.1:1', { signal: AbortSignal.timeout(30) }))
  assert.match(await joining, /ERR_IRIDIUM_(ABORTED|JOIN_FAILED)/)
  const seed = make()
  await seed.start()
  await node.join(address(seed))
  assert.is(node.state, 'joined')
})

test("leave: says goodbye, keeps the listener, is nobody's member until it starts or joins again", async () => {
  const [a, b] = [make({ alias: 'a' }), make({ alias: 'b' })]
  await a.start()
  await b.join(address(a))
  const logB = record(b)
  const left = a.waitFor('memberLeft')
  await b.leave()
  assert.is((await left).reason, 'left')
  assert.is(b.state, 'listening')
  assert.is(b.members.size, 0)
  assert.equal(logB, ['left'])
  assert.match(await codeOf(a.join(address(b))), /ERR_IRIDIUM_/)
  assert.is(b.members.size, 0)
  await b.leave()
  assert.equal(logB, ['left'])

  await b.start()
  await a.join(address(b))
  assert.is(b.members.size, 1)
  await b.leave()
  await b.join(address(a))
  assert.is(a.members.size, 1)
})

test('leave of a node that never started, and of one that is starting', async () => {
  const node = make()
  await node.leave()
  assert.is(node.state, 'idle')
  const starting = node.start()
  await node.leave()
  await starting
  assert.is(node.state, 'listening')
})

test('leave while joining', async () => {
  const [a, b] = [make(), make()]
  await a.start()
  await b.start()
  const joining = codeOf(b.join(address(a)))
  await b.leave()
  assert.match(await joining, /resolved|ERR_IRIDIUM_/)
  assert.is(b.state, 'listening')
  assert.is(b.members.size, 0)
})

test('close in every state: resolves, in time, and again', async () => {
  type Bring = (node: IridiumNode, seed: IridiumNode) => Promise<unknown> | undefined
  const begun = (call: Promise<unknown>): undefined => void codeOf(call)
  const prepare: Record<string, Bring> = {
    idle: () => undefined,
    starting: (node) => begun(node.start()),
    listening: (node) => node.start(),
    'joining nobody': (node) => begun(node.join('127.0.0.1:1')),
    'joining a seed': (node, seed) => begun(node.join(address(seed))),
    joined: (node, seed) => node.join(address(seed)),
    left: (node, seed) => node.join(address(seed)).then(() => node.leave()),
    leaving: (node, seed) => node.join(address(seed)).then(() => begun(node.leave())),
    running: (node) => begun(node.run(FOREVER)),
  }
  for (const [name, bring] of Object.entries(prepare)) {
    const [seed, node] = [make(), make()]
    await seed.start()
    await bring(node, seed)
    const log = record(node)
    const start = performance.now()
    const closing = node.close()
    assert.is(node.state, 'closing', name)
    assert.is(node.close(), closing, name)
    await closing
    assert.ok(performance.now() - start < 1000, name)
    assert.is(node.state, 'closed', name)
    assert.is(node.address, null, name)
    assert.is(node.members.size, 0, name)
    await node.close()
    assert.is(log.filter((entry) => entry === 'closed').length, 1, name)
    assert.is(log.at(-1), 'closed', name)
  }
})

test('calls that wait when the node is closed reject with CLOSED', async () => {
  const node = make()
  const calls = [
    node.start(),
    node.join('127.0.0.1:1'),
    node.run(FOREVER),
    node.waitFor('memberJoined'),
  ].map(codeOf)
  const closed = node.waitFor('closed')
  await node.close()
  for (const call of calls) assert.is(await call, 'ERR_IRIDIUM_CLOSED')
  assert.equal(await closed, {})
})

test('after close everything is refused, and nothing throws but what must', async () => {
  const node = make()
  await node.start()
  await node.close()
  const calls = [
    node.start(),
    node.join('127.0.0.1:1'),
    node.leave(),
    node.run(FOREVER),
    node.waitFor('joined'),
  ]
  for (const call of calls) assert.is(await codeOf(call), 'ERR_IRIDIUM_CLOSED')
  const refused = (error: IridiumError) => error.code === 'ERR_IRIDIUM_CLOSED'
  assert.throws(() => node.setTags({}), refused)
  assert.throws(() => node.forget('a'), refused)
  assert.throws(() => node.vm, refused)
  assert.is(node.stats().links.open, 0)
  assert.is(node.self.alias, node.alias)
})

test('a transport may reject with anything', async () => {
  for (const cause of [undefined, Object.create(null), 'no']) {
    const transport = { listen: () => Promise.reject(cause), dial: () => () => {} }
    const node = make({ transport })
    assert.is(await codeOf(node.start()), 'ERR_IRIDIUM_LISTEN_FAILED')
    await node.close()
  }
})

test('options of calls are checked', async () => {
  const node = make()
  const signal = AbortSignal.timeout(1000)
  for (const bad of [null, 5, [], { signl: 1 }, { signal: 5 }, signal, Promise.resolve({})]) {
    for (const call of [
      node.start(bad as object),
      node.leave(bad as object),
      node.join('127.0.0.1:1', bad as object),
      node.waitFor('joined', bad as object),
      node.run(FOREVER, bad as object),
    ]) {
      assert.is(await codeOf(call), 'ERR_IRIDIUM_BAD_OPTION', JSON.stringify(bad))
    }
  }
  assert.is(node.state, 'idle')
})

test('await using closes', async () => {
  const node = make()
  await node.start()
  await node[Symbol.asyncDispose]()
  assert.is(node.state, 'closed')
})

test('the port is free when close has resolved', async () => {
  const node = make()
  await node.start()
  const bound = address(node)
  await node.close()
  const next = make(bound)
  await next.start()
  assert.equal(next.address, bound)
})

test('a listener may close, leave and join from inside an event', async () => {
  const [a, b, c] = [make({ alias: 'a' }), make({ alias: 'b' }), make({ alias: 'c' })]
  await a.start()
  const logA = record(a)
  let closing: Promise<void> | undefined
  a.once('memberJoined', () => {
    closing = a.close()
    void a.close()
  })
  assert.match(await codeOf(b.join(address(a))), /resolved|ERR_IRIDIUM_/)
  await closing
  assert.equal(logA.slice(0, 1), ['memberJoined'])
  assert.is(logA.at(-1), 'closed')

  await b.start()
  let joined: Promise<unknown> | undefined
  c.once('listening', () => {
    joined = c.join(address(b))
  })
  await c.start()
  await joined
  const left = new Promise<void>((resolve, reject) => {
    c.once('memberLeft', () => void c.leave().then(resolve, reject))
  })
  await b.close()
  await left
  assert.is(c.state, 'listening')
})

test('setTags reaches the members; forget of a living one does nothing', async () => {
  const [a, b] = [make({ alias: 'a' }), make({ alias: 'b', tags: { role: 'x' } })]
  await a.start()
  await b.join(address(a))
  assert.equal(a.members.get('b')?.tags, { role: 'x' })
  const updated = a.waitFor('memberUpdated')
  b.setTags({ role: 'y' })
  assert.equal((await updated).member.tags, { role: 'y' })
  assert.equal(b.self.tags, { role: 'y' })
  a.forget('b')
  a.forget('nobody')
  assert.is(a.members.size, 1)
  assert.throws(
    () => b.setTags({ a: 1 as never }),
    (e: IridiumError) => e.code === 'ERR_IRIDIUM_BAD_OPTION',
  )
  assert.throws(
    () => b.forget(5 as never),
    (e: IridiumError) => e.code === 'ERR_IRIDIUM_BAD_OPTION',
  )
})

test('waitFor: the next one that passes the filter; its listeners are gone afterwards', async () => {
  const [a, b, c] = [make({ alias: 'a' }), make({ alias: 'b' }), make({ alias: 'c' })]
  await a.start()
  const second = a.waitFor('memberJoined', { filter: ({ member }) => member.alias === 'c' })
  const faults = [
    () => {
      throw Object.assign(new Error('mine'), { code: 'MINE' })
    },
    () => {
      throw Object.create(null)
    },
    async () => {
      throw new Error('mine')
    },
    async () => false,
  ].map((filter) =>
    a.waitFor('memberJoined', { filter: filter as never }).then(
      () => assert.unreachable(),
      (error: IridiumError) => error,
    ),
  )
  const aborted = codeOf(a.waitFor('memberLeft', { signal: AbortSignal.timeout(5) }))
  await b.join(address(a))
  await c.join(address(a))
  assert.is((await second).member.alias, 'c')
  for (const error of (await Promise.all(faults)) as IridiumError[]) {
    assert.is(error.code, 'ERR_IRIDIUM_LISTENER')
    assert.match(error.message, /the filter of waitFor\(memberJoined\) failed: (mine|some|filter)/)
    assert.ok(error.cause, 'what it threw')
  }
  assert.is(await aborted, 'ERR_IRIDIUM_ABORTED')
  assert.is(a.listenerCount('memberJoined') + a.listenerCount('memberLeft'), 0)
  for (const bad of [
    ['memberJoind'],
    ['joined', { filtr: 1 }],
    ['joined', { filter: 5 }],
    ['toString'],
  ]) {
    const call = a.waitFor(...(bad as unknown as ['joined']))
    assert.is(await codeOf(call), 'ERR_IRIDIUM_BAD_OPTION', String(bad))
  }
})

test('once and on of node:events work on a node', async () => {
  const [a, b] = [make({ alias: 'a' }), make({ alias: 'b' })]
  // At run time; the types of node:events ask for methods that nobody needs.
  const emitter = a as unknown as NodeJS.EventEmitter
  const listening = once(emitter, 'listening')
  await a.start()
  assert.equal(await listening, [{ address: address(a) }])
  setImmediate(() => void codeOf(b.join(address(a))))
  for await (const [{ member }] of on(emitter, 'memberJoined')) {
    assert.is(member.alias, 'b')
    break
  }
  const signal = AbortSignal.timeout(5)
  const aborted = once(emitter, 'isolated', { signal }).catch((error: Error) => error.name)
  const alive = setTimeout(() => {}, 1000)
  assert.is(await aborted, 'AbortError')
  clearTimeout(alive)
  for (const name of ['listening', 'memberJoined', 'isolated', 'error'] as const) {
    assert.is(a.listenerCount(name), 0, name)
  }
})

test('stats: plain numbers that go with what happened', async () => {
  const [a, b] = [make({ alias: 'a' }), make({ alias: 'b' })]
  await a.start()
  await b.join(address(a))
  await b.run(assemble('hlt', { sections: 'optional' }))
  const stats = b.stats()
  assert.equal(stats, JSON.parse(JSON.stringify(stats)))
  assert.is(stats.links.members, 1)
  assert.is(stats.links.dialled, 1)
  assert.is(a.stats().links.accepted, 1)
  assert.ok(stats.messages.sent >= 1 && stats.messages.received >= 1)
  assert.ok(stats.bytes.sent > 50 && stats.bytes.received > 50)
  const { a: roundTripMs = 0 } = stats.roundTripMs
  assert.ok(roundTripMs > 0)
  assert.equal(stats.machines, { running: 0, finished: 1, instructions: 1 })
})

test("run works before start, and the node's own machine is another", async () => {
  const node = make()
  const { registers } = await node.run(assemble('load $0 #5 hlt', { sections: 'optional' }))
  assert.is(registers[0], 5)
  assert.is(node.vm.registers[0], 0)
  assert.equal(node.vm.run(), { kind: 'halted', code: 1 })
  assert.is(node.vm, node.vm)
})

test("an error without a listener goes to the logger; a listener's fault becomes an error", async () => {
  const lines: string[] = []
  const log = (_fields: object, message: string): void => void lines.push(message)
  const quiet = (): void => {}
  const node = make({
    logger: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: log },
  })
  node.on('listening', () => {
    throw new Error('first')
  })
  await node.start()
  assert.is(lines.length, 1)
  assert.match(lines[0] as string, /listening failed: first/)

  const errors: IridiumError[] = []
  node.on('error', (error) => {
    errors.push(error)
    throw new Error('second')
  })
  node.on('closed', async () => {
    throw new Error('third')
  })
  await node.close()
  await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal(
    errors.map(({ code }) => code),
    ['ERR_IRIDIUM_LISTENER'],
  )
  assert.equal(errors[0]?.cause, new Error('third'))
  assert.match(lines[1] as string, /error failed: second/)
})

test('a listener of joined that joins again, for ever, leaves the event loop to others', async () => {
  const [a, b] = [make({ alias: 'a' }), make({ alias: 'b' })]
  await a.start()
  let joins = 0
  b.on('joined', () => {
    joins++
    if (joins < 100_000) b.join(address(a)).catch(() => {})
  })
  await b.join(address(a))
  await new Promise((resolve) => setTimeout(resolve, 1))
  assert.ok(joins > 1 && joins < 100_000, `${joins} joins before a timer`)
  await b.close()
})

test('what a listener throws has a text or not: it becomes an error, and the others are called', async () => {
  const textless = [
    Object.create(null),
    {
      toString() {
        throw new Error('no text')
      },
    },
    Object.defineProperty(new Error(), 'message', {
      get() {
        throw new Error('no message')
      },
    }),
    Symbol('s'),
    null,
  ]
  const node = make()
  const errors: IridiumError[] = []
  node.on('error', (error) => {
    errors.push(error)
    throw textless[0]
  })
  for (const thrown of textless) {
    node.on('listening', () => {
      throw thrown
    })
    node.on('listening', async () => {
      throw thrown
    })
  }
  let heard = 0
  node.on('listening', () => {
    heard++
  })
  await node.start()
  await new Promise((resolve) => setTimeout(resolve, 5))
  assert.is(heard, 1)
  assert.equal(
    errors.map(({ code }) => code),
    Array(2 * textless.length).fill('ERR_IRIDIUM_LISTENER'),
  )
  assert.is(errors[0]?.cause, textless[0])
  await node.close()
})

test.run()
