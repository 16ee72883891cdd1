// Channels over real sockets, plain and with a secret: large messages beside small ones, and an evolved schema.
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Channel, IridiumNode } from '../../src/index.js'

const MIB = 1024 * 1024
const SECRET = 'a-secret-of-the-tests-of-channels'

async function two(secure: boolean) {
  const common = { port: 0, ...(secure && { secret: SECRET }) }
  const a = new IridiumNode({ ...common, alias: 'a' })
  const b = new IridiumNode({ ...common, alias: 'b' })
  await a.start()
  if (!a.address) throw new Error('a does not listen')
  await b.join(a.address)
  const close = async (): Promise<void> => {
    await Promise.all([a.close(), b.close()])
  }
  return { a, b, close }
}

for (const secure of [false, true]) {
  test(`16 MiB go beside small messages, in order and whole${secure ? ', with a secret' : ''}`, async () => {
    const { a, b, close } = await two(secure)
    const open = (node: IridiumNode): [Channel<Buffer>, Channel<number>] => [
      node.channel<Buffer>('large', 'bytes', { maxMessageBytes: 16 * MIB }),
      node.channel<number>('small', 'int'),
    ]
    const [largeA, smallA] = open(a)
    const [largeB, smallB] = open(b)
    const lengths: number[] = []
    let numbers = 0
    largeB.on('message', ({ value }) => {
      lengths.push(value.length)
      assert.is(value[value.length - 1], lengths.length)
    })
    smallB.on('message', ({ value }) => {
      assert.is(value, numbers++)
    })
    const large = [1, 2].map((byte) => largeA.send('b', Buffer.alloc(16 * MIB, byte)))
    let during = 0
    let isSending = true
    const done = Promise.all(large).then(() => {
      isSending = false
    })
    for (let i = 0; isSending || i < 20; i++) {
      await smallA.send('b', i)
      await sleep(1)
      if (isSending) during = numbers
    }
    await done
    for (let i = 0; lengths.length < 2 && i < 500; i++) await sleep(10)
    assert.equal(lengths, [16 * MIB, 16 * MIB])
    assert.ok(during > 0, 'small messages have passed between the pieces')
    assert.is(a.stats().channels.waitingBytes, 0)
    assert.is(b.stats().channels.reassemblyBytes, 0)
    await close()
  })
}

test('what was sent before a goodbye arrives before it', async () => {
  const { a, b, close } = await two(false)
  const log: string[] = []
  const sender = a.channel<number>('c', 'int')
  b.channel<number>('c', 'int').on('message', () => {
    log.push('message')
  })
  b.on('memberLeft', ({ reason }) => {
    log.push(reason)
  })
  for (let i = 0; i < 1000; i++) sender.write('b', i)
  await a.leave()
  for (let i = 0; log.at(-1) !== 'left' && i < 200; i++) await sleep(10)
  assert.equal(log, [...Array(1000).fill('message'), 'left'])
  await close()
})

test.run()
