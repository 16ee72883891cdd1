// Lists that do not fit into one frame.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  MAX_CONTROL_FRAME_BYTES,
  MAX_FIRST_FRAME_BYTES,
  MEMBERS_PAGE_BYTES,
} from '../../src/core/limits.js'
import { decodeMessage, encodeMessage } from '../../src/protocol/codec.js'
import type { Listed, Message, Self } from '../../src/protocol/messages.js'
import { firstPageBytes, pages } from '../../src/protocol/pages.js'

/** Nodes whose every field is as long as it may be. */
function largest(count: number): Listed[] {
  return Array.from({ length: count }, (_, i) => ({
    id: i.toString(16).padStart(32, 'f'),
    alias: 'ä'.repeat(32),
    host: 'h'.repeat(255),
    port: 65_535,
    incarnation: 2 ** 30 - 1,
  }))
}

const self: Self = {
  id: 'f'.repeat(32),
  alias: 'ä'.repeat(32),
  incarnation: 2 ** 30 - 1,
  host: 'h'.repeat(255),
  port: 65_535,
  tags: Object.fromEntries(
    Array.from({ length: 32 }, (_, i) => [String.fromCharCode(65 + i), 'v'.repeat(63)]),
  ),
}

function sizeOf(message: Message): number {
  const buffer = Buffer.alloc(2 * MAX_CONTROL_FRAME_BYTES)
  const end = encodeMessage(message, buffer, 0)
  assert.equal(decodeMessage(buffer, 4, end), message)
  return end - 4
}

test('an empty list is one empty page', () => assert.equal(pages([], 100), [[]]))

test('nothing is lost, doubled or moved', () => {
  const list = largest(255)
  assert.equal(pages(list, 1000, 400).flat(), list)
  assert.ok(pages(list, 1000, 400).length > 80)
})

test('a first page keeps the bound of first frames, the others that of control frames, at their very largest', () => {
  const common = {
    minVersion: 65_535,
    maxVersion: 65_535,
    self,
    digest: 'f'.repeat(16),
    extensions: {},
  }
  const you = { host: 'h'.repeat(255), port: 65_535, incarnation: 2 ** 30 - 1 }
  const [first = [], ...rest] = pages(largest(255), MEMBERS_PAGE_BYTES, firstPageBytes(self))
  assert.ok(first.length > 0)
  const size = sizeOf({ type: 'HelloAck', ...common, you, nodes: first, more: true })
  assert.ok(size <= MAX_FIRST_FRAME_BYTES, `${size} bytes`)
  for (const nodes of rest) {
    const page = sizeOf({
      type: 'Members',
      digest: 'f'.repeat(16),
      nodes,
      more: true,
      question: true,
    })
    assert.ok(page <= MAX_CONTROL_FRAME_BYTES, `${page} bytes`)
  }
})

test('a Hello keeps the bound of first frames at its very largest', () => {
  const { tags, ...rest } = self
  const message = {
    minVersion: 65_535,
    maxVersion: 65_535,
    cluster: 'c'.repeat(64),
    ...rest,
    tags,
    digest: 'f'.repeat(16),
    extensions: {},
  }
  assert.ok(sizeOf({ type: 'Hello', ...message }) <= MAX_FIRST_FRAME_BYTES)
  assert.ok(sizeOf({ type: 'Join', ...message, to: 'f'.repeat(32) }) <= MAX_FIRST_FRAME_BYTES)
})

test('fifty usual members fit into one frame', () => {
  const list = Array.from({ length: 49 }, (_, i) => ({
    id: `${i}`.padStart(32, '0'),
    alias: `node-${i}`,
    host: '10.0.0.17',
    port: 2254,
    incarnation: 3,
  }))
  assert.is(pages(list, MEMBERS_PAGE_BYTES, firstPageBytes({ tags: {} })).length, 1)
})

test.run()
