// docs/assembly.md is tested: its examples assemble, or fail with exactly the text that stands below them.
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DIAGNOSTIC_CODES } from '../../src/assembler/diagnostics.js'
import { DIRECTIVES } from '../../src/assembler/directives.js'
import { assemble, disassemble } from '../../src/vm-entry.js'
import { failure } from './outcome.js'

const page = readFileSync(new URL('../../docs/assembly.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/```asm\n([^`]*?)```\n(?:\n```text\n([^`]*?)\n```\n)?/g)]
const failing = examples.filter(([, , text]) => text !== undefined)

for (const [, source = '', text] of examples) {
  test(source.split('\n').slice(0, 2).join(' '), () => {
    if (text === undefined) assert.ok(assemble(source))
    else assert.is(failure(source, { file: 'program.iasm' }).message, text)
  })
}

test('each code has its heading, its sentence, and an example', () => {
  const shown = failing.flatMap(([, source = '']) => failure(source).diagnostics)
  const plain = page.replaceAll('`', '')
  for (const [code, sentence] of Object.entries(DIAGNOSTIC_CODES)) {
    assert.ok(plain.includes(`### ${code}\n\n${sentence.slice(0, -1)}`), code)
    assert.ok(
      shown.some((diagnostic) => diagnostic.code === code),
      code,
    )
  }
})

test('each directive is in the table', () => {
  for (const directive of DIRECTIVES.values()) {
    if (directive.kind !== 'header') assert.ok(page.includes(`| \`${directive.usage}`))
  }
})

test('the addresses that the page names', () => {
  const program = assemble(examples[0]?.[1] ?? '')
  assert.is(program.symbols.get('again'), 96)
  assert.equal(assemble(disassemble(program)).bytes, program.bytes)
})

test.run()
