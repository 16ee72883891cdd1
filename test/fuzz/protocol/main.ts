// `npm run fuzz:protocol -- [--minutes N | --count N] [--seed S]`: hostile frames for the codec, the cluster machine and
// a real node, in rounds, each with a seed of its own. The first failure ends it, and says what replays it.
import { parseArgs } from 'node:util'
import { endAll } from '../../process/harness.js'
import { fuzzCodec } from './codec.js'
import { fuzzMachine } from './machine.js'
import { fuzzNode } from './node.js'
import { recordTraffic, SAMPLE_FRAMES } from './traffic.js'

/** Frames of a round. */
const ROUND = { codec: 100_000, machine: 60_000, node: 10_000 }

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    count: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})
const count = values.count === undefined ? Number.POSITIVE_INFINITY : Number(values.count)
const minutes = Number(values.minutes ?? (values.count === undefined ? 1 : 1e6))
const first = Number(values.seed)
if ([count, minutes, first].some(Number.isNaN)) {
  console.error('usage: npm run fuzz:protocol -- [--minutes N | --count N] [--seed S]')
  process.exit(2)
}

const corpus = [...SAMPLE_FRAMES, ...(await recordTraffic())]
const end = performance.now() + minutes * 60_000
let frames = 0
for (let seed = first; frames < count && performance.now() < end; seed++) {
  const codec = fuzzCodec(seed, corpus, ROUND.codec)
  const machine = fuzzMachine(seed, corpus, ROUND.machine)
  const node = await fuzzNode(seed, corpus, ROUND.node)
  frames += codec.accepted + codec.refused + machine.frames + node.frames
  console.log(
    `seed ${seed}, ${frames} frames in all: codec ${codec.accepted} accepted, ${codec.refused} refused, dearest ${codec.worstMs.toFixed(1)} ms of processor; ` +
      `machine ${machine.inputs} inputs, ${machine.lives} lives, dearest ${machine.worstMs.toFixed(1)} ms; ` +
      `node ${node.connections} connections, ${node.frames} frames, ${node.answers} of its dials answered, worst turn ${node.worst.cpuMs.toFixed(1)} ms of processor, ${node.worst.wallMs.toFixed(1)} by the clock, garbage ${node.worst.gcMs.toFixed(1)}, ` +
      `heap ${mebibytes(node.heapBefore)} to ${mebibytes(node.heapAfter)}`,
  )
}
await endAll()

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MiB`
}
