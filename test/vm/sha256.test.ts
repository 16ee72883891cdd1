// SHA-256 against the examples of FIPS 180-4 (as NIST publishes them), and against node:crypto at every length.
import { createHash } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { sha256Hex } from '../../src/vm/sha256.js'

const EXAMPLES: readonly [text: string, hash: string][] = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  [
    'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
    'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
]

for (const [text, hash] of EXAMPLES) {
  test(`${text.slice(0, 20)} (${text.length})`, () => {
    assert.is(sha256Hex(new TextEncoder().encode(text)), hash)
  })
}

test('every length around the blocks', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) & 255)
    assert.is(sha256Hex(bytes), createHash('sha256').update(bytes).digest('hex'))
  }
})

test('a view into a larger buffer', () => {
  const large = Uint8Array.from({ length: 300 }, (_, index) => index)
  const view = large.subarray(100, 200)
  assert.is(sha256Hex(view), createHash('sha256').update(view).digest('hex'))
})

test.run()
