// What an AssemblyError shows: exact texts. docs/assembly.md has more of them.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_DIAGNOSTICS_SHOWN, MAX_LINE_SHOWN } from '../../src/core/limits.js'
import type { AssembleOptions } from '../../src/vm-entry.js'
import { failure } from './outcome.js'

const OPTIONAL: AssembleOptions = { sections: 'optional' }

/** The picture of the first diagnostic: the source line, and the carets. */
function picture(source: string): string[] {
  return String(failure(source, OPTIONAL)).split('\n').slice(3, 5)
}

test('the whole text', () => {
  const error = failure(".data\nmsg: .asciiz 'hi'\n.code\n\tPRTS @mgs\n\tHALT\n", {
    file: 'hi.iasm',
  })
  assert.is(
    String(error),
    [
      'AssemblyError: 2 errors in hi.iasm',
      '',
      'hi.iasm:4:7: UnknownSymbol: no label "mgs" is declared',
      '    4 |     PRTS @mgs',
      '      |          ^^^^',
      '      = did you mean @msg?',
      '',
      'hi.iasm:5:2: NonOpcodeInOpcodeField: there is no instruction "HALT"',
      '    5 |     HALT',
      '      |     ^^^^',
      '      = did you mean HLT?',
    ].join('\n'),
  )
  assert.is(String(error), `AssemblyError: ${error.message}`)
})

const PICTURES: [title: string, source: string, line: string, carets: string][] = [
  ['tabs go to columns of 4', 'INC $0\t\tFOO\tHLT', 'INC $0      FOO HLT', '            ^^^'],
  ['a tab before the place', '\tHLT\tFOO', '    HLT FOO', '        ^^^'],
  ['at the end of a line', 'HLT a:', 'HLT a:', '    ^'],
  ['a text of several lines is marked in its first', "HLT 'ab\ncd'", "HLT 'ab", '    ^^^'],
  ['astral characters take one column', "HLT '\u{1f600}' FOO", "HLT '\u{1f600}' FOO", '    ^^^'],
  ['controls are pictures', 'HLT \u001b[31m', 'HLT \u241b[31m', '    ^^^^^'],
  ['what reorders a line is not shown', 'FOO ; \u202eabc', 'FOO ; \ufffdabc', '^^^'],
  ['half of a surrogate pair is not shown', 'FOO ; \ud800', 'FOO ; \ufffd', '^^^'],
  ['CRLF is no part of the line', 'FOO\r\nHLT', 'FOO', '^^^'],
]

for (const [title, source, line, carets] of PICTURES) {
  test(title, () => assert.equal(picture(source), [`    1 | ${line}`, `      | ${carets}`]))
}

test('an empty source has an empty picture', () => {
  assert.equal(picture(''), ['    1 |', '      | ^'])
})

test('a long line is cut on both sides of the caret', () => {
  const [line = '', carets = ''] = picture(`${'NOP '.repeat(1000)}FOO ${'NOP '.repeat(1000)}`)
  const half = MAX_LINE_SHOWN / 2
  assert.is(
    line,
    `    1 | ...${'NOP '.repeat(1000).slice(-half)}${'FOO NOP'.padEnd(half, ' NOP')}...`,
  )
  assert.is(carets, `      | ${' '.repeat(half + 3)}^^^`)
})

test('a long token is cut', () => {
  const [line = '', carets = ''] = picture('X'.repeat(10_000))
  assert.is(line, `    1 | ${'X'.repeat(MAX_LINE_SHOWN)}...`)
  assert.is(carets, `      | ${'^'.repeat(MAX_LINE_SHOWN)}`)
  assert.ok(failure('X'.repeat(10_000), OPTIONAL).message.length < 1000)
})

test('a line of exactly the length that is shown is not cut', () => {
  const [line = ''] = picture('X'.repeat(MAX_LINE_SHOWN))
  assert.is(line, `    1 | ${'X'.repeat(MAX_LINE_SHOWN)}`)
})

test('a bounded number is shown, and the others are counted', () => {
  const text = String(failure('FOO '.repeat(MAX_DIAGNOSTICS_SHOWN + 3), OPTIONAL))
  assert.is(text.match(/NonOpcode/g)?.length, MAX_DIAGNOSTICS_SHOWN)
  assert.ok(text.startsWith('AssemblyError: 23 errors in <source>\n'))
  assert.ok(text.endsWith('\n\n... and 3 more'))
  assert.not.match(String(failure('FOO '.repeat(MAX_DIAGNOSTICS_SHOWN), OPTIONAL)), '... and')
})

test('the name of the file cannot disturb the text', () => {
  const text = String(failure('FOO', { ...OPTIONAL, file: `a\n\u001b[2J${'b'.repeat(1000)}` }))
  assert.match(text, '1 error in a\u240a\u241b[2Jbbb')
  assert.ok(text.length < 1000)
})

/** Mistakes that people make, and what they are told. */
const HINTS: [source: string, hint: string | undefined][] = [
  ['DJMP @a', 'did you mean DJMPE?'],
  ['djpme @a', 'did you mean DJMPE?'],
  ['LOADF32 $0 #1', 'did you mean LOADF64?'],
  ['HALT', 'did you mean HLT?'],
  ['MOV $0 $1', 'a label is declared as name: and used as @name'],
  ['data', 'did you mean .data?'],
  ['r12', 'a register is written $12'],
  ['.Code', 'did you mean .code?'],
  ['.text', 'the directives are .data, .code, .asciiz, .integer, .bytes'],
  ['loop: HLT DJMPE @Loop', 'did you mean @loop?'],
  ['loop: HLT DJMPE @lopo', 'did you mean @loop?'],
  ['loop: HLT DJMPE @again', undefined],
  ['a: HLT DJMPE @b', undefined],
  ['a: HLT\n\na: HLT', 'it was declared in line 1'],
  ['a: JMP @a', 'it jumps to where a register says: LOAD $0 @a, then JMP $0'],
  ['a: INC @a', 'LOAD $0 @a puts its value into a register'],
  ['ADD $0 $1 #5', 'LOAD $0 #5 puts it into a register'],
  ['ADDF64 $0 $1 #5', 'LOADF64 $0 #5 puts it into a register'],
  ['JMPE #100', 'DJMPE #100 jumps to an address'],
  ['SHR $0 $1', 'the count is written into the code, as in SHR $0 #3'],
  ['SHL $0 #0', 'SHL without a count shifts by 16'],
  [
    'LOADF64 $0 #1.5',
    'no instruction holds a fraction: load two whole numbers and divide them with DIVF64',
  ],
  ["PRTS 'x'", "a text is declared in .data as name: .asciiz 'text', and its place is @name"],
  ['HLT 5', 'a number is # and decimal digits, as in #10'],
  ['HLT -5', 'a number begins with #'],
  ['LOAD $0 #0x10', 'a number is # and decimal digits, as in #10'],
  ['HLT "x"', "a string stands in single quotes: 'text'"],
  ['HLT , HLT', 'operands are separated by blanks'],
  ['HLT // x', 'a comment begins with ;'],
  ['INC\u00a0$0', 'words are separated by ordinary blanks'],
  ['größe: HLT', 'a name consists of the letters a to z, digits and _'],
  ['INC $x', 'a register is $ and its number, as in $0'],
  ['CALL @', 'a label is used as @name'],
  ["HLT 'x", undefined],
  [
    ".data a: .asciiz 'x\nb: .asciiz 'y'\n.code HLT",
    'the string of line 1 spans lines: perhaps its own quote is missing',
  ],
]

for (const [source, hint] of HINTS) {
  test(source, () => {
    const { diagnostics } = failure(source, OPTIONAL)
    assert.ok(
      diagnostics.some((diagnostic) => diagnostic.hint === hint),
      diagnostics.map((d) => d.hint).join('; '),
    )
  })
}

test.run()
