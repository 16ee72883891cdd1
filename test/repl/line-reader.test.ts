import { Readable } from 'node:stream'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_LINE_BYTES } from '../../src/core/limits.js'
import { readLines } from '../../src/repl/line-reader.js'

async function lines(...chunks: (string | Buffer)[]): Promise<string[]> {
  const found: string[] = []
  const input = Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
  for await (const line of readLines(input)) found.push('text' in line ? line.text : '(too long)')
  return found
}

test('lines come whole, however the bytes come', async () => {
  assert.equal(await lines('a\nb\n'), ['a', 'b'])
  assert.equal(await lines('a', '\n', 'b\nc', 'd'), ['a', 'b', 'cd'])
  assert.equal(await lines('\n\n'), ['', ''])
  assert.equal(await lines('a\r\nb\r\n'), ['a', 'b'])
  assert.equal(await lines(), [])
})

test('a character may be cut between two chunks', async () => {
  const bytes = Buffer.from('é€😀\n')
  assert.equal(await lines(...[...bytes].map((byte) => Buffer.from([byte]))), ['é€😀'])
})

test('a line over the bound is told and left out, and the next one is read', async () => {
  const long = 'x'.repeat(MAX_LINE_BYTES)
  assert.equal(await lines(`${long}\n`), [long])
  assert.equal(await lines(long, 'y', '\nnext\n'), ['(too long)', 'next'])
  assert.equal(await lines(`${long}y\nnext`), ['(too long)', 'next'])
})

test.run()
