// Members that have gone wrong: who belongs to the cluster may still be broken, and floods its link with sound frames.
// Each of them is bounded, counted, and no matter of the others.
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_CONTACTS, MAX_LIST_ELEMENTS, MAX_MEMBERS } from '../../src/core/limits.js'
import type { Message } from '../../src/protocol/messages.js'
import { encoded } from '../fuzz/protocol/traffic.js'
import type { Turns } from '../process/children/turns.js'
import { endAll, Host, noFaults, now, sleep } from '../process/harness.js'
import { DIGEST, SAMPLES } from '../protocol/samples.js'

const FLOOD_BYTES = 2 ** 20
/** Measured 10 to 55 of the processor, and up to 365 without a bound; compilation on a busy machine adds to it. */
const WORST_MS = 200

/** A busy machine must not look like a death. */
const PATIENT = { heartbeat: { timeoutMs: 30_000 } }

test.after.each(endAll)

function frame(message: Message): Buffer {
  const content = encoded(message)
  const header = Buffer.alloc(4)
  header.writeUInt32LE(content.length)
  return Buffer.concat([header, content])
}

function repeated(message: Message): Buffer {
  const bytes = frame(message)
  return Buffer.concat(Array(Math.ceil(FLOOD_BYTES / bytes.length)).fill(bytes))
}

const idOf = (n: number): string => n.toString(16).padStart(32, '0')

/** Pages of members that nobody has ever seen, each at an address where nobody listens. */
function inventions(count: number): Buffer {
  const page = (first: number): Message => ({
    type: 'Members',
    digest: DIGEST,
    more: true,
    question: true,
    nodes: Array.from({ length: MAX_LIST_ELEMENTS }, (_, i) => ({
      id: idOf(first + i),
      alias: `n${first + i}`,
      host: '127.0.0.1',
      port: 1 + (i % 1000),
      incarnation: 1,
    })),
  })
  return Buffer.concat(Array.from({ length: count }, (_, i) => frame(page(i * MAX_LIST_ELEMENTS))))
}

const FLOODS: Readonly<Record<string, () => Buffer>> = {
  'questions that it does not wait for': () => repeated({ type: 'Ping', nonce: 1 }),
  'other tags each time': () =>
    Buffer.concat([1, 2].map((n) => repeated({ type: 'Tags', tags: { load: `${n}` } }))),
  'accusations of nobody': () => repeated({ type: 'Ask', ids: [] }),
  'lists of members that nobody has seen': () => inventions(30),
}

for (const [name, make] of Object.entries(FLOODS)) {
  test(`a member that floods us with ${name}: turns stay short, memory flat, others unaffected`, async () => {
    const [a, b] = (await Promise.all(['a', 'b'].map((alias) => Host.start(alias, PATIENT)))) as [
      Host,
      Host,
    ]
    await b.join(a)
    const liar = connect(a.address.port, '127.0.0.1').on('error', () => {})
    liar.resume()
    const hello = SAMPLES.find(({ type }) => type === 'Hello') as Message & { type: 'Hello' }
    liar.write(frame({ ...hello, alias: 'liar', id: 'ab'.repeat(16), tags: {} }))
    await once(liar, 'data')
    await a.see('memberJoined', 'liar', 5000)
    const before = (await a.call('heap')) as number
    await a.call('worstTurn')
    const bytes = make()
    liar.write(bytes)
    for (const end = now() + 60_000; now() < end && !liar.destroyed; await sleep(20)) {
      if ((await a.stats()).bytes.received >= bytes.length) break
    }
    await sleep(200)
    const { cpuMs } = (await a.call('worstTurn')) as Turns
    assert.ok(cpuMs < WORST_MS, `a turn of ${cpuMs} ms`)
    const { links, bytes: counted } = await a.stats()
    assert.ok(counted.received >= bytes.length || liar.destroyed, `${counted.received} received`)
    assert.ok(links.slowed > 0, 'it was slowed')
    assert.ok(links.open <= MAX_MEMBERS + MAX_CONTACTS, `${links.open} links`)
    const after = (await a.call('heap')) as number
    assert.ok(after - before < 8 * 2 ** 20, `heap ${before} to ${after}`)
    for (const [one, other] of [
      [a, 'b'],
      [b, 'a'],
    ] as const) {
      assert.equal(one.saw('memberLeft', other), [])
    }
    noFaults([a, b])
    liar.destroy()
  })
}

test.run()
