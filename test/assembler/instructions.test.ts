// Every instruction in every form that it has, and its exact bytes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { INSTRUCTIONS } from '../../src/vm/instructions.js'
import { outcome } from './outcome.js'

const FORMS = `
  LOAD $1 #0                00010000
  LOAD $1 #258              00010102
  LOAD $1 #32768            00018000
  LOAD $1 #40000            00019c40
  LOAD $31 #65535           001fffff
  LOAD $1 @here             00010044
  ADD $1 $2 $3              01010203
  SUB $1 $2 $3              02010203
  MUL $1 $2 $3              03010203
  DIV $1 $2 $3              04010203
  HLT                       05000000
  JMP $7                    06070000
  JMPF $7                   07070000
  JMPB $7                   08070000
  EQ $1 $2                  09010200
  NEQ $1 $2                 0a010200
  GTE $1 $2                 0b010200
  LTE $1 $2                 0c010200
  LT $1 $2                  0d010200
  GT $1 $2                  0e010200
  JMPE $7                   0f070000
  JMPE @here                14004400
  NOP                       10000000
  ALOC $7                   11070000
  INC $7                    12070000
  DEC $7                    13070000
  DJMPE #258                14010200
  DJMPE @here               14004400
  PRTS #258                 15010200
  PRTS @here                15004400
  LOADF64 $1 #258           16010102
  LOADF64 $1 #65535         1601ffff
  ADDF64 $1 $2 $3           17010203
  SUBF64 $1 $2 $3           18010203
  MULF64 $1 $2 $3           19010203
  DIVF64 $1 $2 $3           1a010203
  EQF64 $1 $2               1b010200
  NEQF64 $1 $2              1c010200
  GTF64 $1 $2               1d010200
  GTEF64 $1 $2              1e010200
  LTF64 $1 $2               1f010200
  LTEF64 $1 $2              20010200
  SHL $7                    21070000
  SHL $7 #1                 21070100
  SHL $7 #31                21071f00
  SHR $7                    22070000
  SHR $7 #16                22071000
  AND $1 $2 $3              23010203
  OR $1 $2 $3               24010203
  XOR $1 $2 $3              25010203
  NOT $1 $2                 26010200
  LUI $1 #258               27010102
  LUI $1 @here              27010044
  CLOOP #258                28010200
  LOOP #258                 29010200
  LOOP @here                29004400
  LOADM $1 $2               2a010200
  SETM $1 $2                2b010200
  PUSH $7                   2c070000
  POP $7                    2d070000
  CALL #258                 2e010200
  CALL @here                2e004400
  RET                       2f000000
  IGL                       64000000
`
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/ {2,}/) as [source: string, code: string])

for (const [source, code] of FORMS) {
  test(source, () => {
    assert.is(outcome(`.data .code here: ${source}`), `| ${code}`)
    assert.is(outcome(`.data .code here: ${source.toLowerCase()}`), `| ${code}`)
  })
}

test('the table above holds every instruction', () => {
  const tested = new Set(FORMS.map(([source]) => source.split(' ')[0]))
  assert.equal(
    [...tested],
    INSTRUCTIONS.map(({ mnemonic }) => mnemonic),
  )
})

const OPERANDS = ['$1', '#1', '@here', '#1.5', "'x'"]

/** What may stand at each place, by section (d) of the specification; in the notation of OPERANDS. */
const KINDS: Record<string, string[]> = {
  int: ['$1'],
  float: ['$1'],
  value: ['#1', '@here'],
  number: ['#1'],
  shift: ['#1'],
}

test('every other operand is refused at every place, and so is one too few or too many', () => {
  for (const { mnemonic, operands: kinds } of INSTRUCTIONS) {
    const good = kinds.map((kind) => KINDS[kind]?.[0] as string)
    const attempt = (operands: string[]) =>
      outcome(`here: ${mnemonic} ${operands.join(' ')}`, { sections: 'optional' })
    kinds.forEach((kind, place) => {
      for (const operand of OPERANDS) {
        const allowed = KINDS[kind]?.includes(operand) || `${mnemonic} ${operand}` === 'JMPE @here'
        const result = attempt(good.with(place, operand))
        assert.is(
          result.includes('OperandMismatch'),
          !allowed,
          `${mnemonic}, ${operand} at ${place}`,
        )
      }
    })
    assert.match(attempt([...good, '$1']), 'OperandMismatch')
    if (kinds.length > 0) {
      const fewer = attempt(good.slice(0, -1))
      assert.is(fewer.includes('OperandMismatch'), kinds.at(-1) !== 'shift', mnemonic)
      if (kinds.length > 1) assert.match(attempt([]), 'OperandMismatch')
    }
  }
})

test.run()
