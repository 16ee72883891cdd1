// Calls that wait end once: by their result, their signal, or the node's close.
import { getEventListeners } from 'node:events'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumError } from '../../src/core/errors.js'
import { PendingCalls, type Settle } from '../../src/node/pending.js'

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: IridiumError) => error.code,
  )

function begin(calls: PendingCalls, signal?: AbortSignal) {
  const log: string[] = []
  let settle: Settle<number> | undefined
  const promise = calls.begin<number>({ signal }, (given) => {
    settle = given
    return () => void log.push('abandoned')
  })
  return { promise, log, settle: () => settle as Settle<number> }
}

test('a result ends it, and nothing else then', async () => {
  const calls = new PendingCalls()
  const controller = new AbortController()
  const call = begin(calls, controller.signal)
  call.settle().resolve(5)
  call.settle().reject(new Error('late'))
  controller.abort()
  calls.close()
  assert.is(await call.promise, 5)
  assert.equal(call.log, [])
})

test('many calls share one listener of their signal, and leave none behind', async () => {
  const calls = new PendingCalls()
  const controller = new AbortController()
  const { signal } = controller
  const many = Array.from({ length: 20 }, () => begin(calls, signal))
  assert.is(getEventListeners(signal, 'abort').length, 1)
  many[0]?.settle().resolve(5)
  assert.is(await many[0]?.promise, 5)
  const rest = Promise.all(many.slice(1).map(({ promise }) => codeOf(promise)))
  controller.abort()
  assert.equal(await rest, new Array(19).fill('ERR_IRIDIUM_ABORTED'))
  assert.is(getEventListeners(signal, 'abort').length, 0)
})

test('a signal ends it, with its reason as the cause, and what was begun is given up', async () => {
  const calls = new PendingCalls()
  const controller = new AbortController()
  const call = begin(calls, controller.signal)
  const reason = new Error('enough')
  controller.abort(reason)
  call.settle().resolve(5)
  const error = (await call.promise.catch((error: unknown) => error)) as IridiumError
  assert.is(error.code, 'ERR_IRIDIUM_ABORTED')
  assert.is(error.cause, reason)
  assert.equal(call.log, ['abandoned'])
})

test('a signal that has fired already begins nothing', async () => {
  const call = begin(new PendingCalls(), AbortSignal.abort())
  assert.is(await codeOf(call.promise), 'ERR_IRIDIUM_ABORTED')
  assert.is(call.settle(), undefined)
})

test('what is no signal is refused', async () => {
  for (const signal of [null, 5, {}, new EventTarget()]) {
    const call = begin(new PendingCalls(), signal as AbortSignal)
    assert.is(await codeOf(call.promise), 'ERR_IRIDIUM_BAD_OPTION')
  }
})

test('closing ends all that wait and refuses what comes later', async () => {
  const calls = new PendingCalls()
  const waiting = [begin(calls), begin(calls)]
  calls.close()
  for (const { promise, log } of waiting) {
    assert.is(await codeOf(promise), 'ERR_IRIDIUM_CLOSED')
    assert.equal(log, ['abandoned'])
  }
  const late = begin(calls)
  assert.is(await codeOf(late.promise), 'ERR_IRIDIUM_CLOSED')
  assert.is(late.settle(), undefined)
})

test('a call that fails to begin rejects', async () => {
  const fault = new Error('no')
  const promise = new PendingCalls().begin({}, () => {
    throw fault
  })
  assert.is(await promise.catch((error: unknown) => error), fault)
})

test('a call that ends while it begins gives up what it has begun then, unless it has settled', async () => {
  for (const [how, code, expected] of [
    ['abort', 'ERR_IRIDIUM_ABORTED', ['begun', 'abandoned']],
    ['close', 'ERR_IRIDIUM_CLOSED', ['begun', 'abandoned']],
    ['settle', 'resolved', ['begun']],
  ] as const) {
    const calls = new PendingCalls()
    const controller = new AbortController()
    const log: string[] = []
    const promise = calls.begin<number>({ signal: controller.signal }, ({ resolve }) => {
      if (how === 'abort') controller.abort()
      else if (how === 'close') calls.close()
      else resolve(1)
      log.push('begun')
      return () => void log.push('abandoned')
    })
    assert.is(await codeOf(promise), code)
    controller.abort()
    assert.equal(log, expected)
  }
})

test('a call that settles while it begins takes its listener off the signal', async () => {
  let listeners = 0
  const signal = {
    aborted: false,
    reason: undefined,
    addEventListener: () => listeners++,
    removeEventListener: () => listeners--,
  } as unknown as AbortSignal
  const promise = new PendingCalls().begin<number>({ signal }, ({ resolve }) => {
    resolve(1)
    return undefined
  })
  assert.is(await promise, 1)
  assert.is(listeners, 0)
})

test.run()
