// npm run demo, as a newcomer runs it: it tells the whole story, ends by itself, and leaves nothing behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const main = resolve(import.meta.dirname, '../../demo/main.mjs')

function start(): ChildProcess & { text: string } {
  const child = Object.assign(spawn(process.execPath, [main]), { text: '' })
  child.stdout.on('data', (chunk) => (child.text += chunk))
  child.stderr.on('data', (chunk) => (child.text += chunk))
  return child
}

test('four nodes meet, run programs, and notice a death, a leave and a return', async () => {
  const begun = Date.now()
  const demo = start()
  const [code] = await once(demo, 'close')
  const { text } = demo
  assert.is(code, 0, text)
  assert.ok(Date.now() - begun < 20_000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no colours where nobody looks
  assert.not.match(text, /\u001b/)
  const count = (pattern: RegExp) => text.match(new RegExp(pattern, 'g'))?.length
  assert.is(count(/ms {3}\w+ +listens on 127\.0\.0\.1:\d+/), 5)
  assert.is(count(/Hello sent to/), 4)
  assert.is(count(/Hello received from/), 4)
  assert.is(count(/HelloAck sent to/), 4)
  assert.is(count(/HelloAck received from/), 4)
  assert.is(count(/"I am \w+, and the sum of 1 to 100 is in \$2": 5050/), 4)
  assert.is(count(/has lost delta: failed/), 3)
  assert.is(count(/has lost gamma: left/), 2)
  assert.is(count(/has a new member: delta, in its incarnation 2/), 2)
  assert.match(text, /delta {3}linked {2}linked {2}linked\n/)
  assert.match(text, /after \d+ ms,\nthe goodbye after \d+ ms/)
})

/** Where the system shows which processes a process has started. */
const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('when something goes wrong it says so, and fails', async () => {
  const demo = start()
  while (!/2\. They meet/.test(demo.text)) await once(demo.stdout as never, 'data')
  const children = childrenOf(demo.pid as number)
  assert.is(children.length, 4)
  process.kill(children[0] as number, 'SIGKILL')
  const [code] = await once(demo, 'close')
  assert.is(code, 1)
  assert.match(demo.text, /This should not have happened: /)
  await gone(children)
})

onLinux('ended from outside, it takes its processes along', async () => {
  const demo = start()
  while (!/2\. They meet/.test(demo.text)) await once(demo.stdout as never, 'data')
  const children = childrenOf(demo.pid as number)
  assert.is(children.length, 4)
  demo.kill('SIGTERM')
  await once(demo, 'close')
  await gone(children)
})

/** From /proc, as Linux has it. */
function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}

async function gone(pids: readonly number[]): Promise<void> {
  const deadline = Date.now() + 5000
  while (pids.some(isAlive)) {
    if (Date.now() > deadline) assert.equal(pids.filter(isAlive), [])
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A zombie is dead; nobody has asked yet how it ended. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

test.run()
