// Sessions over the network, by what the other end of a plain connection sees; and their bounds.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Clock } from '../../src/core/clock.js'
import {
  MAX_REMOTE_LINE_BYTES,
  MAX_REMOTE_LINE_FUEL,
  MAX_REMOTE_QUEUED_BYTES,
  MAX_REMOTE_REPLY_BYTES,
  MAX_REMOTE_SESSIONS,
} from '../../src/core/limits.js'
import { realClock } from '../../src/node/clock.js'
import { IridiumNode } from '../../src/node/iridium-node.js'
import { replTransport } from '../../src/node/repl-transport.js'
import { serveSessions } from '../../src/repl/remote-access.js'
import { Seat } from '../../src/repl/seat.js'

const BANNER = "Welcome to Iridium! Let's be productive!\n>>> "

async function serve(clock: Clock = realClock) {
  const create = (port: number) => new IridiumNode({ alias: 'host', port })
  const seat = new Seat({ port: 0, anyPort: true, create })
  const remote = await serveSessions({
    transport: replTransport({}),
    address: { host: '127.0.0.1', port: 0 },
    seat,
    failed: assert.unreachable,
    clock,
  })
  const people: Person[] = []
  const visit = () => {
    const person = new Person(connect(remote.address.port, '127.0.0.1'))
    people.push(person)
    return person
  }
  const close = async () => {
    for (const { socket } of people) socket.destroy()
    await remote.close()
    await seat.close()
  }
  return { visit, seat, remote, [Symbol.asyncDispose]: close }
}

/** Somebody at the other end of a connection. */
class Person {
  readonly socket: Socket
  heard = ''
  readonly left: Promise<void>

  constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('latin1').on('data', (text) => {
      this.heard += text
    })
    socket.on('error', () => {})
    this.left = new Promise((resolve) => socket.on('close', () => resolve()))
  }

  /** Resolves when what was heard since the last time ends with `ending`, to that. */
  async until(ending: string, withinMs = 20_000): Promise<string> {
    const deadline = Date.now() + withinMs
    while (!this.heard.endsWith(ending)) {
      if (Date.now() > deadline) throw new Error(`never ${ending}: ${this.heard.slice(-500)}`)
      await sleep(2)
    }
    const { heard } = this
    this.heard = ''
    return heard
  }

  async ask(line: string): Promise<string> {
    this.socket.write(`${line}\n`)
    return (await this.until('>>> ')).slice(0, -4)
  }
}

test('banner and prompt, then one line one reply and a prompt', async () => {
  await using host = await serve()
  const person = host.visit()
  assert.is(await person.until('>>> '), BANNER)
  assert.is(await person.ask('load $0 #42'), '')
  assert.match(await person.ask('!registers'), /42/)
  assert.is(await person.ask(''), '')
  assert.is(await person.ask('!nonsense'), 'Invalid command!\n')
  assert.match(await person.ask('lood $0'), /^Unable to parse input: /)
  assert.match(await person.ask("hi: .asciiz 'hi'\r"), /^Earlier code has moved/)
  assert.match(await person.ask('prts @hi'), /^hi\n/)
})

test('lines may come in pieces, or many at once; the replies keep their order', async () => {
  await using host = await serve()
  const person = host.visit()
  await person.until('>>> ')
  person.socket.write('load ')
  await sleep(10)
  person.socket.write('$0 #7\n!hi')
  assert.is(await person.until('>>> '), '>>> ')
  person.socket.write('story\n!a\n!history\n')
  assert.is(
    await person.until('!a\n!history\n>>> '),
    'load $0 #7\n!history\n>>> Invalid command!\n>>> load $0 #7\n!history\n!a\n!history\n>>> ',
  )
})

test('every connection has a session and a machine of its own', async () => {
  await using host = await serve()
  const [one, other] = [host.visit(), host.visit()]
  await Promise.all([one.until('>>> '), other.until('>>> ')])
  await one.ask('load $0 #1111')
  assert.match(await one.ask('!registers'), /1111/)
  assert.not.match(await other.ask('!registers'), /1111/)
  assert.is(await other.ask('!history'), '!registers\n!history\n')
})

test('!quit ends the session and nothing else', async () => {
  await using host = await serve()
  const [one, other] = [host.visit(), host.visit()]
  await Promise.all([one.until('>>> '), other.until('>>> ')])
  one.socket.write('!quit\nload $0 #1\n')
  await one.left
  assert.is(one.heard, 'Farewell! Have a great day!\n')
  assert.is(await other.ask('load $0 #1'), '')
  assert.is(host.seat.node.state, 'idle')
})

test('files and the background of the host are out of reach', async () => {
  await using host = await serve()
  const person = host.visit()
  await person.until('>>> ')
  for (const line of ['!load_file', '!load_file /etc/passwd', '!spawn', '!spawn a.iasm']) {
    const name = line.split(' ')[0]
    assert.is(await person.ask(line), `${name} is not available over the network.\n`)
  }
})

test('a request of a browser is no session: nothing in it is carried out', async () => {
  await using host = await serve()
  for (const request of ['POST / HTTP/1.1', 'GET /a?b=c HTTP/1.0', 'OPTIONS * HTTP/1.1']) {
    const page = host.visit()
    await page.until('>>> ')
    page.socket.write(`${request}\r\nHost: 127.0.0.1\r\n\r\n!start_cluster\r\n`)
    await page.left
    assert.is(page.heard, '')
  }
  assert.is(host.seat.node.state, 'idle')
})

test('the sessions act through the node of the host', async () => {
  await using host = await serve()
  const person = host.visit()
  await person.until('>>> ')
  assert.match(await person.ask('!start_cluster'), /^Started cluster server!\nListening on 127/)
  assert.is(host.seat.node.state, 'listening')
  assert.is(await person.ask('!cluster_members'), 'Listing Known Nodes:\n')
})

test('an endless program stops at its bound, and the event loop stays free', async () => {
  await using host = await serve()
  const [busy, other] = [host.visit(), host.visit()]
  await Promise.all([busy.until('>>> '), other.until('>>> ')])
  const done = busy.ask('again: inc $0 eq $1 $1 djmpe @again')
  let longest = 0
  for (let i = 0; i < 5; i++) {
    const start = performance.now()
    await other.ask('load $0 #1')
    longest = Math.max(longest, performance.now() - start)
  }
  assert.ok(longest < 2000, `another session waited ${longest} ms`)
  assert.match(
    await done,
    new RegExp(`^Stopped at \\d+: a line may execute ${MAX_REMOTE_LINE_FUEL} instructions here`),
  )
  assert.is(await busy.ask('load $0 #1'), '')
})

test('a program whose reader goes away ends with its session', async () => {
  await using host = await serve()
  const person = host.visit()
  await person.until('>>> ')
  person.socket.write('again: inc $0 eq $1 $1 djmpe @again\n')
  await sleep(20)
  person.socket.destroy()
  const start = performance.now()
  await host.remote.close()
  assert.ok(performance.now() - start < 5000)
})

test('what a program prints is cut off, also where nobody reads it', async () => {
  await using host = await serve()
  const [reader, deaf] = [host.visit(), host.visit()]
  await Promise.all([reader.until('>>> '), deaf.until('>>> ')])
  deaf.socket.pause()
  const flood = 'again: prts @long eq $0 $0 djmpe @again'
  for (const person of [reader, deaf]) person.socket.write(`long: .asciiz '${'x'.repeat(3000)}'\n`)
  await reader.until('>>> ')
  const before = process.memoryUsage().rss
  deaf.socket.write(`${flood}\n`)
  const reply = await reader.ask(flood)
  assert.ok(reply.length < MAX_REMOTE_REPLY_BYTES + 200)
  assert.match(reply, /\n\.\.\. cut off: more than 1048576 bytes\.\n$/)
  assert.ok(process.memoryUsage().rss - before < 100e6)
  assert.is(await reader.ask('load $0 #1'), '')
})

test('lines have a bound, and so have lines that wait', async () => {
  await using host = await serve()
  const person = host.visit()
  await person.until('>>> ')
  const tooLong = 'Unable to parse input: the line is too long\n'
  assert.is(await person.ask('x'.repeat(MAX_REMOTE_LINE_BYTES + 1)), tooLong)
  assert.is(await person.ask(`load $0 #1${' '.repeat(MAX_REMOTE_LINE_BYTES - 10)}`), '')
  person.socket.write('again: inc $0 eq $1 $1 djmpe @again\n')
  await sleep(20)
  person.socket.write('\n'.repeat(MAX_REMOTE_QUEUED_BYTES + 1))
  await person.left
  assert.match(person.heard, /Too many lines at once/)
})

test('thousands of lines at once hold nobody up', async () => {
  await using host = await serve()
  const person = host.visit()
  await person.until('>>> ')
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  person.socket.write('inc $0\n'.repeat(2000))
  while (person.heard.length < 8000) await sleep(5)
  clearInterval(timer)
  assert.ok(longest < 1000, `a turn took ${longest} ms`)
})

test('a program may grow to its bound, and lines stay quick there', async () => {
  await using host = await serve()
  const person = host.visit()
  await person.until('>>> ')
  const line = 'inc $0 '.repeat(500)
  let reply = ''
  for (let i = 0; i < 100 && reply === ''; i++) reply = await person.ask(`skip${i}: ${line}`)
  assert.match(reply, /^Unable to parse input: the program would have \d+ bytes, and here it may/)
  const start = performance.now()
  await person.ask("text: .asciiz 'moves all the code'")
  assert.ok(performance.now() - start < 5000)
  assert.is(await person.ask('!clear_program'), '')
  assert.is(await person.ask('inc $0'), '')
})

test('the heap of a session is bounded', async () => {
  await using host = await serve()
  const person = host.visit()
  await person.until('>>> ')
  await person.ask('load $0 #1048576')
  assert.match(await person.ask('aloc $0'), /crashed.*heap/i)
})

test('sessions have a bound; one that ends makes room', async () => {
  await using host = await serve()
  const people = Array.from({ length: MAX_REMOTE_SESSIONS }, () => host.visit())
  await Promise.all(people.map((person) => person.until('>>> ')))
  const late = host.visit()
  await late.left
  assert.match(late.heard, /^All 16 sessions are taken; try again later\.\n$/)
  people[0]?.socket.write('!quit\n')
  await people[0]?.left
  await sleep(20)
  assert.is(await host.visit().until('>>> '), BANNER)
})

test('a session in which nothing moves ends', async () => {
  const fast: Clock = {
    ...realClock,
    timer: (delayMs, callback) => realClock.timer(delayMs / 9000, callback),
  }
  await using host = await serve(fast)
  const [idle, active] = [host.visit(), host.visit()]
  await active.until('>>> ')
  for (let i = 0; i < 10; i++) {
    await sleep(20)
    active.socket.write(' ')
  }
  await idle.left
  assert.match(idle.heard, /the session ends\.\n$/)
  assert.is(await active.ask(''), '')
})

test('closing ends all sessions, in bounded time', async () => {
  await using host = await serve()
  const [one, busy] = [host.visit(), host.visit()]
  await Promise.all([one.until('>>> '), busy.until('>>> ')])
  busy.socket.write('again: inc $0 eq $1 $1 djmpe @again\n')
  await sleep(20)
  const start = performance.now()
  await host.remote.close()
  await Promise.all([one.left, busy.left])
  assert.ok(performance.now() - start < 5000)
})

test.run()
