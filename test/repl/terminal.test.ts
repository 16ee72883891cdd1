// The session at a terminal: what a person sees after pressing keys.
import { PassThrough } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { IridiumNode } from '../../src/node/iridium-node.js'
import { Seat } from '../../src/repl/seat.js'
import { Session } from '../../src/repl/session.js'
import { attend, TerminalOutlet } from '../../src/repl/terminal.js'
import { Screen } from './screen.js'

const KEYS = {
  enter: '\r',
  tab: '\t',
  up: '\u001b[A',
  left: '\u001b[D',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
}

function sit(columns = 60) {
  const screen = new Screen(columns)
  const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  const output = screen as unknown as WriteStream
  const outlet = new TerminalOutlet(output, (text) => text)
  const seat = new Seat({ port: 0, anyPort: true, create: (port) => new IridiumNode({ port }) })
  const session = new Session(seat, outlet)
  const over = attend(session, keyboard as unknown as ReadStream, output, outlet)
  const see = async (expected: RegExp) => {
    const deadline = Date.now() + 5000
    while (!expected.test(screen.text)) {
      if (Date.now() > deadline) assert.match(screen.text, expected)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  /** Key by key: what comes in one piece is a paste, which readline treats in its own way. */
  const press = async (...keys: string[]) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are the keys
    for (const [key] of keys.join('').matchAll(/\u001b\[.|./gs)) {
      keyboard.write(key)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const close = async () => {
    keyboard.end()
    await over
    await session.close()
    await seat.close()
  }
  return { screen, outlet, over, see, press, [Symbol.asyncDispose]: close }
}

test('a line is edited, completed, carried out, and comes back from the history', async () => {
  await using it = sit()
  await it.see(/>>> \|$/)
  await it.press('!clear_r', KEYS.tab, KEYS.enter)
  await it.see(/Done!\n>>> \|$/)
  await it.press(KEYS.up)
  assert.is(
    it.screen.text,
    `Welcome to Iridium! Let's be productive!
>>> !clear_registers
Setting all registers to 0
Done!
>>> !clear_registers|`,
  )
})

test('a notice comes above the line being typed', async () => {
  await using it = sit()
  await it.see(/>>> \|$/)
  await it.press('load $0 #1', KEYS.left, KEYS.left)
  it.outlet.notice('* beta has joined')
  assert.match(it.screen.text, /productive!\n\* beta has joined\n>>> load \$0 \|#1$/)
  await it.press('#2 ')
  assert.match(it.screen.text, /\n>>> load \$0 #2 \|#1$/)
})

test('also where the line takes several rows', async () => {
  for (const columns of [20, 24, 28, 31]) {
    await using it = sit(columns)
    await it.see(/>>> \|$/)
    const long = 'a line of forty characters, and of more!'
    await it.press(long)
    const before = it.screen.text
    it.outlet.notice('* one')
    it.outlet.notice('* two')
    assert.is(it.screen.text, before.replace('>>>', '* one\n* two\n>>>'), `${columns} columns`)
    await it.press(KEYS.left.repeat(30))
    const inside = it.screen.text
    it.outlet.notice('* three')
    assert.is(it.screen.text, inside.replace('>>>', '* three\n>>>'), `${columns} columns, inside`)
  }
})

test('Ctrl-C ends what runs, erases what is typed, and never ends the session', async () => {
  await using it = sit()
  await it.see(/>>> \|$/)
  await it.press('again: eq $0 $0 djmpe @aga', KEYS.tab, KEYS.enter)
  await it.press(KEYS.ctrlC)
  await it.see(/Interrupted at \d+\.\n>>> \|$/)
  await it.press('load', KEYS.ctrlC)
  assert.match(it.screen.text, />>> load\^C\n>>> \|$/)
  await it.press(KEYS.ctrlC)
  assert.match(it.screen.text, />>> \^C\nTo leave, type !quit or press Ctrl-D\.\n>>> \|$/)
  await it.press('!load_file', KEYS.enter)
  assert.match(it.screen.text, /\nPlease enter the path[^|]*\|$/)
  await it.press(KEYS.ctrlC)
  assert.match(it.screen.text, /\n>>> \|$/)
})

test('Ctrl-D and !quit end it', async () => {
  await using one = sit()
  await one.see(/>>> \|$/)
  await one.press(KEYS.ctrlD)
  await one.over
  await using two = sit()
  await two.see(/>>> \|$/)
  await two.press('!quit', KEYS.enter)
  await two.over
  assert.match(two.screen.text, /Farewell! Have a great day!\n\|$/)
})

test.run()
