// Hostile frames by the ten thousand, always the same ones; `npm run fuzz:protocol` goes on where this ends.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll } from '../../process/harness.js'
import { fuzzCodec } from './codec.js'
import { fuzzMachine } from './machine.js'
import { fuzzNode } from './node.js'
import { recordTraffic, SAMPLE_FRAMES } from './traffic.js'

/** Above the 50 ms that hold on a machine of one's own: what else runs here is not known. */
const WORST_MS = 500

test.after(endAll)

test('the codec: 20,000 frames, each a message or ERR_IRIDIUM_BAD_FRAME, at once', () => {
  const { accepted, refused, worstMs } = fuzzCodec(1, SAMPLE_FRAMES, 20_000)
  assert.ok(accepted > 500 && refused > 10_000, `${accepted} accepted, ${refused} refused`)
  assert.ok(worstMs < WORST_MS, `${worstMs} ms`)
})

test('the cluster machine: 20,000 messages in any state of a link; its friend stays a member', () => {
  const { inputs, lives, worstMs } = fuzzMachine(1, SAMPLE_FRAMES, 20_000)
  assert.ok(inputs > 30_000 && lives > 2, `${inputs} inputs in ${lives} lives`)
  assert.ok(worstMs < WORST_MS, `${worstMs} ms`)
})

test('a node over sockets: 4,000 frames, true ones of two nodes among what they are made of', async () => {
  const corpus = [...SAMPLE_FRAMES, ...(await recordTraffic())]
  assert.ok(corpus.length > SAMPLE_FRAMES.length + 15)
  const { answers, worst, heapBefore, heapAfter } = await fuzzNode(1, corpus, 4000)
  assert.ok(answers > 10, `${answers} of its dials were answered`)
  assert.ok(worst.cpuMs < WORST_MS, `its event loop stood still for ${worst.cpuMs} ms`)
  assert.ok(heapAfter < heapBefore + 8 * 2 ** 20, `heap ${heapBefore} to ${heapAfter}`)
})

test.run()
