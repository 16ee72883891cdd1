// Listeners that throw harm nobody; node:events' own helpers work.
import { on, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { GuardedEmitter } from '../../src/node/guarded-emitter.js'

type Events = {
  ping: (value: number) => void
  error: (error: Error) => void
}

class Subject extends GuardedEmitter<Events> {
  readonly failures: [string, unknown][] = []
  protected override listenerFailed(event: keyof Events, cause: unknown): void {
    this.failures.push([event, cause])
  }
}

// What node:events asks for at run time; the types ask for more than eventemitter3 has.
const asEmitter = (subject: Subject) => subject as unknown as NodeJS.EventEmitter

test('a listener that throws is reported; the others are called', () => {
  const subject = new Subject()
  const seen: number[] = []
  const fault = new Error('mine')
  subject.on('ping', (value) => seen.push(value))
  subject.on('ping', () => {
    throw fault
  })
  subject.on('ping', (value) => seen.push(value * 10))
  assert.ok(subject.emit('ping', 1))
  assert.equal(seen, [1, 10])
  assert.equal(subject.failures, [['ping', fault]])
})

test('an asynchronous listener that rejects is reported, and is no unhandled rejection', async () => {
  const subject = new Subject()
  const fault = new Error('late')
  subject.on('ping', async () => {
    await sleep(1)
    throw fault
  })
  subject.emit('ping', 1)
  await sleep(10)
  assert.equal(subject.failures, [['ping', fault]])
})

test('once is called once, also when it throws', () => {
  const subject = new Subject()
  let calls = 0
  subject.once('ping', () => {
    calls++
    throw new Error('once')
  })
  subject.emit('ping', 1)
  assert.not.ok(subject.emit('ping', 2))
  assert.is(calls, 1)
  assert.is(subject.failures.length, 1)
})

test('listeners are removed by the function that was added, under every name of the methods', () => {
  const subject = new Subject()
  const seen: number[] = []
  const listener = (value: number) => void seen.push(value)
  for (const add of ['on', 'once', 'addListener'] as const) {
    for (const remove of ['off', 'removeListener'] as const) {
      subject[add]('ping', listener)
      assert.is(subject.listenerCount('ping'), 1)
      subject[remove]('ping', listener)
      assert.is(subject.listenerCount('ping'), 0)
    }
  }
  subject.emit('ping', 1)
  assert.equal(seen, [])
})

test('the same listener on two events is removed from one', () => {
  const subject = new Subject()
  const seen: unknown[] = []
  const listener = (value: unknown) => void seen.push(value)
  subject.on('ping', listener).on('error', listener)
  subject.off('ping', listener)
  subject.emit('ping', 1)
  subject.emit('error', new Error('kept'))
  assert.is(seen.length, 1)
})

test('a listener is called with the emitter as this', () => {
  const subject = new Subject()
  let self: unknown
  subject.on('ping', function (this: unknown) {
    self = this
  })
  subject.emit('ping', 1)
  assert.is(self, subject)
})

test('what is no function is refused', () => {
  assert.throws(() => new Subject().on('ping', 5 as never), TypeError)
})

test('once of node:events: the event, an error, a signal', async () => {
  const subject = new Subject()
  const first = once(asEmitter(subject), 'ping')
  subject.emit('ping', 7)
  assert.equal(await first, [7])

  const failing = once(asEmitter(subject), 'ping')
  const fault = new Error('broken')
  subject.emit('error', fault)
  assert.is(await failing.catch((error: unknown) => error), fault)

  const controller = new AbortController()
  const aborted = once(asEmitter(subject), 'ping', { signal: controller.signal })
  controller.abort()
  assert.is(((await aborted.catch((error: unknown) => error)) as Error).name, 'AbortError')
  assert.is(subject.listenerCount('ping') + subject.listenerCount('error'), 0)
})

test('on of node:events: iterates, and takes its listeners away at the end', async () => {
  const subject = new Subject()
  const seen: number[] = []
  setImmediate(() => {
    for (const value of [1, 2, 3]) subject.emit('ping', value)
  })
  for await (const [value] of on(asEmitter(subject), 'ping')) {
    seen.push(value)
    if (value === 3) break
  }
  assert.equal(seen, [1, 2, 3])
  assert.is(subject.listenerCount('ping') + subject.listenerCount('error'), 0)

  const controller = new AbortController()
  setImmediate(() => controller.abort())
  try {
    for await (const _ of on(asEmitter(subject), 'ping', { signal: controller.signal })) void _
    assert.unreachable()
  } catch (error) {
    assert.is((error as Error).name, 'AbortError')
  }
  assert.is(subject.listenerCount('ping'), 0)
})

test.run()
