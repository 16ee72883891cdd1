// The codec and the framing against hostile bytes: a message or ERR_IRIDIUM_BAD_FRAME, at once.
import * as assert from 'uvu/assert'
import { IridiumError } from '../../../src/core/errors.js'
import { MAX_CONTROL_FRAME_BYTES } from '../../../src/core/limits.js'
import { decodeMessage } from '../../../src/protocol/codec.js'
import { FrameReader } from '../../../src/protocol/framing.js'
import type { Message } from '../../../src/protocol/messages.js'
import { Prng } from '../../sim/prng.js'
import { framed, hostileFrame } from './bytes.js'
import { encoded } from './traffic.js'

export interface CodecTally {
  accepted: number
  refused: number
  /** Processor time of the dearest frame. */
  worstMs: number
}

/** Throws at the first frame with another outcome; `seed` and the corpus replay it. */
export function fuzzCodec(seed: number, corpus: readonly Buffer[], count: number): CodecTally {
  const prng = new Prng(seed, 1)
  const tally = { accepted: 0, refused: 0, worstMs: 0 }
  for (let i = 0; i < count; i++) {
    const content = hostileFrame(prng, corpus)
    const begun = process.cpuUsage()
    const message = decoded(content)
    tally.worstMs = Math.max(tally.worstMs, cpuMs(begun))
    if (message === null) tally.refused++
    else {
      tally.accepted++
      assert.equal(decodeMessage(encoded(message)), message, content.toString('hex'))
    }
    if (i % 4 === 0) cut(prng, corpus)
  }
  return tally
}

/** Processor time since `begun`: the clock would count what other processes take. */
export function cpuMs(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / 1000
}

/** Null if it is refused as it must be. */
export function decoded(content: Buffer): Message | null {
  try {
    return decodeMessage(content)
  } catch (error) {
    if (error instanceof IridiumError && error.code === 'ERR_IRIDIUM_BAD_FRAME') return null
    throw new Error(`decoding ${content.toString('hex')}`, { cause: error })
  }
}

/** A stream of frames, cut anywhere. */
function cut(prng: Prng, corpus: readonly Buffer[]): void {
  const frames = [0, 1, 2].map(() => framed(prng, hostileFrame(prng, corpus)))
  const stream = Buffer.concat(frames)
  const reader = new FrameReader(MAX_CONTROL_FRAME_BYTES)
  let handedOn = 0
  try {
    for (let at = 0; at < stream.length; ) {
      const end = at + 1 + prng.below(200)
      reader.push(stream.subarray(at, end), (bytes, from, to) => {
        assert.ok(from < to && to <= bytes.length)
        handedOn += to - from
      })
      at = end
    }
  } catch (error) {
    assert.instance(error, IridiumError)
    assert.is((error as IridiumError).code, 'ERR_IRIDIUM_BAD_FRAME')
  }
  assert.ok(handedOn <= stream.length)
}
