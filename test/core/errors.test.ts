// The one error class: what it carries, and what bears its brand.
import { inspect } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { AssemblyError } from '../../src/assembler/assembly-error.js'
import { badOption, describe, ERROR_CODES, IridiumError } from '../../src/core/errors.js'

test('an error has what its code says, unless it says otherwise', () => {
  const cause = new Error('why')
  const error = new IridiumError('ERR_IRIDIUM_JOIN_FAILED', 'no', { cause })
  assert.equal(
    [error.code, error.retriable, error.message],
    ['ERR_IRIDIUM_JOIN_FAILED', true, 'no'],
  )
  assert.is(error.cause, cause)
  assert.is(
    new IridiumError('ERR_IRIDIUM_JOIN_FAILED', 'no', { retriable: false }).retriable,
    false,
  )
  assert.is(String(error), 'IridiumError: no')
  for (const [code, { meaning }] of Object.entries(ERROR_CODES)) {
    assert.match(code, /^ERR_IRIDIUM_[A-Z_]+$/)
    assert.match(meaning, /\.$/)
  }
})

test('the brand is what counts, not the class', () => {
  const foreign = { [Symbol.for('iridium.IridiumError')]: true }
  assert.ok(foreign instanceof IridiumError)
  assert.not.ok(foreign instanceof AssemblyError)
  for (const other of [undefined, null, 'text', 7, {}, new Error('other')]) {
    assert.not.ok((other as unknown) instanceof IridiumError)
  }
})

test('a subclass is both, and its parent is not the subclass', () => {
  const assembly = new AssemblyError('no', [])
  assert.ok(assembly instanceof IridiumError && assembly instanceof AssemblyError)
  assert.not.ok(badOption('a', 'b', 1) instanceof AssemblyError)
})

test('the brand shows in no listing', () => {
  const error = badOption('port', 'a number', 'x')
  assert.equal(Object.getOwnPropertySymbols(error), [])
  assert.not.match(inspect(error), /Symbol/)
})

const PICTURES: [unknown, string][] = [
  ['text', '"text"'],
  ['x'.repeat(65), `"${'x'.repeat(64)}..."`],
  [null, 'null'],
  [undefined, 'undefined'],
  [7n, '7n'],
  [Number.NaN, 'NaN'],
  [Symbol('s'), 'Symbol(s)'],
  [[1, 2], 'an array of 2'],
  [() => 1, 'a function'],
  [{ secret: 1 }, 'an object'],
]

for (const [value, picture] of PICTURES) {
  test(`described: ${picture.slice(0, 20)}`, () => {
    assert.is(describe(value), picture)
    assert.is(badOption('a', 'b', value).message, `a must be b, got ${picture}`)
  })
}

test.run()
