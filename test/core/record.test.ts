// What may be given as options: an object that shows what it holds.
import { runInNewContext } from 'node:vm'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumError } from '../../src/core/errors.js'
import { isPlain } from '../../src/core/plain.js'
import { readRecord } from '../../src/core/record.js'

class Settings {
  port = 5
}

class Late {
  get port(): number {
    return 5
  }
}

const TAKEN: readonly (readonly [string, object])[] = [
  ['nothing', {}],
  ['what is known', { port: 5, host: 'a' }],
  ['undefined', { port: undefined }],
  ['an instance of a class', new Settings()],
  ['without a prototype', Object.create(null)],
  ['of another realm', runInNewContext('({ port: 5 })')],
  ['nothing, of another realm', runInNewContext('({})')],
  ['frozen', Object.freeze({ port: 5 })],
  ['what inherits all that it has', Object.create({ port: 5 })],
  ['what has only getters of its class', new Late()],
]

for (const [name, value] of TAKEN) {
  test(`taken: ${name}`, () => {
    assert.is(readRecord('options', value, ['host', 'port']), value)
  })
}

const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
  ['null', null, /^options must be a plain object, got null$/],
  ['undefined', undefined, /a plain object/],
  ['a number', 5, /a plain object/],
  ['a text', 'port', /a plain object/],
  ['a function', () => {}, /a plain object/],
  ['a list', [], /an array of 0/],
  ['a list of something', [1], /an array of 1/],
  ['a promise that nobody has awaited', Promise.resolve({ port: 5 }), /a plain object/],
  ['a signal that was meant as an option', new AbortController().signal, /a plain object/],
  ['a Map', new Map([['port', 5]]), /a plain object/],
  ['a date', new Date(), /a plain object/],
  ['a regular expression', /x/, /a plain object/],
  ['bytes', new Uint8Array(0), /a plain object/],
  ['an unknown property', { prot: 5 }, /unknown property "prot"; known are host, port$/],
  ['one in an instance', Object.assign(new Settings(), { prot: 5 }), /unknown property "prot"/],
  ['a property of Object', { toString: 5 }, /unknown property "toString"/],
  ['a long name', { ['x'.repeat(1000)]: 5 }, /property "x{64}\.\.\."/],
]

for (const [name, value, expected] of REFUSED) {
  test(`refused: ${name}`, () => {
    let error: unknown
    try {
      readRecord('options', value, ['host', 'port'])
    } catch (thrown) {
      error = thrown
    }
    assert.is((error as IridiumError | undefined)?.code, 'ERR_IRIDIUM_BAD_OPTION')
    assert.match((error as IridiumError).message, expected)
  })
}

test('plain is what has no class', () => {
  for (const value of [{}, Object.create(null), runInNewContext('({})')]) assert.ok(isPlain(value))
  for (const value of [null, 5, [], new Settings(), new Map()]) assert.not.ok(isPlain(value))
})

test.run()
