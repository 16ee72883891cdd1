// The disassembler: what it shows, exactly, and that any image comes back byte for byte.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumError } from '../../src/core/errors.js'
import { INSTRUCTIONS } from '../../src/vm/instructions.js'
import { buildImage } from '../../src/vm/program.js'
import { assemble, disassemble, Program } from '../../src/vm-entry.js'
import { hex } from './outcome.js'

function image(
  data: ArrayLike<number>,
  code: ArrayLike<number>,
  symbols?: [string, number][],
): Program {
  return Program.from(buildImage(Uint8Array.from(data), Uint8Array.from(code)), new Map(symbols))
}

/** The source of `program`, after it has been seen to give the same bytes. */
function comesBack(program: Program): string {
  const source = disassemble(program)
  assert.is(hex(assemble(source).bytes), hex(program.bytes), source)
  return source
}

test('a program that was assembled comes back under its own names', () => {
  const program = assemble(`
    .code
      main: LOAD $0 #-1
    .data
      text: .asciiz 'one
two' count: .integer #-7 none: .asciiz '' .bytes 'ff00'
    .code
      loop: JMPE @loop PRTS @text SHL $1 SHR $1 #3 CLOOP #9 LOOP @loop CALL @main
      CALL @text LOAD $1 @text LOAD $2 @loop ADDF64 $0 $1 $2 DJMPE #3 PRTS #1 HLT IGL`)
  assert.is(
    comesBack(program),
    `; 15 bytes of data; 68 bytes of code, from 83 on
.data
text: .asciiz 'one
two'                         ; 0
count: .integer #-7          ; 8
none: .asciiz ''             ; 12
    .bytes 'ff00'            ; 13
.code
main:
    LOAD $0 #65535           ; 83
    LUI $0 #65535            ; 87
loop:
    DJMPE @loop              ; 91
    PRTS @text               ; 95
    SHL $1                   ; 99
    SHR $1 #3                ; 103
    CLOOP #9                 ; 107
    LOOP @loop               ; 111
    CALL @main               ; 115
    CALL #0                  ; 119
    LOAD $1 #0               ; 123
    LOAD $2 #91              ; 127
    ADDF64 $0 $1 $2          ; 131
    DJMPE #3                 ; 135
    PRTS #1                  ; 139
    HLT                      ; 143
    IGL                      ; 147
`,
  )
})

test('an image comes back with names of its own making', () => {
  const { bytes } = assemble(
    ".data a: .asciiz 'hi' b: .integer #5 .code x: NOP DJMPE @x PRTS @a CALL @x",
  )
  assert.is(
    comesBack(Program.from(bytes)),
    `; 7 bytes of data; 16 bytes of code, from 75 on
.data
D0: .asciiz 'hi'             ; 0
    .bytes '05000000'        ; 3
.code
L75:
    NOP                      ; 75
    DJMPE @L75               ; 79
    PRTS @D0                 ; 83
    CALL @L75                ; 87
`,
  )
})

const shown = (program: Program, section: '.data' | '.code'): string =>
  comesBack(program)
    .split(section === '.data' ? '.data\n' : '.code\n')[1]
    ?.split('.code')[0]
    ?.replace(/ +;.*/g, '')
    .trim()
    .replace(/\n\s*/g, ' | ') ?? ''

const CODE: [title: string, code: number[], text: string][] = [
  ['nothing', [], ''],
  ['a stop cut to one byte', [16, 0, 0, 0, 5], "NOP | .bytes '05'"],
  ['an instruction cut short', [1, 2, 3], ".bytes '010203'"],
  ['an illegal opcode', [48, 0, 0, 0, 255, 1, 2, 3], ".bytes '30000000' | .bytes 'ff010203'"],
  [
    'padding that is not zero',
    [5, 0, 0, 1, 18, 1, 0, 1, 20, 0, 68, 9],
    ".bytes '05000001' | .bytes '12010001' | .bytes '14004409'",
  ],
  ['registers above 31', [1, 32, 0, 0, 0, 255, 0, 0], ".bytes '01200000' | .bytes '00ff0000'"],
  [
    'shifts',
    [33, 1, 0, 0, 33, 1, 16, 0, 34, 1, 31, 0, 34, 1, 32, 0],
    "SHL $1 | SHL $1 #16 | SHR $1 #31 | .bytes '22012000'",
  ],
  ['LOAD and LUI stay apart', [0, 1, 0, 1, 39, 1, 0, 0], 'LOAD $1 #1 | LUI $1 #0'],
  ['a target between two instructions', [20, 0, 70, 0], 'DJMPE #70'],
  ['a target at the end', [20, 0, 72, 0], 'DJMPE #72'],
  [
    'a target that is an unfinished instruction',
    [20, 0, 72, 0, 5],
    "DJMPE @L72 | L72: | .bytes '05'",
  ],
  ['a jump inside bytes names nothing', [20, 0, 68, 1], ".bytes '14004401'"],
]

for (const [title, code, text] of CODE) {
  test(`code: ${title}`, () => assert.is(shown(image([], code), '.code'), text))
}

const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)]

const DATA: [title: string, data: number[], text: string][] = [
  ['nothing', [], ''],
  ['a text', bytesOf('hi\0'), "D0: .asciiz 'hi'"],
  ['two texts', bytesOf('a\0b\0'), "D0: .asciiz 'a' | D2: .asciiz 'b'"],
  ['a text without NUL', bytesOf('hi'), ".bytes '6869'"],
  ['zeros', [0, 0, 0], ".bytes '000000'"],
  ['zeros around a text', [0, 0, 97, 0, 0], ".bytes '0000' | D2: .asciiz 'a' | .bytes '00'"],
  ['a quote in a text', bytesOf("it's\0"), ".bytes '6974277300'"],
  ['letters of all alphabets', bytesOf('é€\u{1f600}\0'), "D0: .asciiz 'é€\u{1f600}'"],
  ['a tab and a line end in a text', bytesOf('a\tb\n\0'), "D0: .asciiz 'a\tb | '"],
  ['a carriage return, which editors change', bytesOf('a\r\n\0'), ".bytes '610d0a00'"],
  ['an escape, which terminals obey', bytesOf('\u001b[2J\0'), ".bytes '1b5b324a00'"],
  ['a byte order mark', bytesOf('\ufeffa\0'), ".bytes 'efbbbf6100'"],
  ['a change of direction', bytesOf('\u202ea\0'), ".bytes 'e280ae6100'"],
  ['what is not UTF-8', [0xff, 0xc3, 0x28, 0], ".bytes 'ffc32800'"],
  ['an overlong form', [0xc0, 0xaf, 0], ".bytes 'c0af00'"],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80, 0], ".bytes 'eda08000'"],
  ['32 bytes a line', new Array(33).fill(1), `.bytes '${'01'.repeat(32)}' | .bytes '01'`],
]

for (const [title, data, text] of DATA) {
  test(`data: ${title}`, () => assert.is(shown(image(data, []), '.data'), text))
}

test('a text that is very long is shown in lines of hex', () => {
  const source = comesBack(image(bytesOf(`${'x'.repeat(10_000)}\0`), []))
  assert.ok(Math.max(...source.split('\n').map((line) => line.length)) < 120)
})

test('a text that no operand can reach has no label, and is shown as hex', () => {
  const source = comesBack(image([...new Array(65_536).fill(1), 97, 0], []))
  assert.match(source, /\.bytes '6100' +; 65536\n/)
})

test('symbols that cannot be written, or stand for nothing, are left out', () => {
  const symbols: [string, number][] = [
    ['with blank', 0],
    ['', 0],
    ['a', 0],
    ['second', 0],
    ['half', 1.5],
    ['negative', -1],
    ['nan', Number.NaN],
    ['far', 1e9],
    ['L72', 76],
    ['D2', 68],
    ['inside', 75],
    ['behind', 80],
  ]
  const program = image([97, 0, 98, 0], [20, 0, 72, 0, 20, 0, 76, 0], symbols)
  assert.is(shown(program, '.data'), "a: .asciiz 'a' | .bytes '6200'")
  assert.is(shown(program, '.code'), 'DJMPE #72 | L72: | DJMPE @L72')
})

test('what is no Program is ERR_IRIDIUM_BAD_OPTION', () => {
  for (const wrong of [undefined, null, 'HLT', new Uint8Array(68), {}]) {
    try {
      disassemble(wrong as Program)
      assert.unreachable()
    } catch (error) {
      assert.is((error as IridiumError).code, 'ERR_IRIDIUM_BAD_OPTION')
    }
  }
})

// Images that look like programs, so that labels, near misses and plain instructions all come up.
const byte = fc.integer({ min: 0, max: 255 })
const smallByte = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), byte)
const opcode = fc.constantFrom(...INSTRUCTIONS.map((instruction) => instruction.opcode))
const jump = fc
  .tuple(fc.constantFrom(20, 41, 46, 21, 0), fc.integer({ min: 0, max: 160 }))
  .map(([code, target]) => [code, 0, target, 0])
const slot = fc.oneof(
  jump,
  fc.tuple(opcode, smallByte, smallByte, smallByte),
  fc.tuple(
    opcode,
    fc.integer({ min: 0, max: 31 }),
    fc.integer({ min: 0, max: 31 }),
    fc.constant(0),
  ),
  fc.tuple(byte, byte, byte, byte),
)
const code = fc
  .tuple(fc.array(slot, { maxLength: 30 }), fc.array(byte, { maxLength: 3 }))
  .map(([slots, tail]) => [...slots.flat(), ...tail])
const text = fc
  .string({ unit: 'binary', maxLength: 12 })
  .map((value) => [...new TextEncoder().encode(value), 0])
const data = fc
  .array(fc.oneof(text, fc.array(byte, { maxLength: 9 }), fc.constant([0])), { maxLength: 8 })
  .map((parts) => parts.flat())
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'B', '7', '_'), maxLength: 3 }),
  fc.constantFrom('D0', 'D1', 'L68', 'L72', 'hlt', '0', "x'", 'a b'),
)
const symbols = fc.array(fc.tuple(name, fc.integer({ min: 0, max: 120 })), { maxLength: 8 })

test('any image comes back', () => {
  fc.assert(
    fc.property(data, code, symbols, (data, code, symbols) => {
      comesBack(image(data, code, symbols))
    }),
    { numRuns: 3000, seed: 20 },
  )
})

test('any bytes behind a header come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 300 }), (bytes, split) => {
      comesBack(image(bytes.subarray(0, split), bytes.subarray(split)))
    }),
    { numRuns: 1000, seed: 21 },
  )
})

test('disassembling what came back gives the same text', () => {
  fc.assert(
    fc.property(data, code, (data, code) => {
      const source = comesBack(image(data, code))
      assert.is(disassemble(assemble(source)), source)
    }),
    { numRuns: 500, seed: 22 },
  )
})

test('an image of 2 MiB, in lines of a bounded length', () => {
  const half = 1024 * 1024
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
    return state >>> 24
  }
  const program = image(Array.from({ length: half }, random), Array.from({ length: half }, random))
  const source = comesBack(program)
  assert.ok(source.length < 12 * program.bytes.length)
  assert.ok(source.split('\n').every((line) => line.length < 120))
})

test.run()
