// A link under what a member sends between hosts: how much of it a turn may take.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_READ_MS } from '../../src/core/limits.js'
import type { MemberLink } from '../../src/node/channel/member-link.js'
import { Link } from '../../src/node/link.js'
import { Share } from '../../src/node/share.js'
import { LinkCounters } from '../../src/node/stats.js'
import { FRAME_HEADER_BYTES } from '../../src/protocol/codec.js'
import { DATA_TAGS } from '../../src/protocol/data-codec.js'
import { FakeClock, FakeConnection } from './fakes.js'

/** A frame that begins with this tag. */
function dataFrame(tag: number): Buffer {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + 8)
  frame.writeUInt32LE(8)
  frame[FRAME_HEADER_BYTES] = tag
  return frame
}

/** A member's link whose frames of data take so many milliseconds each. */
function slowMember(ms: number) {
  const clock = new FakeClock()
  const connection = new FakeConnection()
  const tags: number[] = []
  const counters = new LinkCounters()
  const share = new Share(clock)
  const nothing = (): void => {}
  const owner = { clock, counters, share, received: nothing, heard: nothing, queued: nothing }
  const link = new Link(1, connection, { ...owner, ended: nothing })
  link.carry({
    receive(bytes: Buffer, start: number) {
      tags.push(bytes[start] as number)
      clock.advance(ms)
    },
    receiveRun: (_bytes: Buffer, at: number) => at,
  } as unknown as MemberLink)
  return { clock, connection, tags, counters, link }
}

test('pieces of large messages hold a turn for its share, however they come; the rest waits', () => {
  const { clock, connection, tags, counters, link } = slowMember(MAX_READ_MS / 4)
  for (let i = 0; i < 10; i++) link.data(dataFrame(DATA_TAGS.Piece))
  assert.is(tags.length, 5)
  assert.equal(connection.log, ['pause'])
  link.data(Buffer.concat(Array.from({ length: 10 }, () => dataFrame(DATA_TAGS.Piece))))
  assert.is(tags.length, 5)
  for (let turns = 1; tags.length < 20; turns++) {
    clock.endTurn()
    assert.ok(tags.length <= 5 * (turns + 1) && turns < 10, `${tags.length} after ${turns}`)
  }
  assert.is(connection.log.at(-1), 'resume')
  assert.ok(counters.slowed > 0)
})

test('messages that lie whole in a chunk are not looked at one by one', () => {
  const { tags, link } = slowMember(MAX_READ_MS)
  link.data(Buffer.concat(Array.from({ length: 10 }, () => dataFrame(DATA_TAGS.Message))))
  assert.is(tags.length, 10)
})

test.run()
