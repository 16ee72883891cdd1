// Every option: its default, its bounds, what is refused and how the message names it.
import { runInNewContext } from 'node:vm'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumError } from '../../src/core/errors.js'
import { realClock } from '../../src/node/clock.js'
import { readOptions } from '../../src/node/options.js'
import { realRandom } from '../../src/node/random.js'

function refusal(options: unknown): IridiumError {
  try {
    readOptions(options)
  } catch (error) {
    return error as IridiumError
  }
  throw new Error(`not refused: ${JSON.stringify(options)}`)
}

test('the defaults', () => {
  const { alias, transport, clock, random, logger, ...rest } = readOptions()
  assert.match(alias, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.is.not(readOptions().alias, alias)
  assert.equal(rest, {
    host: '127.0.0.1',
    port: 2254,
    advertise: null,
    seeds: [],
    cluster: 'iridium',
    tags: {},
    intervalMs: 1000,
    timeoutMs: 5000,
  })
  assert.is(clock, realClock)
  assert.is(random, realRandom)
  assert.type(transport.dial, 'function')
  logger.error({}, 'silent')
})

test('what is given is taken', () => {
  const tags = { zone: 'north' }
  const settings = readOptions({
    alias: 'é'.repeat(32),
    host: '::1',
    port: 0,
    advertise: { host: 'example.org', port: 7 },
    seeds: ['a:1', '[::1]:2', { host: 'b', port: 3 }, 'a:1'],
    cluster: 'c',
    insecure: true,
    tags,
    heartbeat: { intervalMs: 100, timeoutMs: 200 },
  })
  assert.is(settings.alias, 'é'.repeat(32))
  assert.equal(settings.advertise, { host: 'example.org', port: 7 })
  assert.equal(settings.seeds, [
    { host: 'a', port: 1 },
    { host: '::1', port: 2 },
    { host: 'b', port: 3 },
  ])
  assert.is(settings.intervalMs, 100)
  assert.is(settings.timeoutMs, 200)
  tags.zone = 'changed later'
  assert.equal(settings.tags, { zone: 'north' })
})

test('undefined is the same as absent', () => {
  const names = [
    'alias',
    'host',
    'port',
    'advertise',
    'seeds',
    'cluster',
    'secret',
    'tls',
    'insecure',
  ]
  const rest = ['tags', 'heartbeat', 'logger', 'transport', 'clock', 'random']
  const options = Object.fromEntries([...names, ...rest].map((name) => [name, undefined]))
  assert.is(readOptions(options).port, 2254)
})

const BAD: readonly (readonly [string, unknown])[] = [
  ['options', null],
  ['options', 'a'],
  ['options', []],
  ['prot', { prot: 1 }],
  ['alias', { alias: '' }],
  ['alias', { alias: 5 }],
  ['alias', { alias: null }],
  ['alias', { alias: 'x'.repeat(65) }],
  ['alias', { alias: 'é'.repeat(33) }],
  ['alias', { alias: 'a\nb' }],
  ['alias', { alias: '\ud800' }],
  ['host', { host: '' }],
  ['host', { host: 'a b' }],
  ['host', { host: '[::1]' }],
  ['host', { host: 'x'.repeat(256) }],
  ['port', { port: -1 }],
  ['port', { port: 65_536 }],
  ['port', { port: 1.5 }],
  ['port', { port: '2254' }],
  ['advertise', { advertise: null }],
  ['advertise', { advertise: 'a:1' }],
  ['advertise', { advertise: { host: 'a', port: 1, other: 1 } }],
  ['advertise.host', { advertise: { host: '0.0.0.0', port: 1 } }],
  ['advertise.host', { advertise: { host: '::', port: 1 } }],
  ['tags', { tags: JSON.parse('{"__proto__": "x"}') }],
  ['advertise.port', { advertise: { host: 'a', port: 0 } }],
  ['advertise.host', { advertise: { host: '', port: 1 } }],
  ['seeds', { seeds: 'a:1' }],
  ['seeds', { seeds: Array(257).fill('a:1') }],
  ['seeds[1]', { seeds: ['a:1', 'a'] }],
  ['seeds[0]', { seeds: ['a:0'] }],
  ['seeds[0]', { seeds: ['::1:5'] }],
  ['seeds[0]', { seeds: [5] }],
  ['cluster', { cluster: '' }],
  ['cluster', { cluster: 'x'.repeat(65) }],
  ['insecure', { insecure: 'yes' }],
  ['tags', { tags: ['a'] }],
  ['tags', { tags: null }],
  ['tags', { tags: new Map([['a', 'b']]) }],
  ['tags', { tags: Object.create({ a: 'b' }) }],
  ['tags.a', { tags: { a: 1 } }],
  ['tags.a', { tags: { a: '\ud800' } }],
  ['tags', { tags: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`${i}`, ''])) }],
  ['tags', { tags: { a: 'x'.repeat(2048) } }],
  ['heartbeat', { heartbeat: 5 }],
  ['interval', { heartbeat: { interval: 5 } }],
  ['heartbeat.intervalMs', { heartbeat: { intervalMs: 9 } }],
  ['heartbeat.intervalMs', { heartbeat: { intervalMs: 3_600_001 } }],
  ['heartbeat.intervalMs', { heartbeat: { intervalMs: Number.NaN } }],
  ['heartbeat.intervalMs', { heartbeat: { intervalMs: null } }],
  ['heartbeat.timeoutMs', { heartbeat: { timeoutMs: null } }],
  ['heartbeat.timeoutMs', { heartbeat: { timeoutMs: 1999 } }],
  ['heartbeat.timeoutMs', { heartbeat: { intervalMs: 5000 } }],
  ['heartbeat.timeoutMs', { heartbeat: { timeoutMs: Number.POSITIVE_INFINITY } }],
  ['secret', { secret: 'too short' }],
  ['secret and tls', { secret: 'x'.repeat(22), tls: {} }],
  ['transport', { secret: 'x'.repeat(22), transport: { listen() {}, dial() {} } }],
  ['logger', { logger: { info: () => {} } }],
  ['transport', { transport: {} }],
  ['transport', { transport: null }],
  ['clock', { clock: { now: () => 0 } }],
  ['random', { random: Math.random }],
]

for (const [name, options] of BAD) {
  test(`refused: ${JSON.stringify(options)?.slice(0, 60)}`, () => {
    const error = refusal(options)
    assert.is(error.code, 'ERR_IRIDIUM_BAD_OPTION')
    assert.ok(error.message.includes(name), `${error.message} names ${name}`)
  })
}

test('tags may have any plain object: without a prototype, or of another realm', () => {
  const bare = Object.assign(Object.create(null), { a: 'b' })
  for (const tags of [bare, runInNewContext('({ a: "b" })'), { a: 'b' }]) {
    assert.equal(readOptions({ tags }).tags, { a: 'b' })
  }
})

test('tags at their bounds are taken', () => {
  const entries = Array.from({ length: 32 }, (_, i) => [
    String.fromCharCode(65 + i),
    'x'.repeat(63),
  ])
  assert.is(Object.keys(readOptions({ tags: Object.fromEntries(entries) }).tags).length, 32)
})

test('a logger that throws harms nobody', () => {
  const fail = () => {
    throw new Error('full')
  }
  const { logger } = readOptions({
    logger: { trace: fail, debug: fail, info: fail, warn: fail, error: fail },
  })
  logger.info({}, 'into nothing')
  logger.error({}, 'into nothing')
})

test("a logger's methods keep their this", () => {
  const lines: string[] = []
  class Log {
    readonly prefix = '> '
    trace(_fields: object, message: string) {
      lines.push(this.prefix + message)
    }
    debug = this.trace
    info = this.trace
    warn = this.trace
    error = this.trace
  }
  readOptions({ logger: new Log() }).logger.trace({}, 'hello')
  assert.equal(lines, ['> hello'])
})

test.run()
