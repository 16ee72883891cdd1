// The network in memory: the contract of transports, and the faults that only it can make.
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { realClock } from '../../src/node/clock.js'
import { MemoryNetwork } from '../../src/transport/memory.js'
import { conform, dial, listen, text } from './conformance.js'

function network(): MemoryNetwork {
  return new MemoryNetwork({
    latencyMs: 1,
    schedule: (delayMs, callback) => {
      setTimeout(callback, delayMs)
    },
  })
}
const host = { clock: realClock, run: (callback: () => void) => void setImmediate(callback) }

conform('memory', () => {
  const shared = network()
  return [shared.endpoint(host), shared.endpoint(host)]
})

const test = suite('faults in memory')

// The clock's timers do not keep a process alive, and there is no socket here that does.
const alive = setInterval(() => {}, 1000)
test.after(() => clearInterval(alive))

async function pair() {
  const shared = network()
  const [here, there] = [shared.endpoint(host), shared.endpoint(host)]
  const { listener, next } = await listen(there)
  const [near, far] = await Promise.all([dial(here, listener), next()])
  return { shared, here, there, listener, near, far }
}

test('a cut holds what is under way, one way only, and mending delivers it in order', async () => {
  const { shared, here, there, near, far } = await pair()
  shared.cut(here, there)
  near.connection.write(Buffer.from('one '))
  near.connection.write(Buffer.from('two'))
  far.connection.write(Buffer.from('back'))
  await sleep(20)
  assert.is(text(far), '')
  assert.is(text(near), 'back')
  shared.mend()
  await sleep(20)
  assert.is(text(far), 'one two')
})

test('a dial over a cut times out, also to an address where nobody listens any more', async () => {
  const { shared, here, there, listener } = await pair()
  shared.cut(here, there)
  for (const _ of ['listening', 'closed']) {
    const why = await new Promise((resolve) => {
      here.dial(listener.address, 20, {
        connected: () => {
          throw new Error('connected over a cut')
        },
        failed: resolve,
      })
    })
    assert.is(why, 'timeout')
    listener.close()
  }
})

test('the connection of a dial that has timed out does not stay open at the other end', async () => {
  const shared = network()
  const [here, there] = [shared.endpoint(host), shared.endpoint(host)]
  const { listener, next } = await listen(there)
  shared.cut(here, there)
  let failed = 0
  here.dial(listener.address, 20, {
    connected: () => {
      throw new Error('connected after its time')
    },
    failed: () => failed++,
  })
  await sleep(40)
  shared.mend()
  const far = await next()
  await far.closed
  assert.is(failed, 1)
})

test('a killed process: its connections close, its port refuses', async () => {
  const { here, there, listener, near } = await pair()
  there.kill()
  assert.is(await near.closed, undefined)
  assert.match(((await dial(here, listener).catch((e: Error) => e)) as Error).message, /^refused/)
})

test('a process that does not run is dialled all the same, and its writers are made to wait', async () => {
  const queue: (() => void)[] = []
  const stalled = { clock: realClock, run: (callback: () => void) => void queue.push(callback) }
  const shared = network()
  const [here, there] = [shared.endpoint(host), shared.endpoint(stalled)]
  const { listener, next } = await listen(there)
  const near = await dial(here, listener)
  while (near.connection.write(Buffer.alloc(1000)));
  await sleep(20)
  assert.ok(near.connection.writableLength >= 16_000)
  for (const callback of queue.splice(0)) callback()
  await next()
  await sleep(5)
  assert.is(near.connection.writableLength, 0)
  assert.equal(near.log, ['drained'])
})

test.run()
