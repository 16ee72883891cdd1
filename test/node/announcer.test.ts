// How the host learns what happened, without a node: which events come, how often, and where an error without a listener goes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ClusterEvent } from '../../src/cluster/io.js'
import type { Member } from '../../src/cluster/member.js'
import { IridiumError } from '../../src/core/errors.js'
import { STRANGER_REPORT_INTERVAL_MS } from '../../src/core/limits.js'
import { silentLogger } from '../../src/core/logger.js'
import { Announcer } from '../../src/node/announcer.js'
import { Diagnostics } from '../../src/node/diagnostics.js'
import { Emitter } from '../../src/node/emitter.js'
import { EVENTS, type NodeEvents } from '../../src/node/events.js'
import type { IridiumNode } from '../../src/node/iridium-node.js'
import { FakeClock } from './fakes.js'

const member: Member = {
  id: '0'.repeat(32),
  alias: 'beta',
  host: '192.0.2.1',
  port: 1,
  incarnation: 1,
  tags: {},
  status: 'alive',
}

/** `log` has the events, and `logged` what the logger was told. */
function setUp(names = Object.keys(EVENTS) as (keyof NodeEvents)[]) {
  const emitter = new Emitter<NodeEvents>()
  const log: [string, unknown][] = []
  const logged: string[] = []
  const clock = new FakeClock()
  for (const name of names) emitter.on(name, (payload: unknown) => log.push([name, payload]))
  const announcer = new Announcer({
    emitter,
    clock,
    diagnostics: new Diagnostics({} as IridiumNode),
    logger: { ...silentLogger, error: (_fields, message) => logged.push(message) },
  })
  return { announcer, clock, log, logged }
}

const failure = (message: string): IridiumError => new IridiumError('ERR_IRIDIUM_LIMIT', message)

test('the events of the cluster go on as they are, without what only the node needs', () => {
  const { announcer, log } = setUp()
  const events: ClusterEvent[] = [
    { type: 'helloAck', from: member, nodes: [] },
    { type: 'joined', via: member, members: [member] },
    { type: 'memberJoined', member },
    { type: 'memberSuspected', member },
    { type: 'memberRecovered', member },
    { type: 'memberUpdated', member },
    { type: 'memberLeft', member, reason: 'failed' },
    { type: 'isolated' },
    { type: 'left' },
  ]
  for (const event of events) announcer.tellOfCluster(event)
  assert.equal(
    log,
    events.map(({ type, ...payload }) => [type, payload]),
  )
})

test('errors of members are told each, those of strangers once, and then with their number', () => {
  const { announcer, clock, log } = setUp()
  const messages = () => log.splice(0).map(([, error]) => (error as IridiumError).message)
  for (let i = 0; i < 3; i++) announcer.tellOfCluster({ type: 'error', error: failure(`m${i}`) })
  assert.equal(messages(), ['m0', 'm1', 'm2'])
  const strange = (message: string): ClusterEvent => {
    return { type: 'error', error: failure(message), isStrangers: true }
  }
  for (let i = 0; i < 3; i++) announcer.tellOfCluster(strange(`s${i}`))
  assert.equal(messages(), ['s0'])
  clock.advance(STRANGER_REPORT_INTERVAL_MS)
  assert.equal(messages(), ['s2 (one of 2 within the last second)'])
})

test('nothing is told of strangers after the end', () => {
  const { announcer, clock, log } = setUp()
  for (let i = 0; i < 3; i++) {
    announcer.tellOfCluster({ type: 'error', error: failure(`s${i}`), isStrangers: true })
  }
  announcer.close()
  clock.advance(10 * STRANGER_REPORT_INTERVAL_MS)
  assert.is(log.length, 1)
})

test('an error without a listener goes to the logger; what a listener of errors throws, always', () => {
  const { announcer, log, logged } = setUp([])
  announcer.report(failure('a'))
  assert.equal(logged, ['a'])
  const told = setUp(['error'])
  told.announcer.listenerFailed('joined', new Error('b'))
  assert.is(told.log.length, 1)
  assert.equal(told.logged, [])
  told.announcer.listenerFailed('error', new Error('c'))
  assert.is(told.log.length, 1)
  assert.equal(told.logged, ['a listener of error failed: c'])
  assert.equal(log, [])
})

test.run()
