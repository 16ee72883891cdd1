import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from '../../src/cli/parse.js'
import * as settings from '../../src/cli/settings.js'

const flags = (line: string) => parse(line.split(' ').filter(Boolean)).flags

test('the node listens where the flags say; a free port will do only where none was asked for', () => {
  assert.equal(settings.listening(flags('')), { host: '127.0.0.1', port: 2254, anyPort: true })
  assert.equal(settings.listening(flags('-P 2254')), {
    host: '127.0.0.1',
    port: 2254,
    anyPort: false,
  })
  assert.equal(settings.listening(flags('-H ::1 -P 0')), { host: '::1', port: 0, anyPort: false })
})

test('addresses have a host and a port', () => {
  const read = (value: string) => settings.addresses(flags(`node --join ${value}`), 'join')
  assert.equal(read('localhost:2254'), [{ host: 'localhost', port: 2254 }])
  assert.equal(read('[::1]:1 --join b:65535'), [
    { host: '::1', port: 1 },
    { host: 'b', port: 65535 },
  ])
  for (const bad of ['localhost', '2254', ':2254', 'a:0', 'a:65536', '::1:2254', 'a:b', 'a:1:2']) {
    assert.throws(() => read(bad), /--join takes HOST:PORT/, bad)
  }
})

test('a port is 0 to 65535', () => {
  for (const bad of ['x', '65536', '1.5', '0x10', '']) {
    const given = flags(`--server-bind-port=${bad}`)
    assert.throws(() => settings.port(given, 'server-bind-port'), /takes a port/)
  }
})

test('the log level is the flag, else the environment, else warn', () => {
  assert.is(settings.logLevel(flags('--log-level TRACE'), 'error'), 'trace')
  assert.is(settings.logLevel(flags(''), 'debug'), 'debug')
  assert.is(settings.logLevel(flags(''), ''), 'warn')
  assert.is(settings.logLevel(flags(''), undefined), 'warn')
  assert.throws(
    () => settings.logLevel(flags('--log-level loud'), undefined),
    /--log-level takes trace/,
  )
  assert.throws(() => settings.logLevel(flags(''), 'loud'), /IRIDIUM_LOG takes trace/)
})

test('a bad number of threads is told and goes on', () => {
  assert.is(settings.threadsWarning(flags('-t 4')), undefined)
  assert.is(settings.threadsWarning(flags('')), undefined)
  for (const bad of ['0', 'x', '1.5']) {
    assert.match(settings.threadsWarning(flags(`-t ${bad}`)) ?? '', bad)
  }
})

test('daemon mode is true or false', () => {
  assert.is(settings.daemonMode(flags('')), false)
  assert.is(settings.daemonMode(flags('--daemon-mode true')), true)
  assert.throws(() => settings.daemonMode(flags('--daemon-mode yes')), /takes true or false/)
})

test.run()
