// Whatever the source, the assembler gives a program or an AssemblyError, whose diagnostics are sound; and
// it takes no more than linear time.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DIAGNOSTIC_CODES } from '../../src/assembler/diagnostics.js'
import { MAX_DIAGNOSTICS } from '../../src/core/limits.js'
import { INSTRUCTIONS } from '../../src/vm/instructions.js'
import { AssemblyError, assemble, type Diagnostic, disassemble } from '../../src/vm-entry.js'
import { hex } from './outcome.js'

const VALID = `; all there is
.data
  greeting: .asciiz 'hello; "you"
'
  answer: .integer #-42
  .bytes '00 ff'
.code
  start: LOAD $0 #100000 LOAD $1 @greeting
  again: INC $0 ; one more
  NEQ $0 $1 JMPE @again DJMPE @start
  SHL $1 SHR $2 #3 CLOOP #10 LOOP @again
  LOADF64 $3 #2 ADDF64 $3 $3 $4
  PRTS @greeting CALL @start RET
  .bytes 'deadbeef' end: HLT
`

/** Assembles, both ways, and checks what comes of it. */
function check(source: string): void {
  for (const sections of ['required', 'optional'] as const) {
    try {
      const program = assemble(source, { sections })
      assert.is(hex(assemble(disassemble(program)).bytes), hex(program.bytes))
    } catch (error) {
      if (!(error instanceof AssemblyError)) throw error
      checkDiagnostics(source, error.diagnostics)
      assert.ok(String(error).length < 20_000)
      assert.not.match(error.message.replaceAll('\n', ''), /[\p{Cc}\p{Cs}\p{Cf}]/u)
    }
  }
}

function checkDiagnostics(source: string, diagnostics: readonly Diagnostic[]): void {
  const lines = source.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
  assert.ok(diagnostics.length > 0 && diagnostics.length <= MAX_DIAGNOSTICS)
  let [lastLine, lastColumn] = [1, 1]
  for (const { code, message, line, column, length } of diagnostics) {
    assert.ok(code in DIAGNOSTIC_CODES && message.length > 0)
    const text = lines[line - 1]
    assert.ok(text !== undefined && column >= 1 && length >= 1, `${line}:${column}`)
    assert.ok(column - 1 + length <= Math.max(text.length, column), `${line}:${column}+${length}`)
    assert.ok(line > lastLine || (line === lastLine && column >= lastColumn), 'in source order')
    lastLine = line
    lastColumn = column
  }
}

test('the valid source is valid', () => assert.ok(assemble(VALID)))

test('random characters', () => {
  const unit = fc.oneof(
    fc.constantFrom(...'$#@.\'":;,-_ \t\n\r0129azAZ\0\u00a0\ufeff\ud800\udc00'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  )
  fc.assert(fc.property(fc.string({ unit, maxLength: 60 }), check), { numRuns: 4000, seed: 1 })
})

test('random words', () => {
  const mnemonic = fc.constantFrom(...INSTRUCTIONS.map((instruction) => instruction.mnemonic))
  const word = fc.oneof(
    mnemonic,
    fc.constantFrom('.data', '.code', '.asciiz', '.integer', '.bytes', '.DATA', '.foo', '.code #1'),
    fc.constantFrom(
      'a:',
      'b:',
      'c:',
      '@a',
      '@b',
      '@c',
      "'x'",
      "'00'",
      "''",
      '#1.5',
      'FOO',
      'r1',
      '100',
    ),
    fc.integer({ min: 0, max: 33 }).map((register) => `$${register}`),
    fc.oneof(fc.integer(), fc.integer({ min: -70_000, max: 70_000 })).map((value) => `#${value}`),
    fc.constantFrom("'", '"', ',', ':', '$', '#', '@', '.', ';', '-', 'é', '//'),
  )
  const separator = fc.constantFrom(' ', ' ', ' ', '\n', '', '\t', ' ; x\n')
  const source = fc
    .array(fc.tuple(word, separator), { maxLength: 30 })
    .map((parts) => parts.flat().join(''))
  fc.assert(fc.property(source, check), { numRuns: 4000, seed: 2 })
})

test('mutations of a valid source', () => {
  const edit = fc.tuple(
    fc.nat({ max: VALID.length }),
    fc.nat({ max: 8 }),
    fc.oneof(fc.constant(''), fc.constantFrom(...'$#@.\'":;,- \n0a'), fc.string({ maxLength: 4 })),
  )
  const mutated = fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((edits) =>
      edits.reduce(
        (source, [at, cut, put]) => source.slice(0, at) + put + source.slice(at + cut),
        VALID,
      ),
    )
  fc.assert(fc.property(mutated, check), { numRuns: 3000, seed: 3 })
})

test('a valid source cut at every place', () => {
  for (let at = 0; at <= VALID.length; at++) {
    check(VALID.slice(0, at))
    check(VALID.slice(at))
  }
})

// A million characters each, of what would betray a step whose cost grows with the source. Linear, each takes
// less than a tenth of a second; with one quadratic step, many minutes. The bound leaves room for a busy machine.
const LENGTH = 1_000_000
const BOUND_MS = 10_000

const HUGE: Record<string, string> = {
  blanks: ' ',
  'line ends': '\n',
  comments: ';\n',
  quotes: "'",
  'double quotes': '"',
  'double quotes on one line': '"a ',
  'open double quotes': '"x\n',
  letters: 'a',
  digits: '#1',
  marks: '#',
  colons: 'a:',
  'foreign blanks': '\u00a0',
  'foreign letters': 'é',
  'the same label': 'a:NOP ',
  'unknown labels': 'CALL @a ',
  'unknown instructions': 'FOO ',
  operands: '$0 ',
  headers: '.code ',
  'empty bytes': ".bytes '' ",
  'long words and colons far away': 'a ;\n\n\n\n',
  'halves of surrogate pairs': '\ud800',
}

for (const [title, unit] of Object.entries(HUGE)) {
  test(`linear time: ${title}`, () => {
    const source = unit.repeat(LENGTH / unit.length)
    for (const text of [
      source,
      `HLT ${source}`,
      `.data a: .asciiz '${source}`,
      `${source}FOO @b :`,
    ]) {
      const start = performance.now()
      try {
        assemble(text, { sections: 'optional' })
      } catch (error) {
        assert.instance(error, AssemblyError)
        assert.ok(String(error).length < 20_000)
      }
      assert.ok(performance.now() - start < BOUND_MS)
    }
  })
}

test('linear time: a thousand misspelt names among many labels', () => {
  const labels = Array.from({ length: 100_000 }, (_, index) => `label_number_${index}: NOP`)
  const uses = Array.from({ length: 100_000 }, (_, index) => `CALL @lable_number_${index}`)
  const start = performance.now()
  try {
    assemble([...uses, ...labels].join('\n'), { sections: 'optional' })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, AssemblyError)
  }
  assert.ok(performance.now() - start < BOUND_MS)
})

test.run()
