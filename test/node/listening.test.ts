// One attempt to bind for all who wait for it.
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { IridiumError } from '../../src/core/errors.js'
import { Listening } from '../../src/node/listening.js'
import type { Listener } from '../../src/transport/transport.js'

const ADDRESS = { host: '127.0.0.1', port: 5 }

function setUp() {
  const log: string[] = []
  const attempts: { resolve: (listener: Listener) => void; reject: (error: Error) => void }[] = []
  const listening = new Listening(
    () => {
      log.push('bind')
      return new Promise((resolve, reject) => {
        attempts.push({ resolve, reject })
      })
    },
    ({ port }) => log.push(`bound ${port}`),
  )
  const open = (name: string) =>
    listening.open({
      resolve: () => log.push(`${name} resolved`),
      reject: (error) => log.push(`${name} rejected: ${(error as IridiumError).code}`),
    })
  const succeed = async () => {
    attempts.at(-1)?.resolve({ address: ADDRESS, close: () => log.push('listener closed') })
    await turn()
  }
  const fail = async (error: Error) => {
    attempts.at(-1)?.reject(error)
    await turn()
  }
  return { log, listening, open, succeed, fail }
}

test('two callers share one attempt; a third is answered at once', async () => {
  const { log, listening, open, succeed } = setUp()
  open('a')
  open('b')
  await turn()
  assert.ok(listening.isOpening)
  assert.is(listening.address, null)
  await succeed()
  open('c')
  assert.equal(log, ['bind', 'bound 5', 'a resolved', 'b resolved', 'c resolved'])
  assert.equal(listening.address, ADDRESS)
})

test('an attempt that nobody waits for any more is undone', async () => {
  const { log, listening, open, succeed } = setUp()
  open('a')()
  await turn()
  await succeed()
  assert.equal(log, ['bind', 'listener closed'])
  assert.is(listening.address, null)
})

test('who comes while an abandoned attempt is under way takes it over', async () => {
  const { log, open, succeed } = setUp()
  open('a')()
  await turn()
  open('b')
  await succeed()
  assert.equal(log, ['bind', 'bound 5', 'b resolved'])
})

test('a failure rejects all, and the next caller tries again', async () => {
  const { log, open, fail, succeed } = setUp()
  open('a')
  open('b')
  await turn()
  await fail(new Error('plain'))
  open('c')
  await turn()
  await fail(new IridiumError('ERR_IRIDIUM_INSECURE', 'no'))
  open('d')
  await turn()
  await succeed()
  assert.equal(log, [
    'bind',
    'a rejected: ERR_IRIDIUM_LISTEN_FAILED',
    'b rejected: ERR_IRIDIUM_LISTEN_FAILED',
    'bind',
    'c rejected: ERR_IRIDIUM_INSECURE',
    'bind',
    'bound 5',
    'd resolved',
  ])
})

test('close while binding closes what then comes', async () => {
  const { log, listening, open, succeed } = setUp()
  open('a')
  await turn()
  listening.close()
  await succeed()
  assert.equal(log, ['bind', 'listener closed'])
})

test.run()
