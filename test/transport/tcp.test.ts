// TCP: the contract of transports, and what only real sockets do.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumError } from '../../src/core/errors.js'
import { realClock } from '../../src/node/clock.js'
import { dialFailure, TcpTransport } from '../../src/transport/tcp.js'
import { conform, dial, listen, record, text, until } from './conformance.js'

const transport = (loopbackOnly = true) => new TcpTransport({ clock: realClock, loopbackOnly })

conform('tcp', () => [transport(), transport()])

const test = suite('tcp only')

const nobody = (): never => {
  throw new Error('accepted')
}

function failure(host: string, port: number, { timeoutMs = 2000, loopbackOnly = true } = {}) {
  return new Promise<string>((resolve) => {
    transport(loopbackOnly).dial({ host, port }, timeoutMs, {
      connected: (connection) => {
        connection.destroy()
        resolve('connected')
        return record(connection)[1]
      },
      failed: resolve,
    })
  })
}

test('on loopback only: other addresses are neither listened at nor dialled', async () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1', '10.0.0.1']) {
    const error = await transport()
      .listen({ host, port: 0 }, { accepted: nobody, failed: () => {} })
      .catch((error: unknown) => error)
    assert.is((error as IridiumError).code, 'ERR_IRIDIUM_INSECURE', host)
    assert.is(await failure(host, 9), 'insecure', host)
  }
  assert.is(await failure('::ffff:192.0.2.1', 9), 'insecure')
})

test('all of 127.0.0.0/8 and the name localhost are loopback', async () => {
  const { listener, next } = await listen(transport())
  const port = listener.address.port
  const near = await dial(transport(), { address: { host: 'localhost', port } })
  const far = await next()
  near.connection.destroy()
  await Promise.all([near.closed, far.closed])
  listener.close()
  assert.is(await failure('127.1.2.3', port), 'refused')
  const named = await transport().listen(
    { host: 'localhost', port: 0 },
    { accepted: nobody, failed: () => {} },
  )
  assert.is(named.address.host, '127.0.0.1')
  named.close()
})

test('beyond loopback where it is allowed', async () => {
  const listener = await transport(false).listen(
    { host: '0.0.0.0', port: 0 },
    { accepted: (connection) => record(connection)[1], failed: () => {} },
  )
  assert.is(listener.address.host, '0.0.0.0')
  assert.is(await failure('127.0.0.1', listener.address.port, { loopbackOnly: false }), 'connected')
  listener.close()
})

test('an unknown name is unreachable, and cannot be listened at', async () => {
  assert.is(await failure('no-such-host.invalid', 9), 'unreachable')
  const error = await transport()
    .listen({ host: 'no-such-host.invalid', port: 0 }, { accepted: nobody, failed: () => {} })
    .catch((error: unknown) => error)
  assert.is((error as IridiumError).code, 'ERR_IRIDIUM_LISTEN_FAILED')
})

test('an IPv4 peer of a dual-stack listener has an IPv4 address', async () => {
  const open = transport(false)
  const accepted = new Promise<string>((resolve, reject) => {
    open
      .listen(
        { host: '::', port: 0 },
        {
          accepted(connection) {
            resolve(connection.remote.host)
            connection.destroy()
            listenerOf.then((listener) => listener.close(), reject)
            return record(connection)[1]
          },
          failed: reject,
        },
      )
      .then((listener) => {
        found(listener)
        return dial(open, { address: { host: '127.0.0.1', port: listener.address.port } })
      })
      .catch(reject)
  })
  let found: (listener: { close(): void }) => void = () => {}
  const listenerOf = new Promise<{ close(): void }>((resolve) => {
    found = resolve
  })
  assert.is(await accepted, '127.0.0.1')
})

test('what the errors of the platform mean', () => {
  const error = (code: string) => Object.assign(new Error(code), { code })
  const meanings: [Error, string][] = [
    [error('ECONNREFUSED'), 'refused'],
    [error('ECONNRESET'), 'reset'],
    [error('ETIMEDOUT'), 'timeout'],
    [error('EHOSTUNREACH'), 'unreachable'],
    [error('ENOTFOUND'), 'unreachable'],
    [error('EMFILE'), 'resources'],
    [error('EADDRNOTAVAIL'), 'resources'],
    [new AggregateError([error('ECONNREFUSED'), error('ECONNREFUSED')]), 'refused'],
    [new AggregateError([error('ECONNREFUSED'), error('ETIMEDOUT')]), 'timeout'],
  ]
  for (const [each, meaning] of meanings) assert.is(dialFailure(each), meaning, each.message)
})

test('a dial that nobody answers times out', async () => {
  // A listener whose process is stopped, with its queue full: the system drops further requests.
  const child = spawn(process.execPath, [
    '-e',
    `const s = require('net').createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
       process.stdout.write(s.address().port + '\\n', () => process.kill(process.pid, 'SIGSTOP'))
     })`,
  ])
  const sockets: Socket[] = []
  try {
    const port = Number(String((await once(child.stdout, 'data'))[0]))
    for (let i = 0; i < 4; i++) sockets.push(connect(port, '127.0.0.1').on('error', () => {}))
    await new Promise((resolve) => setTimeout(resolve, 50))
    const start = performance.now()
    assert.is(await failure('127.0.0.1', port, { timeoutMs: 200 }), 'timeout')
    const elapsed = performance.now() - start
    assert.ok(elapsed > 190 && elapsed < 1000, `after ${elapsed} ms`)
  } finally {
    for (const socket of sockets) socket.destroy()
    child.kill('SIGKILL')
  }
})

test('a connection that came in time counts, also when this host was blocked meanwhile', async () => {
  const { listener } = await listen(transport())
  const outcome = await new Promise<string>((resolve) => {
    // From an immediate the loop goes on with timers, and only then with sockets.
    setImmediate(() => {
      failure('127.0.0.1', listener.address.port, { timeoutMs: 10 }).then(resolve, resolve)
      for (const end = performance.now() + 50; performance.now() < end; );
    })
  })
  listener.close()
  assert.is(outcome, 'connected')
})

/** Runs `use` with a transport's end of a connection and the bare socket at the other. */
async function withRawPeer(
  use: (near: Awaited<ReturnType<typeof dial>>, raw: Socket) => Promise<void>,
) {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const near = await dial(transport(), { address: { host: '127.0.0.1', port } })
  const [raw] = await accepted
  raw.on('error', () => {})
  try {
    await use(near, raw)
  } finally {
    raw.destroy()
    near.connection.destroy()
    server.close()
  }
}

test('end does not wait longer than it was told for a peer that never follows', async () => {
  await withRawPeer(async (near) => {
    const start = performance.now()
    near.connection.write(Buffer.from('bye'))
    near.connection.end(100)
    assert.is(await near.closed, undefined)
    const elapsed = performance.now() - start
    assert.ok(elapsed > 90 && elapsed < 500, `after ${elapsed} ms`)
  })
})

test('end gives a slow reader the time that it has', async () => {
  await withRawPeer(async (near, raw) => {
    const large = Buffer.alloc(4_000_000, 'x')
    near.connection.write(large)
    near.connection.end(2000)
    await new Promise((resolve) => setTimeout(resolve, 50))
    let length = 0
    raw.on('data', (bytes) => {
      length += bytes.length
    })
    raw.on('end', () => raw.end())
    raw.resume()
    await near.closed
    assert.is(length, large.length)
  })
})

test('a frame whose length begins like a TLS alert is delivered; an alert ends the connection with its reason', async () => {
  await withRawPeer(async (near, raw) => {
    raw.write(Buffer.from([21, 3, 0, 0, 1, 2, 3]))
    await until(() => near.received.length > 0)
    assert.equal(near.received, [Uint8Array.of(21, 3, 0, 0, 1, 2, 3)])
  })
  await withRawPeer(async (near, raw) => {
    raw.write(Buffer.from([21, 3, 3, 0, 2, 2, 70]))
    assert.is(((await near.closed) as IridiumError).code, 'ERR_IRIDIUM_UNAUTHENTICATED')
  })
})

test('a caller that has given up by the time we read its bytes is known to be gone one turn later', async () => {
  for (const how of ['end', 'resetAndDestroy'] as const) {
    const log: string[] = []
    const listener = await transport().listen(
      { host: '127.0.0.1', port: 0 },
      {
        accepted: () => ({
          data() {
            log.push('data')
            realClock.turn(() => log.push('turn'))
          },
          drained() {},
          closed: () => log.push('closed'),
        }),
        failed: () => {},
      },
    )
    const caller = connect(listener.address.port, '127.0.0.1', () => {
      caller.write('hello')
      if (how === 'end') caller.end()
      else setImmediate(() => caller.resetAndDestroy())
      // Meanwhile we do nothing: all of it waits in the socket.
      for (const end = performance.now() + 30; performance.now() < end; );
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    listener.close()
    if (how === 'end') assert.equal(log, ['data', 'closed', 'turn'])
    else assert.ok(!log.includes('turn') || log.indexOf('closed') < log.indexOf('turn'), `${log}`)
  }
})

test('a reset is told as an error, once', async () => {
  await withRawPeer(async (near, raw) => {
    raw.resetAndDestroy()
    assert.is(((await near.closed) as NodeJS.ErrnoException).code, 'ECONNRESET')
    assert.equal(near.log, ['closed'])
  })
})

test('a peer that closes its half is followed, after what it sent was delivered', async () => {
  await withRawPeer(async (near, raw) => {
    raw.resume()
    raw.end('last words')
    assert.is(await near.closed, undefined)
    assert.is(text(near), 'last words')
    assert.is(near.connection.write(Buffer.from('x')), false)
  })
})

test.run()
