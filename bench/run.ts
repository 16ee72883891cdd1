// Prints the figures of `npm run bench`; `npm run bench -- PATTERN` only those sections whose title matches.
// With --save it also writes them to results/, with the date and what the machine is.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { choiceOfEngine } from './auto.js'
import * as cluster from './cluster.js'
import { comparison, moreKernels } from './comparison.js'
import * as machine from './machine.js'
import { messagesOneWay, messagesRoundTrip } from './messages.js'
import { turnsBesideHostile } from './turns.js'

/** Bytes of the messages between two processes. */
const SIZES = [64, 1024, 65_536]

type Measure = () => string[] | Promise<string[]>

const SECTIONS: readonly (readonly [title: string, measure: Measure])[] = [
  ['The counting loop, per instruction', machine.countingLoop],
  ['Kernels, in slices of 10,000 instructions, as multiples of JavaScript', comparison],
  ['More kernels, in slices of 10,000 instructions, as multiples of JavaScript', moreKernels],
  ['Leaving a program and coming back', machine.slices],
  ['Compilation', machine.compilation],
  ['From bytes to the first instruction', machine.firstInstruction],
  ['auto, against the other engines', choiceOfEngine],
  ['100,000 idle machines, per machine', machine.idleMachines],
  ['100,000 machines, per machine', machine.manyMachines],
  ['Turns beside ten hostile programs', turnsBesideHostile],
  ...SIZES.map(
    (size) =>
      [
        `Messages one way between two processes, ${size} bytes`,
        () => messagesOneWay(size),
      ] as const,
  ),
  ...SIZES.map(
    (size) =>
      [`Round trips between two processes, ${size} bytes`, () => messagesRoundTrip(size)] as const,
  ),
  ['Joining as the 20th node, beside raw dials', cluster.twentiethJoin],
  ['50 nodes started at once, from the last that listens to the full mesh', cluster.meshAtOnce],
  ['An idle mesh of 50 nodes, each node', cluster.idleMesh],
  ['A process of six is killed', cluster.processKilled],
  ['A process of six freezes', cluster.processFrozen],
  ['Small messages beside one of 16 MiB', cluster.besideLarge],
]

const args = process.argv.slice(2)
const isSaved = args.includes('--save')
const pattern = new RegExp(args.find((arg) => arg !== '--save') ?? '', 'i')
const date = new Date().toISOString()
const description = [
  `Node ${process.version} (V8 ${process.versions.v8}), ${type()} ${release()}`,
  `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
  `load average at the start: ${load()}`,
]

const text = [`# The bench, ${date.slice(0, 10)}`, '', ...description.map((line) => `- ${line}`)]
console.log(description.join('\n'))
for (const [title, measure] of SECTIONS) {
  if (!pattern.test(title)) continue
  console.log(`\n${title}`)
  const lines = await measure()
  for (const line of lines) console.log(`  ${line}`)
  text.push('', `## ${title}`, '', '```text', ...lines.map((line) => line.trimEnd()), '```')
}
text.push(
  '',
  `Load average at the end: ${load()}. Times of the machine are of the processor, the best of several rounds.`,
)
if (isSaved) save()

function save(): void {
  const folder = new URL('results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(`${date.slice(0, 10)}-bench.md`, folder), `${text.join('\n')}\n`)
}

function load(): string {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(', ')
}
