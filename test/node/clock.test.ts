// The real clock, and above all its turn: whether a late timer proves anything about others rests on it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { realClock } from '../../src/node/clock.js'

const TALKER = fileURLToPath(new URL('children/talker.mjs', import.meta.url))
const SOCKETS = 40
/** Long enough for the child to write to all its sockets while this process does nothing. */
const BLOCK_MS = 150

const block = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end; );
}

type Talk = (who: 'first' | 'rest' | 'all') => void

/** Connections of a child process, which writes a byte to them when told to; `log` has what happens here, in order. */
async function withTalkers(use: (talk: Talk, log: string[]) => Promise<void>) {
  const log: string[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('data', () => log.push('data')))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const child = spawn(process.execPath, [TALKER, String(port), String(SOCKETS)])
  try {
    while (sockets.length < SOCKETS) await sleep(5)
    await use((who) => child.stdin.write(`${who}\n`), log)
  } finally {
    child.kill('SIGKILL')
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

/** What has been read when a turn that is asked for now is over. */
function readByTurn(log: string[]): Promise<number> {
  return new Promise((resolve) => {
    realClock.turn(() => resolve(log.filter((entry) => entry === 'data').length))
  })
}

test('a turn asked for in a late timer comes after all that waits in the sockets', async () => {
  await withTalkers(async (talk, log) => {
    const read = await new Promise<number>((resolve) => {
      setImmediate(() => {
        realClock.timer(10, () => {
          assert.is(log.length, 0, 'the timer came before the sockets')
          resolve(readByTurn(log))
        })
        talk('all')
        block(BLOCK_MS)
      })
    })
    assert.is(read, SOCKETS)
  })
})

test('a turn asked for while a socket is read comes after those that became readable meanwhile', async () => {
  await withTalkers(async (talk, log) => {
    const read = new Promise<number>((resolve) => {
      log.push = (entry) => {
        log.push = Array.prototype.push
        talk('rest')
        block(BLOCK_MS)
        resolve(readByTurn(log))
        return log.push(entry)
      }
    })
    talk('first')
    assert.is(await read, SOCKETS)
  })
})

test('a turn asked for from an immediate, after a block, comes after the sockets too', async () => {
  await withTalkers(async (talk, log) => {
    talk('all')
    const read = await new Promise<number>((resolve) => {
      setImmediate(() => {
        block(BLOCK_MS)
        resolve(readByTurn(log))
      })
    })
    assert.is(read, SOCKETS)
  })
})

test('next comes after the promises of what runs, soon before anything that is waited for, a turn later', async () => {
  const log: string[] = []
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      realClock.turn(() => {
        log.push('turn')
        resolve()
      })
      realClock.soon(() => log.push('soon'))
      const follow = async (): Promise<void> => {
        for (let i = 0; i < 3; i++) await undefined
        log.push('promises')
        realClock.next?.(() => log.push('next'))
      }
      void follow()
      log.push('now')
    })
  })
  assert.equal(log, ['now', 'promises', 'next', 'soon', 'turn'])
})

test('what is cancelled does not come', async () => {
  const called: string[] = []
  const cancels = [
    realClock.timer(5, () => called.push('timer')),
    realClock.soon(() => called.push('soon')),
    realClock.turn(() => called.push('turn')),
  ]
  const half = realClock.turn(() => called.push('half a turn'))
  for (const cancel of cancels) cancel()
  setImmediate(half)
  await sleep(30)
  for (const cancel of cancels) cancel()
  assert.equal(called, [])
})

test('a timer beyond the longest of the platform does not fire at once', async () => {
  let fired = false
  const cancel = realClock.timer(2 ** 40, () => {
    fired = true
  })
  await sleep(20)
  cancel()
  assert.not.ok(fired)
})

test('now never goes back, and date is the time of day', () => {
  const start = realClock.now()
  block(2)
  assert.ok(realClock.now() >= start + 2)
  assert.ok(Math.abs(realClock.date() - Date.now()) < 100)
})

test.run()
