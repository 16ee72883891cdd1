// What examples/prometheus.mjs exposes is the text format of Prometheus, follows its conventions, and lacks nothing.
// https://prometheus.io/docs/instrumenting/exposition_formats/ and /docs/practices/naming/
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const ALIAS = 'a \\ and a "b", ümlaut {x="y"} 1'
const SCRIPT = `
  import { exposition } from './examples/prometheus.mjs'
  import { IridiumNode } from 'iridium-node'
  const node = new IridiumNode({ alias: 'n', port: 0 })
  await node.start()
  const other = new IridiumNode({ alias: ${JSON.stringify(ALIAS)}, port: 0 })
  await other.join(node.address)
  while (Object.keys(node.stats().roundTripMs).length === 0) await new Promise((r) => setTimeout(r, 20))
  const before = exposition(node)
  // Every number of stats() changes something in what is exposed.
  const stats = node.stats()
  const unseen = []
  const visit = (value, path) => {
    for (const key of Object.keys(value)) {
      if (typeof value[key] !== 'number') visit(value[key], [...path, key])
      else {
        const text = exposition({ stats: () => stats })
        value[key] += 7
        if (exposition({ stats: () => stats }) === text) unseen.push([...path, key].join('.'))
      }
    }
  }
  visit(stats, [])
  await Promise.all([node.close(), other.close()])
  process.stdout.write('\\n----\\n' + JSON.stringify({ text: before, unseen }))`

interface Family {
  readonly name: string
  readonly type: string
  readonly samples: { labels: Record<string, string>; value: number }[]
}

/** Reads the format strictly: throws at whatever is none of it. */
function parse(text: string): Family[] {
  assert.ok(text.endsWith('\n'), 'the last line ends, too')
  const families: Family[] = []
  let help: string | undefined
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line)
    if (comment) {
      const [, kind, name, rest] = comment as unknown as [string, string, string, string]
      if (kind === 'HELP') {
        assert.not.match(rest, /\\(?![\\n])/)
        help = name
      } else {
        assert.is(help, name, 'HELP and TYPE belong together')
        assert.not.ok(
          families.some((family) => family.name === name),
          `${name} comes once`,
        )
        families.push({ name, type: rest, samples: [] })
      }
      continue
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]+)$/.exec(line)
    assert.ok(sample, `no sample: ${line}`)
    const [, name, inner, number] = sample as unknown as [
      string,
      string,
      string | undefined,
      string,
    ]
    const family = families.at(-1)
    assert.is(family?.name, name, 'samples stand below their TYPE')
    family?.samples.push({
      labels: inner === undefined ? {} : labelsOf(inner),
      value: Number(number),
    })
  }
  return families
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  const pattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [, name = '', value = '', end] = match
    labels[name] = value.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))
    if (end === '') return labels
  }
  throw new Error(`no labels: ${text}`)
}

test('the format, the conventions, and nothing missing', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', SCRIPT],
    { cwd: resolve(import.meta.dirname, '..'), timeout: 30_000 },
  )
  const { text, unseen } = JSON.parse(stdout.split('\n----\n')[1] as string)
  assert.equal(unseen, [])
  const families = parse(text)
  assert.ok(families.length > 30)
  for (const { name, type, samples } of families) {
    assert.match(name, /^iridium_[a-z_]+$/)
    assert.ok(type === 'counter' || type === 'gauge', `${name} is a ${type}`)
    assert.is(name.endsWith('_total'), type === 'counter', name)
    assert.not.match(name, /_(ms|milliseconds|kb|mb|count|sum)(_total)?$/, 'base units')
    for (const { value } of samples) assert.ok(Number.isFinite(value) && value >= 0, name)
    const seen = samples.map(({ labels }) => JSON.stringify(labels))
    assert.is(new Set(seen).size, samples.length, `${name} has each series once`)
  }
  const trip = families.find(({ name }) => name === 'iridium_round_trip_seconds')
  assert.equal(
    trip?.samples.map(({ labels }) => labels),
    [{ member: ALIAS }],
  )
  assert.ok((trip?.samples[0]?.value ?? 9) < 5, 'seconds')
})

test.run()
