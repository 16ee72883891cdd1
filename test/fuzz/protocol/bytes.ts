// Frames that no sound peer sends: true ones changed, and others made from nothing. A frame here is its content,
// without its length.
import type { Prng } from '../../sim/prng.js'

/** Counts, lengths and numbers at the edges of what Avro's varints and the limits allow, as they stand on the wire. */
const EDGES = [
  '00',
  '01',
  '02',
  '7f',
  '80',
  'feffffff0f',
  'ffffffff0f',
  '80dac409',
  '808080808080808080',
  `${'ff'.repeat(9)}01`,
].map((hex) => Buffer.from(hex, 'hex'))

type Mutation = (prng: Prng, frame: Buffer, others: readonly Buffer[]) => Buffer

const MUTATIONS: readonly Mutation[] = [
  function flipBits(prng, frame) {
    const copy = Buffer.from(frame)
    for (let i = 0; i <= prng.below(3); i++) {
      const at = prng.below(copy.length)
      copy[at] = (copy[at] as number) ^ (1 << prng.below(8))
    }
    return copy
  },
  function edge(prng, frame) {
    const at = prng.below(frame.length)
    return Buffer.concat([frame.subarray(0, at), prng.pick(EDGES), frame.subarray(at + 1)])
  },
  (prng, frame) => frame.subarray(0, 1 + prng.below(frame.length)),
  (prng, frame) => Buffer.concat([frame, prng.bytes(1 + prng.below(20))]),
  function repeatPart(prng, frame) {
    const from = prng.below(frame.length)
    const part = frame.subarray(from, from + 1 + prng.below(frame.length - from))
    const times = 1 + prng.below(8)
    return Buffer.concat([
      frame.subarray(0, from),
      ...Array(times).fill(part),
      frame.subarray(from),
    ])
  },
  function dropPart(prng, frame) {
    const from = 1 + prng.below(frame.length)
    return Buffer.concat([frame.subarray(0, from), frame.subarray(from + 1 + prng.below(8))])
  },
  function splice(prng, frame, others) {
    const other = prng.pick(others)
    return Buffer.concat([
      frame.subarray(0, 1 + prng.below(frame.length)),
      other.subarray(prng.below(other.length)),
    ])
  },
  function otherTag(prng, frame) {
    const copy = Buffer.from(frame)
    copy[0] = 2 * prng.below(26)
    return copy
  },
]

/** One of `corpus` with one to three changes. */
export function mutated(prng: Prng, corpus: readonly Buffer[]): Buffer {
  let frame = prng.pick(corpus)
  for (let i = 0; i <= prng.below(3); i++) frame = prng.pick(MUTATIONS)(prng, frame, corpus)
  return frame
}

/** A tag, then numbers, edges and noise. */
export function generated(prng: Prng): Buffer {
  const parts: Uint8Array[] = [
    Uint8Array.of(prng.chance(0.9) ? 2 * prng.below(25) : prng.below(256)),
  ]
  for (let i = 0; i < prng.below(12); i++) {
    parts.push(prng.chance(0.5) ? prng.pick(EDGES) : prng.bytes(prng.below(40)))
  }
  return Buffer.concat(parts)
}

export function hostileFrame(prng: Prng, corpus: readonly Buffer[]): Buffer {
  return prng.chance(0.8) ? mutated(prng, corpus) : generated(prng)
}

/** With its length before it, now and then a wrong one. */
export function framed(prng: Prng, content: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUInt32LE(prng.chance(0.95) ? content.length : prng.next())
  return Buffer.concat([header, content])
}
