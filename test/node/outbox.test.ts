// Frames are encoded in place, coalesced, and never lost, doubled or overwritten, whatever the connection takes.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FLUSH_BYTES, MAX_QUEUED_BYTES } from '../../src/core/limits.js'
import { Outbox } from '../../src/node/outbox.js'
import { decodeMessage } from '../../src/protocol/codec.js'
import { FrameReader } from '../../src/protocol/framing.js'
import type { Message } from '../../src/protocol/messages.js'
import type { Connection } from '../../src/transport/transport.js'

const ping = (nonce: number): Message => ({ type: 'Ping', nonce })
/** About `bytes` long, and different for each `n`. */
const large = (n: number, bytes: number): Message => ({
  type: 'Ask',
  ids: Array.from({ length: Math.min(256, bytes >> 4) }, (_, i) =>
    (n * 1000 + i).toString(16).padStart(32, '0'),
  ),
})

/** A connection that holds what it is given until `take`, and asks to stop when it holds `room` bytes. */
class SlowConnection {
  readonly remote = { host: '', port: 0 }
  readonly writes: number[] = []
  readonly taken: Buffer[] = []
  #held: Uint8Array[] = []
  #room: number

  constructor(room: number) {
    this.#room = room
  }

  get writableLength(): number {
    return this.#held.reduce((sum, { length }) => sum + length, 0)
  }

  write(bytes: Uint8Array): boolean {
    this.writes.push(bytes.length)
    this.#held.push(bytes)
    if (this.#room === Number.POSITIVE_INFINITY) this.take() // goes out at once
    return this.writableLength < this.#room
  }

  /** Everything goes out: only now the bytes are looked at. */
  take(): void {
    this.taken.push(...this.#held.map((bytes) => Buffer.from(bytes)))
    this.#held = []
  }

  messages(): Message[] {
    const found: Message[] = []
    const reader = new FrameReader(2 ** 30)
    reader.push(Buffer.concat(this.taken), (bytes, start, end) => {
      found.push(decodeMessage(bytes, start, end))
    })
    return found
  }

  asConnection(): Connection {
    return this as unknown as Connection
  }
}

test('what is put in one turn goes out in one write, at flush', () => {
  const connection = new SlowConnection(Number.POSITIVE_INFINITY)
  const outbox = new Outbox(connection.asConnection())
  const messages = [ping(1), ping(2), large(3, 1000)]
  const bytes = messages.map((message) => outbox.put(message))
  assert.equal(connection.writes, [])
  assert.ok(outbox.waiting)
  outbox.flush()
  outbox.flush()
  assert.equal(connection.writes, [bytes.reduce((a, b) => a + b)])
  assert.equal(connection.messages(), messages)
  assert.not.ok(outbox.waiting)
})

test('when 64 KiB are full they go out without waiting', () => {
  const connection = new SlowConnection(Number.POSITIVE_INFINITY)
  const outbox = new Outbox(connection.asConnection())
  let put = 0
  while (connection.writes.length === 0) put += outbox.put(large(1, 4096))
  assert.ok(put >= FLUSH_BYTES)
  assert.ok((connection.writes[0] as number) <= FLUSH_BYTES + 4200)
})

test('after a write that asks to stop nothing is written until drained', () => {
  const connection = new SlowConnection(1)
  const outbox = new Outbox(connection.asConnection())
  outbox.put(ping(1))
  outbox.flush()
  outbox.put(ping(2))
  outbox.flush()
  assert.is(connection.writes.length, 1)
  connection.take()
  outbox.drained()
  assert.is(connection.writes.length, 2)
  connection.take()
  assert.equal(connection.messages(), [ping(1), ping(2)])
})

test('over the bound nothing is queued, and what was queued is whole', () => {
  const connection = new SlowConnection(1)
  const outbox = new Outbox(connection.asConnection())
  let messages = 0
  let queued = 0
  for (
    let bytes = outbox.put(large(0, 4096));
    bytes > 0;
    bytes = outbox.put(large(messages, 4096))
  ) {
    messages++
    queued += bytes
    outbox.flush()
    assert.ok(queued <= MAX_QUEUED_BYTES)
  }
  assert.ok(queued > MAX_QUEUED_BYTES - 5000)
  connection.take()
  outbox.drained()
  connection.take()
  assert.is(connection.messages().length, messages)
})

test('property: whatever is put, flushed and drained when, the frames arrive in order', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('put' as const), size: fc.nat(9000) }) },
    fc.record({ do: fc.constantFrom('flush' as const, 'drain' as const), size: fc.constant(0) }),
  )
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 120 }),
      fc.constantFrom(1, 1000, 100_000, Number.POSITIVE_INFINITY),
      (steps, room) => {
        const connection = new SlowConnection(room)
        const outbox = new Outbox(connection.asConnection())
        const sent: Message[] = []
        const drain = () => {
          connection.take()
          outbox.drained()
        }
        steps.forEach((each, i) => {
          const message = each.size < 100 ? ping(i) : large(i, each.size)
          if (each.do === 'flush') outbox.flush()
          else if (each.do === 'drain') drain()
          else if (outbox.put(message) > 0) sent.push(message)
        })
        drain()
        drain()
        assert.equal(connection.messages(), sent)
      },
    ),
    { seed: 7, numRuns: 300 },
  )
})

test.run()
