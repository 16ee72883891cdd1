// "Did you mean": how near a name must be.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nearest } from '../../src/assembler/suggest.js'
import { MAX_SUGGESTION_CANDIDATES, MAX_SUGGESTION_LENGTH } from '../../src/core/limits.js'

const NEAREST: [name: string, candidates: string[], found: string | undefined][] = [
  ['loop', ['loop'], 'loop'],
  ['LOOP', ['loop'], 'loop'],
  ['lop', ['loop'], 'loop'],
  ['looop', ['loop'], 'loop'],
  ['lopo', ['loop'], 'loop'],
  ['lxop', ['loop'], 'loop'],
  ['lxxp', ['loop'], undefined],
  ['second', ['sxcxnd'], 'sxcxnd'],
  ['second', ['sxcxnx'], undefined],
  ['second', ['secxxd', 'secxnd'], 'secxnd'],
  ['DJMP', ['JMP', 'DJMPE'], 'DJMPE'],
  ['GE', ['GTE'], 'GTE'],
  ['a', ['b'], undefined],
  ['a', ['A'], 'A'],
  ['', ['a'], undefined],
  ['ab', [], undefined],
]

for (const [name, candidates, found] of NEAREST) {
  test(`${name} of ${candidates.join(', ')}`, () => assert.is(nearest(name, candidates), found))
}

test('long names, and candidates without end, are not compared', () => {
  const long = 'x'.repeat(MAX_SUGGESTION_LENGTH)
  assert.is(nearest(long, [long]), long)
  assert.is(nearest(`${long}x`, [`${long}x`]), undefined)
  const others = new Array(MAX_SUGGESTION_CANDIDATES).fill('other')
  assert.is(nearest('loop', [...others.slice(1), 'loop']), 'loop')
  assert.is(nearest('loop', [...others, 'loop']), undefined)
})

test.run()
