import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { complete } from '../../src/repl/complete.js'

const surroundings = {
  symbols: ['loop', 'done', 'long_name'],
  list: (folder: string) => ({ '.': ['a.iasm', 'lib/'], 'lib/': ['b.iasm'] })[folder] ?? [],
}

// What stands before the cursor, and what it may become.
const cases: readonly [string, string[]][] = [
  ['!cl', ['!clear_program', '!clear_registers', '!cluster_members']],
  ['!spawn', ['!spawn']],
  ['!load_file ', ['a.iasm', 'lib/']],
  ['!load_file li', ['lib/']],
  ['!spawn lib/b', ['lib/b.iasm']],
  ['!spawn nowhere/', []],
  ['!join_cluster lo', []],
  ['!history x', []],
  ['dj', ['djmpe']],
  ['DJ', ['DJMPE']],
  ['load $0 #1 jmp', ['jmp', 'jmpf', 'jmpb', 'jmpe']],
  ['djmpe @', ['@loop', '@done', '@long_name']],
  ['djmpe @lo', ['@loop', '@long_name']],
  ['again: inc $0 djmpe @a', ['@again']],
  ['loop: djmpe @lo', ['@loop', '@long_name']],
  ['msg: .a', ['.asciiz']],
  ['load $', []],
]

for (const [line, expected] of cases) {
  test(`"${line}"`, () => {
    const [found, piece] = complete(line, surroundings)
    assert.equal(found, expected)
    assert.ok(line.endsWith(piece))
  })
}

test('an empty line offers the instructions', () => {
  assert.ok(complete('', surroundings)[0].includes('LOAD'))
})

test.run()
