// What transcripts cannot show: interrupting, the background, bounds, output as it comes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_HISTORY_LINES, MAX_SPAWNED_PROGRAMS } from '../../src/core/limits.js'
import { open } from './play.js'

const until = async (holds: () => boolean) => {
  const deadline = Date.now() + 10_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`never: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('a line that never ends leaves the event loop free, and can be interrupted', async () => {
  await using it = open()
  const handled = it.session.handle('again: inc $0 eq $1 $1 djmpe @again')
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  await until(() => turns >= 20)
  clearInterval(timer)
  it.session.interrupt()
  await handled
  assert.match(it.recorder.text, /^Interrupted at \d+\.\n$/)
  it.recorder.text = ''
  await it.session.handle('load $0 #1')
  assert.is(it.recorder.text, '')
})

test('what a program prints comes while it runs, and no faster than it is read', async () => {
  await using it = open()
  await it.session.handle("tick: .asciiz 'tick '")
  let release = () => {}
  it.recorder.ready = () => new Promise((resolve) => (release = resolve))
  const handled = it.session.handle('again: prts @tick eq $0 $0 djmpe @again')
  await until(() => it.recorder.text !== '')
  const { length } = it.recorder.text
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.is(it.recorder.text.length, length)
  it.recorder.ready = () => Promise.resolve()
  it.session.interrupt()
  release()
  await handled
  assert.match(it.recorder.text, /tick \nInterrupted at \d+\.\n$/)
})

test('an interrupt while a path is asked for takes the question back', async () => {
  await using it = open()
  await it.session.handle('!load_file')
  assert.match(it.session.prompt, /Please enter the path/)
  it.session.interrupt()
  assert.is(it.session.prompt, '>>> ')
})

test('a spawned program begins with a copy of the registers and tells how it ended', async () => {
  await using it = open()
  await it.session.handle('load $5 #5')
  await it.session.handle('!spawn count.iasm')
  assert.match(it.recorder.text, /djmpe @loop[\s\S]*Running in the background as program 1\.\n$/)
  await it.session.handle('load $5 #6')
  await until(() => it.recorder.notices.length > 0)
  assert.equal(it.recorder.notices, [
    '* Program 1 has halted with code 0, after 34 instructions\ncounted to ten\n  $0 = 10, $1 = 10, $5 = 5',
  ])
})

test('spawned programs are bounded in number, and end with the session', async () => {
  await using it = open()
  for (let count = 0; count <= MAX_SPAWNED_PROGRAMS; count++) {
    it.recorder.text = ''
    await it.session.handle('!spawn forever.iasm')
  }
  assert.match(it.recorder.text, /64 spawned programs are running already/)
  const before = Date.now()
  await it.session.close()
  assert.ok(Date.now() - before < 5000)
  assert.is(it.recorder.notices.length, MAX_SPAWNED_PROGRAMS)
})

test('the history is bounded', async () => {
  await using it = open()
  for (let count = 0; count < MAX_HISTORY_LINES + 10; count++) await it.session.handle(`;${count}`)
  await it.session.handle('!history')
  const lines = it.recorder.text.trimEnd().split('\n')
  assert.is(lines.length, MAX_HISTORY_LINES)
  assert.is(lines.at(-1), '!history')
})

test('after the end nothing is taken', async () => {
  await using it = open()
  await it.session.handle('!quit')
  it.recorder.text = ''
  await it.session.handle('!registers')
  assert.is(it.recorder.text, '')
})

test.run()
