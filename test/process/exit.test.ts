// A closed node keeps nothing alive; a listening one keeps its host alive, as any server does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bundle } from './harness.js'

interface Outcome {
  readonly code: number | null
  readonly resources: string[]
  readonly exitAfterMs: number
  readonly stderr: string
}

const bundled = bundle('exit')

/** Runs a story in a process of its own, which is killed when it lives on so long after its first word. */
async function tell(story: string, livesMs = 10_000): Promise<Outcome> {
  const child = spawn(process.execPath, [await bundled, story])
  const kill = () => child.kill('SIGKILL')
  let timer = setTimeout(kill, 60_000)
  let [stdout, stderr] = ['', '']
  child.stdout.once('data', () => {
    clearTimeout(timer)
    timer = setTimeout(kill, livesMs)
  })
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  clearTimeout(timer)
  const lines = stdout.trim().split('\n').filter(Boolean)
  return Object.assign({ code, stderr }, ...lines.map((line) => JSON.parse(line))) as Outcome
}

const STORIES = [
  'used',
  'in the middle',
  'a stranger lingers',
  'silent peers',
  'full queues',
  'never started',
]

/** `close()` takes 1.5 s at most; the rest is the machine's. */
for (const story of STORIES) {
  test(`${story}: the process ends by itself`, async () => {
    const { code, resources, exitAfterMs, stderr } = await tell(story)
    assert.is(stderr, '')
    assert.is(code, 0)
    assert.ok(exitAfterMs < 6000, `after ${exitAfterMs} ms`)
    assert.equal(resources, [])
  })
}

test('a listening node keeps its process alive', async () => {
  const { code, resources } = await tell('listening', 1000)
  assert.is(code, null, 'it was killed')
  assert.ok(resources.includes('TCPServerWrap'))
})

test.run()
