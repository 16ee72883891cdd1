// The pump: what goes into the machine and when, and that what comes out is carried out.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ClusterEvent, Input, Output } from '../../src/cluster/io.js'
import type { Member } from '../../src/cluster/member.js'
import { IridiumError } from '../../src/core/errors.js'
import { MAX_DIAL_MS, MAX_INPUTS_IN_A_ROW, MAX_READ_MS } from '../../src/core/limits.js'
import { silentLogger } from '../../src/core/logger.js'
import { Channels } from '../../src/node/channel/channels.js'
import { Diagnostics } from '../../src/node/diagnostics.js'
import { Driver } from '../../src/node/driver.js'
import type { IridiumNode } from '../../src/node/iridium-node.js'
import { PendingCalls } from '../../src/node/pending.js'
import type { Message } from '../../src/protocol/messages.js'
import { FakeClock, FakeConnection, FakeTransport, frame } from './fakes.js'

const ADDRESS = { host: '192.0.2.1', port: 1 }
const ping = (nonce: number): Message => ({ type: 'Ping', nonce })
const member: Member = {
  id: '0'.repeat(32),
  alias: 'beta',
  ...ADDRESS,
  incarnation: 1,
  tags: {},
  status: 'alive',
}
const emit = (event: ClusterEvent): Output => ({ type: 'emit', event })
const send = (link: number, nonce = 0): Output => ({ type: 'send', link, message: ping(nonce) })

/** A driver around a machine that answers as the test says; `inputs` has what it was given. */
function setUp(answer: (input: Input) => readonly Output[] = () => []) {
  const inputs: Input[] = []
  const log: string[] = []
  const clock = new FakeClock()
  const transport = new FakeTransport()
  const settings = {
    onEvent: (_event: ClusterEvent): void => {},
    answer,
  }
  const driver: Driver = new Driver({
    clock,
    transport,
    channels: new Channels({
      alias: 'a',
      clock,
      calls: new PendingCalls(),
      members: new Map(),
      report: (error) => log.push(`report ${error.code}`),
    }),
    logger: { ...silentLogger, info: (_fields, message) => log.push(`log ${message}`) },
    diagnostics: new Diagnostics({} as IridiumNode),
    machine: {
      step(_now, input) {
        inputs.push(input)
        return settings.answer(input)
      },
    },
    emit(event) {
      log.push(`emit ${event.type}`)
      settings.onEvent(event)
    },
    settle: (call, result) => log.push(`settle ${call} ${result.ok}`),
  })
  const accept = () => {
    const connection = new FakeConnection()
    connection.handler = driver.links.accept(connection)
    return connection
  }
  return { inputs, log, clock, transport, driver, accept, settings }
}

/** A machine that takes its time: each frame holds up the event loop for so long. */
function slowMachine(ms: number) {
  const all = setUp((input) => {
    if (input.type === 'frame') all.clock.advance(ms)
    return []
  })
  const nonces = () =>
    all.inputs.flatMap((input) =>
      input.type === 'frame' && input.message.type === 'Ping' ? [input.message.nonce] : [],
    )
  return { ...all, nonces }
}

const types = (inputs: readonly Input[]) => inputs.map(({ type }) => type)

test('events and settlements come after all else of their step, in their order', () => {
  const { driver, log, transport } = setUp(() => [
    emit({ type: 'isolated' }),
    { type: 'settle', call: 4, result: { ok: true, members: [] } },
    { type: 'log', level: 'info', fields: {}, message: 'hello' },
    { type: 'dial', link: 2, address: ADDRESS },
    emit({ type: 'left' }),
  ])
  driver.input({ type: 'tick' })
  assert.equal(log, ['log hello', 'emit isolated', 'settle 4 true', 'emit left'])
  assert.equal(transport.dials[0]?.address, ADDRESS)
})

test('a call from inside an event is queued behind the event', () => {
  const { driver, log, inputs, settings } = setUp((input) =>
    input.type === 'tick'
      ? [emit({ type: 'memberJoined', member }), emit({ type: 'isolated' })]
      : [emit({ type: 'left' })],
  )
  settings.onEvent = ({ type }) => {
    if (type === 'memberJoined') driver.input({ type: 'leave', call: 1 })
  }
  driver.input({ type: 'tick' })
  assert.equal(log, ['emit memberJoined', 'emit isolated', 'emit left'])
  assert.equal(types(inputs), ['tick', 'leave'])
})

test('a machine that throws is reported, and goes on with the next input', () => {
  const { driver, log, settings } = setUp((input) => {
    if (input.type === 'tick') throw new Error('impossible')
    return [emit({ type: 'isolated' })]
  })
  let told: ClusterEvent | undefined
  settings.onEvent = (event) => {
    told ??= event
  }
  driver.input({ type: 'tick' })
  driver.input({ type: 'turn' })
  assert.equal(log, ['emit error', 'emit isolated'])
  assert.is(told?.type === 'error' && told.error.code, 'ERR_IRIDIUM_INTERNAL')
})

test('accepted links have odd numbers', () => {
  const { inputs, accept } = setUp()
  accept()
  accept()
  assert.equal(inputs, [
    { type: 'accepted', link: 1, remote: { host: '192.0.2.7', port: 7 } },
    { type: 'accepted', link: 3, remote: { host: '192.0.2.7', port: 7 } },
  ])
})

test('a dial connects, or fails with its reason', () => {
  const { driver, inputs, transport } = setUp(({ type }) =>
    type === 'tick'
      ? [
          { type: 'dial', link: 2, address: ADDRESS },
          { type: 'dial', link: 4, address: ADDRESS },
        ]
      : [],
  )
  driver.input({ type: 'tick' })
  const connection = new FakeConnection()
  transport.dials[0]?.handler.connected(connection)
  transport.dials[1]?.handler.failed('refused', 'nobody')
  assert.equal(inputs.slice(1), [
    { type: 'connected', link: 2, remote: connection.remote },
    { type: 'dialFailed', link: 4, reason: 'refused', message: 'nobody' },
  ])
  assert.equal(driver.links.stats().links, {
    open: 1,
    members: 0,
    dialled: 2,
    accepted: 0,
    dialsFailed: 1,
    broken: 0,
    slowed: 0,
  })
})

test('a dial that is closed before it connects ends as closed, in an input of its own', () => {
  const { driver, inputs, transport } = setUp(({ type }) =>
    type === 'tick'
      ? [
          { type: 'dial', link: 2, address: ADDRESS },
          { type: 'close', link: 2, flush: true, reason: 'not wanted' },
        ]
      : [],
  )
  driver.input({ type: 'tick' })
  assert.equal(inputs.slice(1), [{ type: 'closed', link: 2 }])
  assert.ok(transport.dials[0]?.cancelled)
})

test('frames become inputs, as many as a chunk has, and one that came in pieces too', () => {
  const { inputs, accept } = setUp()
  const connection = accept()
  const third = frame(ping(3))
  connection.deliver(ping(1), ping(2), third.subarray(0, 3))
  connection.deliver(third.subarray(3))
  assert.equal(
    inputs.slice(1).map((input) => (input.type === 'frame' ? input.message : input)),
    [ping(1), ping(2), ping(3)],
  )
})

test('a link that is closed while a chunk is read delivers no more of it', () => {
  const { inputs, accept } = setUp((input) =>
    input.type === 'frame' ? [{ type: 'close', link: 1, flush: false, reason: '' }] : [],
  )
  const connection = accept()
  connection.deliver(ping(1), ping(2))
  connection.deliver(ping(3))
  assert.equal(types(inputs), ['accepted', 'frame'])
  assert.equal(connection.log, ['destroy'])
  connection.closed()
  assert.equal(inputs.at(-1), { type: 'closed', link: 1 })
})

test('bytes that are no message close the link with a code', () => {
  for (const bytes of [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from([0, 0, 0, 0]),
    Buffer.from([1, 0, 0, 0, 0xff]),
  ]) {
    const { inputs, accept, driver } = setUp()
    const connection = accept()
    connection.deliver(bytes)
    assert.equal(connection.log, ['destroy'])
    assert.equal(types(inputs), ['accepted'])
    connection.closed()
    const input = inputs.at(-1)
    assert.is(input?.type === 'closed' && input.error?.code, 'ERR_IRIDIUM_BAD_FRAME')
    assert.is(driver.links.stats().links.broken, 1)
  }
})

test('the first frame has a lower bound than the others', () => {
  const ask: Message = { type: 'Ask', ids: Array(256).fill('0'.repeat(32)) }
  assert.ok(frame(ask).length > 4096)
  const first = setUp()
  const connection = first.accept()
  connection.deliver(ask)
  assert.equal(connection.log, ['destroy'])
  const later = setUp()
  later.accept().deliver(ping(1), ask)
  assert.equal(types(later.inputs), ['accepted', 'frame', 'frame'])
})

test('an error of the network comes with the end of its link, as an IridiumError', () => {
  const { inputs, accept } = setUp()
  const cause = new Error('ECONNRESET')
  accept().closed(cause)
  const input = inputs.at(-1)
  assert.is(input?.type, 'closed')
  const error = input?.type === 'closed' ? input.error : undefined
  assert.instance(error, IridiumError)
  assert.is(error?.code, 'ERR_IRIDIUM_LINK_LOST')
  assert.is(error?.cause, cause)
})

test('what is sent within a turn goes out together at its end', () => {
  const { driver, clock, accept } = setUp(({ type }) =>
    type === 'tick' ? [send(1, 1), send(1, 2)] : [],
  )
  const connection = accept()
  driver.input({ type: 'tick' })
  driver.input({ type: 'tick' })
  assert.equal(connection.log, [])
  clock.endTurn()
  assert.equal(connection.log, ['write'])
  assert.equal(connection.sent, [ping(1), ping(2), ping(1), ping(2)])
  clock.endTurn()
  assert.equal(connection.log, ['write'])
})

test('close with flush sends what waits, and then ends; without, it is cut', () => {
  for (const flush of [true, false]) {
    const { driver, accept, clock } = setUp(({ type }) =>
      type === 'tick' ? [send(1), { type: 'close', link: 1, flush, reason: '' }, send(1)] : [],
    )
    const connection = accept()
    driver.input({ type: 'tick' })
    clock.endTurn()
    assert.equal(connection.log, flush ? ['write', 'end'] : ['destroy'])
    assert.is(connection.sent.length, flush ? 1 : 0)
  }
})

test('a peer that does not read loses its link at the bound', () => {
  const { driver, accept, inputs } = setUp(({ type }) =>
    type === 'tick'
      ? Array.from({ length: 20 }, () => ({
          type: 'send',
          link: 1,
          message: { type: 'Ask', ids: Array(256).fill('0'.repeat(32)) },
        }))
      : [],
  )
  const connection = accept()
  connection.more = false
  for (let i = 0; i < 20 && !connection.log.includes('destroy'); i++) driver.input({ type: 'tick' })
  assert.equal(connection.log, ['write', 'destroy'])
  connection.closed()
  const input = inputs.at(-1)
  assert.is(input?.type === 'closed' && input.error?.code, 'ERR_IRIDIUM_LIMIT')
  assert.is(driver.links.stats().boundsHit, 1)
})

test('sends to a link that has ended are dropped', () => {
  const { driver, accept } = setUp(({ type }) => (type === 'tick' ? [send(1), send(9)] : []))
  accept().closed()
  driver.input({ type: 'tick' })
  assert.is(driver.links.stats().messages.sent, 0)
})

test('the deadline gives a tick, and before it the signs of life of incomplete messages', () => {
  const { driver, clock, accept, inputs } = setUp(({ type }) =>
    type === 'turn' ? [{ type: 'deadline', at: 100 }] : [],
  )
  const [partial, whole] = [accept(), accept()]
  driver.input({ type: 'turn' })
  partial.deliver(frame(ping(1)).subarray(0, 3))
  whole.deliver(ping(2))
  inputs.length = 0
  clock.advance(100)
  assert.equal(inputs, [{ type: 'traffic', link: 1 }, { type: 'tick' }])
  clock.advance(1000)
  assert.is(inputs.length, 2)
})

test('a sign of life is told once, and not of a link that has ended', () => {
  const { driver, clock, accept, inputs } = setUp(({ type }) =>
    type === 'turn' || type === 'tick'
      ? [{ type: 'deadline', at: 100 * Math.floor(clock.now() / 100 + 1) }]
      : [],
  )
  const connections = [accept(), accept()]
  driver.input({ type: 'turn' })
  for (const connection of connections) connection.deliver(frame(ping(1)).subarray(0, 3))
  connections[0]?.closed()
  inputs.length = 0
  clock.advance(100)
  clock.advance(100)
  assert.equal(inputs, [{ type: 'traffic', link: 3 }, { type: 'tick' }, { type: 'tick' }])
  connections[1]?.deliver(frame(ping(1)).subarray(3, 5))
  inputs.length = 0
  clock.advance(100)
  assert.equal(inputs, [{ type: 'traffic', link: 3 }, { type: 'tick' }])
})

test('what comes in from outside is never put off, however much waits', () => {
  const { driver, accept, inputs, settings } = setUp(({ type }) =>
    type === 'tick' ? [emit({ type: 'isolated' })] : [],
  )
  settings.onEvent = () => {
    for (let call = 0; call < 3 * MAX_INPUTS_IN_A_ROW; call++) driver.input({ type: 'abort', call })
  }
  driver.input({ type: 'tick' })
  assert.is(inputs.length, MAX_INPUTS_IN_A_ROW)
  accept()
  assert.is(inputs.at(-1)?.type, 'accepted')
  assert.is(inputs.length, 3 * MAX_INPUTS_IN_A_ROW + 2)
})

test('listeners that go on for ever have one share of a turn, whatever else comes in', () => {
  const { driver, clock, inputs, settings } = setUp(() => [emit({ type: 'isolated' })])
  settings.onEvent = () => driver.input({ type: 'abort', call: 1 })
  for (let i = 0; i < 50; i++) driver.input({ type: 'tick' })
  clock.endTurn()
  inputs.length = 0
  clock.endTurn()
  clock.endTurn()
  assert.ok(inputs.length <= 2 * MAX_INPUTS_IN_A_ROW, `${inputs.length}`)
  assert.ok(inputs.length > 0)
})

test('nextTurn gives a turn, after a full one', () => {
  const { driver, clock, inputs } = setUp(({ type }) =>
    type === 'tick' ? [{ type: 'nextTurn' }] : [],
  )
  driver.input({ type: 'tick' })
  clock.endTurn()
  assert.equal(types(inputs), ['tick'])
  clock.endTurn()
  assert.equal(types(inputs), ['tick', 'turn'])
})

test('a link that becomes a member is kept, and its round trip is counted under the alias', () => {
  const { driver, clock, accept } = setUp(({ type }) =>
    type === 'tick' ? [{ type: 'linkUp', link: 1, member, version: 1 }, send(1)] : [],
  )
  const connection = accept()
  driver.input({ type: 'tick' })
  assert.equal(connection.log, ['keep'])
  clock.advance(12)
  connection.deliver({ type: 'Pong', nonce: 0 })
  assert.equal(driver.links.stats().roundTripMs, { beta: 12 })
  assert.is(driver.links.stats().links.members, 1)
})

test('close waits until the links have ended', async () => {
  const { driver, accept, clock } = setUp()
  const connection = accept()
  let done = false
  const closing = driver.close(1000).then(() => {
    done = true
  })
  await Promise.resolve()
  assert.not.ok(done)
  connection.closed()
  await Promise.resolve()
  await Promise.resolve()
  clock.endTurn()
  clock.endTurn()
  await closing
})

test('close waits no longer than it was told, cuts what is left, and then nothing happens any more', async () => {
  const { driver, accept, clock, inputs, transport } = setUp(({ type }) =>
    type === 'tick'
      ? [
          { type: 'dial', link: 2, address: ADDRESS },
          { type: 'deadline', at: 10_000 },
        ]
      : [],
  )
  driver.input({ type: 'tick' })
  const connection = accept()
  const closing = driver.close(1000)
  clock.advance(1000)
  await Promise.resolve()
  await Promise.resolve()
  clock.endTurn()
  clock.endTurn()
  await closing
  assert.equal(connection.log, ['destroy'])
  assert.ok(transport.dials[0]?.cancelled)
  assert.is(clock.timers, 0)
  const before = inputs.length
  connection.closed()
  driver.input({ type: 'tick' })
  assert.equal(accept().log, ['destroy'])
  assert.is(inputs.length, before)
})

test('a flood of frames holds a turn for its share; the rest waits, in order, and the connection is paused', () => {
  const { accept, clock, driver, nonces } = slowMachine(MAX_READ_MS / 2)
  const connection = accept()
  const all = Array.from({ length: 10 }, (_, i) => i)
  connection.deliver(...all.map(ping))
  assert.equal(nonces(), all.slice(0, 3))
  assert.equal(connection.log, ['pause'])
  connection.deliver(ping(10))
  assert.is(nonces().length, 3, 'what comes nevertheless is not read either')
  const perTurn: number[] = []
  while (nonces().length < 11) {
    const before = nonces().length
    clock.endTurn()
    perTurn.push(nonces().length - before)
    assert.ok(perTurn.length < 20)
  }
  assert.equal(nonces(), [...all, 10])
  assert.ok(Math.max(...perTurn) <= 3, `${perTurn}`)
  assert.is(connection.log.at(-1), 'resume')
  assert.is(driver.links.stats().links.slowed, perTurn.length)
})

test('all links of a node share the turn, and those that wait take turns', () => {
  const { accept, clock, nonces } = slowMachine(MAX_READ_MS + 1)
  const [a, b] = [accept(), accept()]
  a.deliver(ping(1), ping(2), ping(3))
  b.deliver(ping(11), ping(12))
  assert.equal(nonces(), [1])
  for (let i = 0; i < 10; i++) clock.endTurn()
  assert.equal(nonces(), [1, 2, 11, 3, 12])
})

test('a link that ends forgets what it has not read', () => {
  const { accept, clock, nonces } = slowMachine(MAX_READ_MS + 1)
  const connection = accept()
  connection.deliver(ping(1), ping(2))
  connection.closed()
  for (let i = 0; i < 5; i++) clock.endTurn()
  assert.equal(nonces(), [1])
  connection.deliver(ping(3))
  assert.equal(nonces(), [1])
})

test('hundreds of dials begin over several turns, in order; one that waits is cancelled without a trace', () => {
  const dials = Array.from({ length: 6 }, (_, i) => 2 * i)
  const all = setUp((input) =>
    input.type === 'tick'
      ? dials.map((link) => ({ type: 'dial', link, address: { ...ADDRESS, port: link + 1 } }))
      : input.type === 'turn'
        ? [{ type: 'close', link: 8, flush: false, reason: '' }]
        : [],
  )
  const { driver, transport, clock } = all
  const dial = transport.dial.bind(transport)
  transport.dial = (...args) => {
    clock.advance(MAX_DIAL_MS - 1)
    return dial(...args)
  }
  driver.input({ type: 'tick' })
  const ports = () => transport.dials.map(({ address }) => address.port)
  assert.equal(ports(), [1, 3])
  assert.is(driver.links.stats().links.open, 6)
  driver.input({ type: 'turn' })
  assert.is(driver.links.stats().links.open, 5)
  for (let i = 0; i < 5; i++) clock.endTurn()
  assert.equal(ports(), [1, 3, 5, 7, 11])
})

test.run()
