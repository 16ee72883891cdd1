// Sources that assemble, and their exact bytes: one row for each statement that section (d) of the
// specification makes about lexis, statements, directives, label values and literals.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AssembleOptions, assemble } from '../../src/vm-entry.js'
import { outcome } from './outcome.js'

const OPTIONAL: AssembleOptions = { sections: 'optional' }

/** Of code alone: title, source, bytes. */
const CODE: [title: string, source: string, code: string][] = [
  // Lexis
  [
    'mnemonics may be in any case',
    'inc $1 INC $1 Inc $1 iNC $1',
    '12010000 12010000 12010000 12010000',
  ],
  ['mnemonics may hold digits', 'addf64 $0 $1 $2', '17000102'],
  ['no blank is needed before a mark', 'load$0#1', '00000001'],
  ['no blank is needed before a mnemonic', 'load$0#1inc$0hlt', '00000001 12000000 05000000'],
  ['no blank is needed before a label', 'inc $1again: hlt', '12010000 05000000'],
  ['several instructions on a line', 'INC $1 INC $2 HLT', '12010000 12020000 05000000'],
  ['an instruction on several lines', 'ADD\n$1\n\n$2 ; x\n$3', '01010203'],
  [
    'instructions without operands follow each other',
    'NOP RET HLT NOP',
    '10000000 2f000000 05000000 10000000',
  ],
  [
    'LF, CRLF and CR are line ends',
    'INC $1;a\nINC $2;b\r\nINC $3;c\rHLT',
    '12010000 12020000 12030000 05000000',
  ],
  ['tabs separate', '\tINC\t$1\t', '12010000'],
  ['a byte order mark at the start is skipped', '\ufeffHLT', '05000000'],
  [
    'comments anywhere, in any number',
    ';a\n;b\n;c\nADD ;d\n$1 ;e\n;f\n $2;g\n$3;h\n\n;i\n;j\nHLT',
    '01010203 05000000',
  ],
  ['a comment at the end without a line end', 'HLT ; done', '05000000'],
  ['a comment may hold anything', `HLT ; 'quote" @x $99 #é \0 .foo: ;`, '05000000'],
  ['leading zeros', 'LOAD $007 #00010', '0007000a'],
  ['minus zero is zero', 'LOAD $1 #-0', '00010000'],
  ['a label begins with a digit', '1st: DJMPE @1st', '14004400'],
  ['a label called like a property of objects', '__proto__: DJMPE @__proto__', '14004400'],
  ['a label of digits', '7: DJMPE @7', '14004400'],
  ['a label with _', '_my_label_: DJMPE @_my_label_', '14004400'],
  ['labels are case-sensitive', 'a: NOP A: DJMPE @a DJMPE @A', '10000000 14004400 14004800'],
  ['a label may be called like an instruction', 'hlt: hlt DJMPE @hlt', '05000000 14004400'],
  ['blanks before the colon', 'a  \t: DJMPE @a', '14004400'],
  ['line ends and comments around the colon', 'a ;x\n:\r\n;y\nDJMPE @a', '14004400'],
  ['no blank after the colon', 'a:DJMPE @a', '14004400'],

  // Values of code labels
  ['forward', 'DJMPE @a NOP a: HLT', '14004c00 10000000 05000000'],
  ['backward', 'NOP a: DJMPE @a', '10000000 14004800'],
  ['a wide LOAD counts as two', 'LOAD $0 #-1 a: LOAD $1 @a', '0000ffff 2700ffff 0001004c'],
  ['a narrow LOAD counts as one', 'LOAD $0 #65535 a: LOAD $1 @a', '0000ffff 00010048'],
  ['LUI with a label', 'a: LUI $1 @a', '27010044'],
  ['.bytes counts its bytes', ".bytes 'aabbcc' a: DJMPE @a", 'aabbcc14 004700'],
  ['headers count nothing', '.data .code .code a: DJMPE @a', '14004400'],

  // Literals of LOAD
  ['0', 'LOAD $1 #0', '00010000'],
  ['the largest of one instruction', 'LOAD $1 #65535', '0001ffff'],
  ['the smallest positive of two', 'LOAD $1 #65536', '00010001 27010000'],
  ['100000', 'LOAD $1 #100000', '00010001 270186a0'],
  ['-1', 'LOAD $1 #-1', '0001ffff 2701ffff'],
  ['-50000', 'LOAD $1 #-50000', '0001ffff 27013cb0'],
  ['the largest', 'LOAD $1 #2147483647', '00017fff 2701ffff'],
  ['the smallest', 'LOAD $1 #-2147483648', '00018000 27010000'],
  ['two wide ones', 'LOAD $1 #65537 LOAD $2 #131074', '00010001 27010001 00020002 27020002'],

  // .bytes in code
  ['.bytes, in either case', ".bytes 'DEADbeef'", 'deadbeef'],
  ['.bytes with blanks and line ends between the pairs', ".bytes ' 01 02\r\n\t0304 '", '01020304'],
  ['.bytes of any length', ".bytes '05'", '05'],
  ['.bytes of nothing', ".bytes '' HLT", '05000000'],
  ['.bytes with a label', "NOP a: .bytes '01' DJMPE @a", '10000000 01140048 00'],
]

for (const [title, source, code] of CODE) {
  test(title, () => assert.is(outcome(source, OPTIONAL), `| ${code}`))
}

/** Of both sections: title, source, `data | code`. */
const SECTIONS: [title: string, source: string, sections: string][] = [
  ['both sections empty', '.data .code', '|'],
  ['an empty .data', '.data\n.code\nHLT', '| 05000000'],
  ['code first', ".code PRTS @a .data a: .asciiz 'x'", '7800 | 15000000'],
  [
    'sections may be repeated',
    ".data a: .asciiz 'x' .code PRTS @b .data b: .asciiz 'y' .code HLT",
    '78007900 | 15000200 05000000',
  ],
  [
    'comments before and behind headers',
    '; a\n; b\n; c\n.data ; d\n; e\n; f\n.code;g\nHLT;h',
    '| 05000000',
  ],
  ['headers may follow each other', '.data .data .code .data .code HLT', '| 05000000'],
  ['headers may share a line', ".data a: .asciiz 'x' .code HLT", '7800 | 05000000'],

  [
    '.asciiz is UTF-8 and a NUL',
    ".data a: .asciiz 'hé€\u{1f600}' .code",
    '68c3a9e282acf09f988000 |',
  ],
  ['the empty text', ".data a: .asciiz '' .code", '00 |'],
  [
    'a text holds ;, ", line ends and tabs',
    ".data a: .asciiz '; \" \r\n\t@#$.:' .code",
    '3b2022200d0a094023242e3a00 |',
  ],
  ['a text has no escapes', ".data a: .asciiz 'a\\n' .code", '615c6e00 |'],
  ['a text may hold a NUL', ".data a: .asciiz 'a\0b' .code", '61006200 |'],
  ['no blank before a text', ".data a:.asciiz'x'.code", '7800 |'],
  ['.integer is 4 bytes, little-endian', '.data a: .integer #258 .code', '02010000 |'],
  ['.integer, negative', '.data a: .integer #-2 .code', 'feffffff |'],
  [
    '.integer, the largest and the smallest',
    '.data a: .integer #2147483647 b: .integer #-2147483648 .code',
    'ffffff7f00000080 |',
  ],
  ['a label on the line before its directive', ".data\na:\n\n.asciiz 'x'\n.code", '7800 |'],
  [
    '.bytes in .data needs no label',
    ".data .bytes '00ff' a: .bytes '01' .code LOAD $1 @a",
    '00ff01 | 00010002',
  ],

  [
    'a data label is an offset in the section',
    ".data a: .asciiz 'abc' b: .integer #1 c: .asciiz 'x' .code PRTS @a PRTS @b PRTS @c LOAD $1 @c",
    '61626300010000007800 | 15000000 15000400 15000800 00010008',
  ],
  [
    'a code label counts the data, without padding',
    ".data a: .asciiz 'ab' .code x: DJMPE @x",
    '616200 | 14004700',
  ],
  [
    'it counts data that comes later',
    ".code x: DJMPE @x .data a: .asciiz 'ab'",
    '616200 | 14004700',
  ],
  [
    'it counts across repeated sections',
    ".code NOP .data a: .asciiz 'a' .code x: DJMPE @x",
    '6100 | 10000000 14004a00',
  ],
  [
    'data and code share their labels',
    ".data a: .asciiz 'x' .code LOAD $1 @b b: PRTS @a",
    '7800 | 0001004a 15000000',
  ],
]

for (const [title, source, sections] of SECTIONS) {
  test(title, () => assert.is(outcome(source), sections))
}

test('the image: magic, reserved zeros, length of the data, data, code', () => {
  const { bytes } = assemble(".data a: .asciiz 'Hello' .code HLT")
  assert.is(
    Buffer.from(bytes).toString('hex'),
    `45504945${'00'.repeat(60)}06000000${'48656c6c6f00'}05000000`,
  )
})

test('symbols: data labels by offset, code labels by address, in the order of the source', () => {
  const { symbols } = assemble(
    ".data a: .asciiz 'x' n: .integer #1 .code start: LOAD $0 #-1 end: HLT",
  )
  assert.equal(
    [...symbols],
    [
      ['a', 0],
      ['n', 2],
      ['start', 74],
      ['end', 82],
    ],
  )
})

test('an assembly leaves nothing behind for the next one', () => {
  const source = ".data a: .asciiz 'x' .code b: DJMPE @b"
  assert.is(outcome('.code a: HLT .data b: FOO'), '1:23 NonOpcodeInOpcodeField')
  assert.is(outcome(source), outcome(source))
  assert.is(outcome(source), '7800 | 14004600')
})

const SAMPLES: [name: string, source: string, options: AssembleOptions, result: string][] = [
  [
    'counting_loop, which has no sections',
    'load $0 #0\nload $1 #10\ncloop #10\ntest: inc $0\nloop @test\n',
    {},
    '1:1 NoSegmentDeclarationFound, 5:11 InsufficientSections',
  ],
  [
    'counting_loop without sections',
    'load $0 #0\nload $1 #10\ncloop #10\ntest: inc $0\nloop @test\n',
    OPTIONAL,
    '| 00000000 0001000a 28000a00 12000000 29005000',
  ],
  ['hlt', '.data\n.code\nhlt\n', {}, '| 05000000'],
  ['simple', '.data\n.code\nload $0 #100\nload $1 #1\n', {}, '| 00000064 00010001'],
  [
    'loop',
    '.data\n.code\nload $0 #100\nload $1 #1\nload $2 #0\ntest: inc $0\nneq $0 $2\ndjmpe @test\n',
    {},
    '| 00000064 00010001 00020000 12000000 0a000200 14005000',
  ],
  [
    'call and return',
    '.data\n.code\ncall @add\nhlt\nadd: load $0 #1\nret\n',
    {},
    '| 2e004c00 05000000 00000001 2f000000',
  ],
]

for (const [name, source, options, result] of SAMPLES) {
  test(`the kind of program that the original published: ${name}`, () => {
    assert.is(outcome(source, options), result)
  })
}

test.run()
