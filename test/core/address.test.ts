// Addresses as people write them, and names as others see them.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatAddress, isPort, parseAddress, sameAddress } from '../../src/core/address.js'
import { isName } from '../../src/core/names.js'

const WRITTEN: [text: string, host: string, port: number][] = [
  ['127.0.0.1:2254', '127.0.0.1', 2254],
  ['localhost:1', 'localhost', 1],
  ['node-7.example.org:65535', 'node-7.example.org', 65535],
  ['[::1]:2254', '::1', 2254],
  ['[fe80::1%eth0]:9', 'fe80::1%eth0', 9],
]

for (const [text, host, port] of WRITTEN) {
  test(`${text} is read, and written again`, () => {
    assert.equal(parseAddress(text), { host, port })
    assert.is(formatAddress({ host, port }), text)
  })
}

const NO_ADDRESS = [
  ...[
    '',
    'host',
    'host:',
    ':1',
    'host:0',
    'host:65536',
    'host:1e3',
    'host:-1',
    'host:1.5',
    'host: 1',
  ],
  ...['::1:2254', '[::1]', '::1', 'http://host:1', 'two words:1', '[host]:1', 'host:000001'],
]

for (const text of NO_ADDRESS)
  test(`no address: ${JSON.stringify(text)}`, () => assert.is(parseAddress(text), null))

test('two addresses are the same if both parts are', () => {
  assert.ok(sameAddress({ host: 'a', port: 1 }, { host: 'a', port: 1 }))
  assert.not.ok(sameAddress({ host: 'a', port: 1 }, { host: 'a', port: 2 }))
  assert.not.ok(sameAddress({ host: 'a', port: 1 }, { host: 'b', port: 1 }))
})

test('a port to be dialled is a whole number from 1 to 65535', () => {
  for (const port of [1, 2254, 65535]) assert.ok(isPort(port))
  for (const port of [0, -1, 65536, 1.5, Number.NaN, '1', null, undefined])
    assert.not.ok(isPort(port))
})

const NAMES: [value: unknown, is: boolean][] = [
  ['a', true],
  ['Zwölf Knoten', true],
  ['\u{1f41d}', true],
  ['x'.repeat(64), true],
  ['x'.repeat(65), false],
  ['ü'.repeat(33), false],
  ['', false],
  ['two\nlines', false],
  ['\u001b[31m', false],
  ['\u0085', false],
  ['\ud83d', false],
  [7, false],
  [null, false],
]

for (const [value, is] of NAMES) {
  test(`${is ? 'a' : 'no'} name: ${JSON.stringify(value)}`, () => assert.is(isName(value, 64), is))
}

test.run()
