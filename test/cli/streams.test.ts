// The command and its streams: readers that go away, signals, programs without an end.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from './in-process.js'
import { endAll, Running } from './running.js'

const cwd = temporaryFolder()
writeFileSync(
  join(cwd, 'chatter.iasm'),
  ".data\ntext: .asciiz 'on and on '\n.code\nmore: PRTS @text\nEQ $0 $0\nDJMPE @more\n",
)
writeFileSync(join(cwd, 'busy.iasm'), '.data\n.code\nmore: EQ $0 $0\nDJMPE @more\n')

test('a program that prints for ever ends when nobody reads any more', async () => {
  const run = new Running(['chatter.iasm'], { cwd })
  await run.until(/on and on/)
  run.child.stdout?.destroy()
  const { code, stderr } = await run.end()
  assert.equal({ code, stderr }, { code: 0, stderr: '' })
})

test('a program that prints to a reader that does not read waits, and can be ended', async () => {
  const run = new Running(['chatter.iasm'], { cwd })
  run.child.stdout?.pause()
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await run.stop('SIGTERM')
  assert.is(run.child.signalCode, 'SIGTERM')
})

test('a signal ends a program without an end', async () => {
  const run = new Running(['busy.iasm', '-t', 'x'], { cwd })
  await run.until(/going on/, 'stderr')
  await run.stop('SIGINT')
  assert.is(run.child.signalCode, 'SIGINT')
})

test.after(endAll)
test.run()
