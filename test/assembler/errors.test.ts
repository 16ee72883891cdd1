// Sources that do not assemble: which diagnostics, where, in which order. One row for each statement that
// section (d) of the specification makes about errors, and for each way in which one mistake might be
// reported twice or hide another.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { badOption, IridiumError } from '../../src/core/errors.js'
import { MAX_DIAGNOSTICS, MAX_LABELS, MAX_SOURCE_BYTES } from '../../src/core/limits.js'
import { type AssembleOptions, AssemblyError, assemble } from '../../src/vm-entry.js'
import { failure, outcome } from './outcome.js'

const OPTIONAL: AssembleOptions = { sections: 'optional' }

/** With both headers required. */
const REQUIRED: [title: string, source: string, diagnostics: string][] = [
  // NoSegmentDeclarationFound
  ['a code label before any header', 'a: HLT .data .code', '1:1 NoSegmentDeclarationFound'],
  ['a data label before any header', "a: .asciiz 'x' .data .code", '1:1 NoSegmentDeclarationFound'],
  ['an instruction before any header', 'HLT .data .code', '1:1 NoSegmentDeclarationFound'],
  ['.bytes before any header', ".bytes '00' .data .code", '1:1 NoSegmentDeclarationFound'],
  [
    'a constant without label before any header',
    ".asciiz 'x' .data .code",
    '1:1 NoSegmentDeclarationFound, 1:1 StringConstantDeclaredWithoutLabel',
  ],
  [
    'an unknown directive before any header',
    '.foo .data .code',
    '1:1 UnknownDirectiveFound, 1:1 NoSegmentDeclarationFound',
  ],
  ['a label before the first header', 'a: .data .code', '1:1 NoSegmentDeclarationFound'],
  [
    'only the first statement is reported',
    'HLT a: HLT\nb: INC $0 DJMPE @a .data .code',
    '1:1 NoSegmentDeclarationFound',
  ],

  // InsufficientSections
  ['no .code', ".data a: .asciiz 'x'", '1:21 InsufficientSections'],
  ['no .data', '.code HLT', '1:10 InsufficientSections'],
  ['.code twice is not enough', '.code .code HLT', '1:16 InsufficientSections'],
  ['no header at all', 'HLT', '1:1 NoSegmentDeclarationFound, 1:4 InsufficientSections'],

  // Nothing at all
  ['the empty source', '', '1:1 ParseError, 1:1 InsufficientSections'],
  ['only blanks', ' \n\t\r\n', '1:1 ParseError, 1:1 InsufficientSections'],
  ['only comments', '; a\n; b', '1:1 ParseError, 1:1 InsufficientSections'],
  ['only a byte order mark', '\ufeff', '1:1 ParseError, 1:1 InsufficientSections'],

  // StringConstantDeclaredWithoutLabel
  ['.asciiz without label', ".data .asciiz 'x' .code", '1:7 StringConstantDeclaredWithoutLabel'],
  ['.integer without label', '.data .integer #1 .code', '1:7 StringConstantDeclaredWithoutLabel'],

  // SymbolAlreadyDeclared
  ['a label twice in .code', '.data .code a: NOP a: HLT', '1:20 SymbolAlreadyDeclared'],
  [
    'a label twice in .data',
    ".data a: .asciiz 'x' a: .integer #1 .code",
    '1:22 SymbolAlreadyDeclared',
  ],
  ['a label in both sections', ".data a: .asciiz 'x' .code a: HLT", '1:28 SymbolAlreadyDeclared'],
  [
    'a label three times',
    '.data .code a: NOP a: NOP a: NOP',
    '1:20 SymbolAlreadyDeclared, 1:27 SymbolAlreadyDeclared',
  ],

  // UnknownDirectiveFound
  ['with operands', ".data .code .foo 'x' #1", '1:13 UnknownDirectiveFound'],
  ['without operands', '.data .code .foo', '1:13 UnknownDirectiveFound'],
  ['with a label', '.data .code a: .foo HLT', '1:16 UnknownDirectiveFound'],
  ['.code with an operand', '.data .code #1', '1:7 UnknownDirectiveFound'],
  ['.data with operands', ".data 'x' $1 .code", '1:1 UnknownDirectiveFound'],
  ['directives are lower case', ".DATA a: .asciiz 'x' .code PRTS @a", '1:1 UnknownDirectiveFound'],
  [
    'a misspelt header is taken as it was meant',
    ".dta a: .asciiz 'x' .cod HLT",
    '1:1 UnknownDirectiveFound, 1:21 UnknownDirectiveFound',
  ],

  // WrongSection
  ['an instruction in .data', '.data INC $0 .code', '1:7 WrongSection'],
  ['a labelled instruction in .data', '.data a: INC $0 .code DJMPE @a', '1:10 WrongSection'],
  ['.asciiz in .code', ".data .code a: .asciiz 'x'", '1:16 WrongSection'],
  ['.integer in .code', '.data .code a: .integer #1', '1:16 WrongSection'],
  [
    '.asciiz in .code and without label',
    ".data .code .asciiz 'x'",
    '1:13 WrongSection, 1:13 StringConstantDeclaredWithoutLabel',
  ],
  [
    'what is no instruction is not in the wrong section',
    '.data FOO $0 .code',
    '1:7 NonOpcodeInOpcodeField',
  ],
]

/** With code alone. */
const CODE: [title: string, source: string, diagnostics: string][] = [
  // NonOpcodeInOpcodeField
  ['an unknown mnemonic', 'FOO $0 $1', '1:1 NonOpcodeInOpcodeField'],
  [
    'an unknown mnemonic among others',
    'HLT foo HLT\nbar NOP',
    '1:5 NonOpcodeInOpcodeField, 2:1 NonOpcodeInOpcodeField',
  ],
  ['an unknown mnemonic with a label', 'a: FOO DJMPE @a', '1:4 NonOpcodeInOpcodeField'],
  ['a mnemonic with _', 'LOAD_F64 $0 #1', '1:1 NonOpcodeInOpcodeField'],

  // UnknownSymbol
  ['an unknown label', 'DJMPE @a HLT', '1:7 UnknownSymbol'],
  [
    'every use of it',
    'DJMPE @a CALL @a PRTS @b',
    '1:7 UnknownSymbol, 1:15 UnknownSymbol, 1:23 UnknownSymbol',
  ],
  ['labels are case-sensitive', 'a: DJMPE @A', '1:10 UnknownSymbol'],
  ['LOAD of an unknown label', 'LOAD $0 @a', '1:9 UnknownSymbol'],

  // OperandMismatch: the number of operands
  ['none of two', 'LOAD', '1:1 OperandMismatch'],
  ['one of two', 'load $0', '1:1 OperandMismatch'],
  ['one of two, before another instruction', 'LOAD $0 HLT', '1:1 OperandMismatch'],
  ['two of three', 'ADD $0 $1', '1:1 OperandMismatch'],
  ['one too many', 'load $0 #4 #5', '1:12 OperandMismatch'],
  ['many too many', 'HLT $0 $1 $2 $3 $4 $5', '1:5 OperandMismatch'],
  ['three operands where there are none', 'NOP #1', '1:5 OperandMismatch'],
  ['a third operand of SHL', 'SHL $0 #1 #2', '1:11 OperandMismatch'],
  ['SHL without a register', 'SHL', '1:1 OperandMismatch'],
  // OperandMismatch: their kinds; instructions.test.ts tries all
  ['JMP takes no label', 'a: JMP @a', '1:8 OperandMismatch'],
  ['two wrong operands', 'LOAD #1 $0', '1:6 OperandMismatch, 1:9 OperandMismatch'],
  ['SHL by a register', 'SHL $0 $1', '1:8 OperandMismatch'],
  ['a fraction', 'LOADF64 $0 #1.5', '1:12 OperandMismatch'],
  ['a fraction that is whole', 'LOADF64 $0 #1.0', '1:12 OperandMismatch'],
  ['a label in CLOOP', 'a: CLOOP @a', '1:10 OperandMismatch'],
  ['a label in LOADF64', 'a: LOADF64 $0 @a', '1:15 OperandMismatch'],

  // OperandOutOfRange
  ['register 32', 'INC $32', '1:5 OperandOutOfRange'],
  ['register 256', 'INC $256', '1:5 OperandOutOfRange'],
  ['a float register', 'ADDF64 $0 $32 $1', '1:11 OperandOutOfRange'],
  ['a register with many digits', `INC $${'9'.repeat(400)}`, '1:5 OperandOutOfRange'],
  ['two of them', 'ADD $32 $0 $99', '1:5 OperandOutOfRange, 1:12 OperandOutOfRange'],
  [
    'a register that does not exist is reported wherever it stands',
    'DJMPE $32',
    '1:7 OperandOutOfRange, 1:7 OperandMismatch',
  ],
  ['above i32', 'LOAD $0 #2147483648', '1:9 OperandOutOfRange'],
  ['below i32', 'LOAD $0 #-2147483649', '1:9 OperandOutOfRange'],
  ['far above i32', `LOAD $0 #1${'0'.repeat(400)}`, '1:9 OperandOutOfRange'],
  ['above i32 where 16 bits are wanted', 'LUI $0 #99999999999', '1:8 OperandOutOfRange'],
  ['LUI above 16 bits', 'LUI $0 #65536', '1:8 OperandOutOfRange'],
  ['LUI below 0', 'LUI $0 #-1', '1:8 OperandOutOfRange'],
  ['LOADF64 above 16 bits', 'LOADF64 $0 #65536', '1:12 OperandOutOfRange'],
  ['LOADF64 below 0', 'LOADF64 $0 #-1', '1:12 OperandOutOfRange'],
  ['CLOOP', 'CLOOP #65536 CLOOP #-1', '1:7 OperandOutOfRange, 1:20 OperandOutOfRange'],
  [
    'DJMPE, LOOP, CALL, PRTS',
    'DJMPE #65536 LOOP #65536 CALL #65536 PRTS #-1',
    '1:7 OperandOutOfRange, 1:19 OperandOutOfRange, 1:31 OperandOutOfRange, 1:43 OperandOutOfRange',
  ],
  ['a shift by 0', 'SHL $0 #0', '1:8 OperandOutOfRange'],
  ['a shift by 32', 'SHR $0 #32', '1:8 OperandOutOfRange'],
  ['a negative shift', 'SHL $0 #-1', '1:8 OperandOutOfRange'],
  ['a constant above i32', '.data a: .integer #2147483648', '1:19 OperandOutOfRange'],
  ['a constant below i32', '.data a: .integer #-2147483649', '1:19 OperandOutOfRange'],

  // Operands of directives
  ['.asciiz without text', '.data a: .asciiz', '1:10 OperandMismatch'],
  ['.asciiz with a number', '.data a: .asciiz #1', '1:18 OperandMismatch'],
  ['.asciiz with two texts', ".data a: .asciiz 'x' 'y'", '1:22 OperandMismatch'],
  ['.integer without number', '.data a: .integer', '1:10 OperandMismatch'],
  ['.integer with a text', ".data a: .integer 'x'", '1:19 OperandMismatch'],
  ['.integer with a label', '.data a: .integer @a', '1:19 OperandMismatch'],
  ['.integer with a fraction', '.data a: .integer #1.5', '1:19 OperandMismatch'],
  ['.integer with two numbers', '.data a: .integer #1 #2', '1:22 OperandMismatch'],
  ['.bytes without text', '.bytes', '1:1 OperandMismatch'],
  ['.bytes with a number', '.bytes #1', '1:8 OperandMismatch'],
  ['.bytes with what is no hex digit', ".bytes '0g'", '1:9 OperandMismatch'],
  ['.bytes with an odd number of digits', ".bytes '012'", '1:11 OperandMismatch'],
  ['.bytes with a pair torn apart', ".bytes '0 1'", '1:9 OperandMismatch'],

  // ParseError: text that is no token
  ['$ alone', 'INC $', '1:5 ParseError'],
  ['$ and a name', 'INC $x', '1:5 ParseError'],
  ['$ apart from its number', 'INC $ 1', '1:5 ParseError, 1:7 ParseError'],
  ['a negative register', 'INC $-1', '1:5 ParseError'],
  ['# alone', 'LOAD $0 #', '1:9 ParseError'],
  ['#- alone', 'LOAD $0 #-', '1:9 ParseError'],
  ['#+', 'LOAD $0 #+5', '1:9 ParseError'],
  ['a hexadecimal number', 'LOAD $0 #0xFF', '1:11 ParseError'],
  ['an exponent', 'LOADF64 $0 #1e5', '1:14 ParseError'],
  ['a number without #', 'LOAD $0 100', '1:9 ParseError'],
  ['a negative number without #', 'LOAD $0 -100', '1:9 ParseError'],
  ['a number and a dot', 'LOADF64 $0 #1. HLT', '1:14 ParseError'],
  ['@ alone', 'DJMPE @ HLT', '1:7 ParseError'],
  ['. alone', '. HLT', '1:1 ParseError'],
  ['a colon alone', ': HLT', '1:1 ParseError'],
  ['a second colon', 'a:: HLT DJMPE @a', '1:3 ParseError'],
  ['commas', 'ADD $0, $1, $2', '1:7 ParseError, 1:11 ParseError'],
  ['double quotes', '.data a: .asciiz "hi there" .code HLT', '1:18 ParseError'],
  ['double quotes that are not closed', '.data a: .asciiz "hi there\n.code HLT', '1:18 ParseError'],
  [
    'a text that is not closed',
    ".data a: .asciiz 'hi there\n.code FOO",
    '1:18 ParseError, 2:7 NonOpcodeInOpcodeField',
  ],
  ['a name with -', 'my-label: HLT DJMPE @ok ok: HLT', '1:1 ParseError'],
  ['a name with other letters', 'größe: HLT', '1:1 ParseError'],
  ['an unknown character', 'HLT ? HLT', '1:5 ParseError'],
  ['unknown characters', '%%% && (HLT)', '1:1 ParseError, 1:5 ParseError, 1:8 ParseError'],
  ['a comment of another language', 'HLT // stop', '1:5 ParseError, 1:8 NonOpcodeInOpcodeField'],
  ['a no-break space', 'INC\u00a0$0', '1:4 ParseError'],
  ['a form feed', 'INC $0\fHLT', '1:7 ParseError'],
  ['a NUL', 'HLT \0 HLT', '1:5 ParseError'],
  ['a byte order mark that is not at the start', 'HLT \ufeff', '1:5 ParseError'],
  ['half of a surrogate pair in a text', ".data a: .asciiz 'x\ud83d'", '1:20 ParseError'],
  ['half of a surrogate pair outside', 'HLT \udc00', '1:5 ParseError'],

  // ParseError: tokens that are no statement
  ['an operand at the start', '$0 #1 HLT', '1:1 ParseError'],
  ['a text at the start', "'x' 'y' HLT", '1:1 ParseError'],
  ['an operand behind a label', 'a: $0 DJMPE @a', '1:4 ParseError'],
  ['a number behind a label', 'a: 100 DJMPE @a', '1:4 ParseError'],
  ['a number at the start', '100 HLT', '1:1 ParseError'],
  ['two labels for one statement', 'a: b: DJMPE @a DJMPE @b', '1:4 ParseError'],
  ['a label at the end', 'DJMPE @end end:', '1:12 ParseError'],
  ['only a label', 'a:', '1:1 ParseError'],
  ['a label before a section header', '.data a: .code NOP DJMPE @a', '1:7 ParseError'],

  // What stands behind an error is read on
  [
    'errors in one statement do not hide the next',
    'LOAD $99 #x\nFOO\nADD $0 $1',
    '1:6 OperandOutOfRange, 1:10 ParseError, 2:1 NonOpcodeInOpcodeField, 3:1 OperandMismatch',
  ],
  [
    'in source order, whenever they are found',
    'DJMPE @a\nFOO\nDJMPE @b',
    '1:7 UnknownSymbol, 2:1 NonOpcodeInOpcodeField, 3:7 UnknownSymbol',
  ],
  [
    'a bad instruction counts for the labels behind it',
    `${'NOP '.repeat(16_366)}FOO a: NOP DJMPE @a`,
    '1:65465 NonOpcodeInOpcodeField, 1:65482 OperandOutOfRange',
  ],
]

for (const [title, source, diagnostics] of REQUIRED) {
  test(title, () => assert.is(outcome(source), diagnostics))
}

for (const [title, source, diagnostics] of CODE) {
  test(title, () => assert.is(outcome(source, OPTIONAL), diagnostics))
}

test('a label value above 65,535 is an error where it is used, not where it is declared', () => {
  const code = (count: number) => 'NOP '.repeat(count)
  assert.match(outcome(`${code(16_366)}a: DJMPE @a`, OPTIONAL), /1400fffc|14fffc00/)
  assert.is(outcome(`DJMPE @a ${code(16_366)}a: HLT`, OPTIONAL), '1:7 OperandOutOfRange')
  assert.is(assemble(`${code(20_000)}a: HLT`, OPTIONAL).symbols.get('a'), 80_068)
  const data = `.data .bytes '${'00'.repeat(65_535)}' a: .bytes '00' b: .bytes '00' .code `
  assert.match(outcome(`${data}PRTS @a`), '15ffff00')
  assert.match(outcome(`${data}PRTS @b`), 'OperandOutOfRange')
})

test('lines and columns: from 1, in UTF-16 code units; LF, CR and CRLF end a line', () => {
  assert.is(
    outcome("\ufeffFOO\r\n\tFOO\rFOO\n\n  FOO 'é\u{1f600}' BAR", OPTIONAL).replaceAll(
      ' NonOpcodeInOpcodeField',
      '',
    ),
    '1:1, 2:2, 3:1, 5:3, 5:13',
  )
})

test('a length stays within its line, and is at least 1', () => {
  const lengths = (source: string) =>
    failure(source, OPTIONAL).diagnostics.map(({ length }) => length)
  assert.equal(lengths('LOADF32 $0'), [7])
  assert.equal(lengths(''), [1])
  assert.equal(lengths("HLT 'a\nb\nc'"), [2])
  assert.equal(lengths("HLT '\nb\nc'"), [1])
  assert.equal(lengths('HLT\n$1\n$2'), [2])
})

test('what is thrown', () => {
  const error = failure('FOO $40', { ...OPTIONAL, file: 'a.iasm' })
  assert.instance(error, AssemblyError)
  assert.instance(error, IridiumError)
  assert.instance(error, Error)
  assert.is(error.code, 'ERR_IRIDIUM_ASSEMBLY')
  assert.is(error.name, 'AssemblyError')
  assert.is(error.retriable, false)
  assert.equal(error.diagnostics[0], {
    code: 'NonOpcodeInOpcodeField',
    message: 'there is no instruction "FOO"',
    line: 1,
    column: 1,
    length: 3,
    hint: 'a label is declared as name: and used as @name',
  })
  assert.not('hint' in (failure('INC $40', OPTIONAL).diagnostics[0] ?? { hint: '' }))
  assert.not.instance(badOption('a', 'b', 'c'), AssemblyError)
})

test('arguments of the wrong type are ERR_IRIDIUM_BAD_OPTION', () => {
  // biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
  const wrong: any[][] = [[], [null], [1], [['HLT']], [Buffer.from('HLT')], [new String('HLT')]]
  for (const options of [
    null,
    1,
    'x',
    { sections: true },
    { sections: 'none' },
    { file: 1 },
    { files: 'a' },
    { before: {} },
  ]) {
    wrong.push(['HLT', options])
  }
  for (const args of wrong) {
    try {
      assemble(...(args as [string]))
      assert.unreachable(`accepted: ${JSON.stringify(args)}`)
    } catch (error) {
      assert.is((error as IridiumError).code, 'ERR_IRIDIUM_BAD_OPTION', JSON.stringify(args))
    }
  }
  assert.is(outcome('HLT', { sections: 'optional', file: undefined }), '| 05000000')
  assert.is(outcome('.data .code HLT', { sections: undefined }), '| 05000000')
})

test('an assembly ends at its bounds', () => {
  const many = failure('FOO '.repeat(MAX_DIAGNOSTICS + 5), OPTIONAL)
  assert.is(many.diagnostics.length, MAX_DIAGNOSTICS)
  assert.match(String(many), 'more, then the assembler gave up')

  const labels = Array.from({ length: MAX_LABELS + 1 }, (_, index) => `l${index}:.bytes''`)
  assert.match(outcome(labels.join('\n'), OPTIONAL), /^1048577:10 ParseError$/)

  const text = failure(`.data a: .asciiz '${'€'.repeat(6_000_000)}' .code`)
  assert.equal(
    text.diagnostics.map(({ code }) => code),
    ['ParseError'],
  )
  assert.match(String(text), 'over 16777216 bytes')

  const bytes = failure(`.bytes '${' '.repeat(3 * 16 * 1024 * 1024 + 1)}' HLT`, OPTIONAL)
  assert.match(String(bytes), 'over 16777216 bytes')

  const source = failure(' '.repeat(MAX_SOURCE_BYTES + 1))
  assert.equal(
    source.diagnostics.map(({ code, line, column }) => [code, line, column]),
    [['ParseError', 1, 1]],
  )
})

test.run()
