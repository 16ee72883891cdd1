// Sources that are assembled one after another into one program, as a session of the REPL does it.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { assemblePart, type Before } from '../../src/assembler/part.js'
import { AssemblyError } from '../../src/vm-entry.js'
import { hex } from './outcome.js'

const before: Before = {
  readOnly: 6,
  code: 8,
  symbols: new Map([
    ['old', 74],
    ['text', 0],
  ]),
}

test('labels count from what stands before', () => {
  const part = assemblePart(
    ".data a: .asciiz 'x' b: .integer #1 .code c: NOP d: PRTS @b DJMPE @c",
    { before },
  )
  assert.equal(
    [...part.symbols],
    [
      ['a', 6],
      ['b', 8],
      ['c', 88],
      ['d', 92],
    ],
  )
  assert.is(hex(part.readOnly), '780001000000')
  assert.is(hex(part.code), '100000001500080014005800')
})

test('labels from before may be used, and hidden by others of the same name', () => {
  const { code, symbols } = assemblePart('CALL @old text: PRTS @text', {
    before,
    sections: 'optional',
  })
  assert.is(hex(code), '2e004a0015005600')
  assert.equal([...symbols], [['text', 86]])
})

test('a misspelt label of before is recognised', () => {
  try {
    assemblePart('PRTS @txet', { before, sections: 'optional' })
    assert.unreachable()
  } catch (error) {
    assert.ok(error instanceof AssemblyError)
    assert.is(error.diagnostics[0]?.hint, 'did you mean @text?')
  }
})

test('what stands before counts against the bound of a program', () => {
  const full: Before = { readOnly: 0, code: 16 * 1024 * 1024 - 68 - 4, symbols: new Map() }
  assert.ok(assemblePart('HLT', { before: full, sections: 'optional' }))
  assert.throws(() => assemblePart('NOP HLT', { before: full, sections: 'optional' }), /goes over/)
})

test.run()
