// The session over streams: what the other end reads, to the byte.
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_LINE_BYTES } from '../../src/core/limits.js'
import { IridiumNode } from '../../src/node/iridium-node.js'
import { converse, StreamOutlet } from '../../src/repl/pipe.js'
import { Seat } from '../../src/repl/seat.js'
import { Session } from '../../src/repl/session.js'

const HEAD = "Welcome to Iridium! Let's be productive!\n>>> "

function connect() {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const outlet = new StreamOutlet(output)
  const seat = new Seat({ port: 0, anyPort: true, create: (port) => new IridiumNode({ port }) })
  const session = new Session(seat, outlet)
  const over = converse(session, input, outlet)
  const close = async () => {
    input.end()
    await over
    await session.close()
    await seat.close()
  }
  return { input, output, outlet, over, [Symbol.asyncDispose]: close }
}

async function talk(input: string): Promise<string> {
  await using it = connect()
  it.input.end(input)
  await it.over
  it.output.end()
  return text(it.output)
}

test('a prompt follows each reply; the end of the input ends the session', async () => {
  assert.is(await talk(''), `${HEAD}\n`)
  assert.is(await talk('!nothing\nload $0 #1\n'), `${HEAD}Invalid command!\n>>> >>> \n`)
  assert.is(await talk('!nothing'), `${HEAD}Invalid command!\n>>> \n`)
})

test('nothing is taken after !quit', async () => {
  assert.is(await talk('!quit\n!nothing\n'), `${HEAD}Farewell! Have a great day!\n`)
})

test('a path is asked for where the prompt would be', async () => {
  const question = 'Please enter the path to the file you wish to load: '
  assert.is(
    await talk('!load_file\nnone.iasm\n'),
    `${HEAD}${question}Attempting to load program from file...\nCould not read the file: there is no file none.iasm.\n>>> \n`,
  )
})

test('a reply that does not end its line is followed by a line break', async () => {
  assert.is(await talk(".data a: .asciiz 'text' .code prts @a\n"), `${HEAD}text\n>>> \n`)
})

test('a line that is too long is refused, and the next one is taken', async () => {
  const replies = 'Unable to parse input: the line is too long\n>>> Invalid command!\n>>> \n'
  assert.is(await talk(`${'x'.repeat(MAX_LINE_BYTES + 1)}\n!x\n`), `${HEAD}${replies}`)
})

test('a notice takes lines of its own, and the prompt is repeated', async () => {
  await using it = connect()
  await new Promise((resolve) => setImmediate(resolve))
  it.outlet.notice('* beta has joined')
  it.input.end()
  await it.over
  it.output.end()
  assert.is(await text(it.output), `${HEAD}\n* beta has joined\n>>> \n`)
})

test.run()
