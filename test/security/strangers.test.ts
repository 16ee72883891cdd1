// What strangers do to a secure port: nothing of it is heard, and nothing of it lasts.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as tls from 'node:tls'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Clock } from '../../src/core/clock.js'
import type { IridiumError } from '../../src/core/errors.js'
import { realClock } from '../../src/node/clock.js'
import { TcpTransport } from '../../src/transport/tcp.js'
import { TlsEncryption, type TlsKeys } from '../../src/transport/tls.js'
import { certificateKeys } from '../../src/transport/tls-certificates.js'
import { secretKeys } from '../../src/transport/tls-secret.js'
import { dial, listen, record, until } from '../transport/conformance.js'
import { authority, issue } from './certificates.js'

const HOST = '127.0.0.1'
const VARIABLE = 'NODE_TLS_REJECT_UNAUTHORIZED'
const ALPNProtocols = ['iridium']
const CIPHER = 'TLS_AES_128_GCM_SHA256'
const OLD = secretKeys([Buffer.alloc(32, 1)])
const NEW = secretKeys([Buffer.alloc(32, 2)])
/** Five seconds pass in a quarter of one. */
const fastClock: Clock = {
  ...realClock,
  timer: (delayMs, callback) => realClock.timer(delayMs / 20, callback),
}

const transport = (keys: TlsKeys, clock = realClock) =>
  new TcpTransport({ clock, loopbackOnly: true, encryption: new TlsEncryption(keys, 'iridium') })

/** A listener that counts what it accepts and keeps what it reports. */
async function open(keys: TlsKeys, clock?: Clock) {
  const seen = { accepted: 0, bytes: 0, errors: [] as IridiumError[] }
  const listener = await transport(keys, clock).listen(
    { host: HOST, port: 0 },
    {
      accepted(connection) {
        seen.accepted++
        const [end, handler] = record(connection)
        end.onData = ({ length }) => {
          seen.bytes += length
        }
        return handler
      },
      failed: (error) => seen.errors.push(error as IridiumError),
    },
  )
  return { seen, listener, port: listener.address.port }
}

function raw(port: number): Socket {
  return connect(port, HOST).on('error', () => {})
}

function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.resume() // who does not read what comes sees no end
  })
}

/** Lets `use` talk through a middleman who writes down what the dialler says. */
async function recorded(port: number, use: (port: number) => Promise<void>): Promise<Buffer> {
  const said: Buffer[] = []
  const middle = createServer((near) => {
    const far = raw(port)
    near.on('error', () => {})
    near.on('data', (bytes) => said.push(bytes))
    near.pipe(far).pipe(near)
    near.on('close', () => far.destroy())
  }).listen(0, HOST)
  await once(middle, 'listening')
  await use((middle.address() as { port: number }).port)
  middle.close()
  return Buffer.concat(said)
}

test('a recorded beginning, or all, of a good connection has no effect when it is played again', async () => {
  const { seen, listener, port } = await open(OLD)
  const said = await recorded(port, async (through) => {
    const end = await dial(transport(OLD), { address: { host: HOST, port: through } })
    end.connection.write(Buffer.from('once and only once'))
    await until(() => seen.bytes === 18)
    end.connection.destroy()
    await end.closed
  })
  assert.is(seen.accepted, 1)
  const hello = said.subarray(0, 5 + said.readUInt16BE(3))
  assert.is(hello[0], 22, 'a record of the handshake')
  for (const replay of [hello, said]) {
    const socket = raw(port)
    socket.write(replay)
    await once(socket, 'data') // the listener goes along, as it must ...
    await sleep(30)
    socket.destroy()
  }
  await sleep(30)
  assert.equal([seen.accepted, seen.bytes], [1, 18], '... and takes nothing')
  listener.close()
})

test('the beginning of a connection tells the name of the key, and nothing of the cluster', async () => {
  const { listener, port } = await open(OLD)
  const said = await recorded(port, async (through) => {
    const end = await dial(transport(OLD), { address: { host: HOST, port: through } })
    end.connection.write(Buffer.from('the alias is alpha'))
    end.connection.end(1000)
    await end.closed
  })
  const key = OLD.client.pskCallback?.(null) as { identity: string }
  assert.ok(said.includes(key.identity))
  assert.not.ok(said.includes('alpha'))
  assert.not.ok(said.includes('localhost'), 'no server name')
  listener.close()
})

test('no ticket outlives its key, nor makes up for a key or a certificate', async () => {
  const ca = await authority('the cluster')
  const certificates = certificateKeys({ ...(await issue(ca)), ca: ca.cert })
  for (const keys of [OLD, certificates]) {
    const { seen, listener, port } = await open(keys)
    const options = { port, host: HOST, ALPNProtocols, checkServerIdentity: () => undefined }
    const sessions: Buffer[] = []
    const holder = tls.connect({ ...options, ...keys.context, ...keys.client })
    holder.on('session', (session) => sessions.push(session))
    await once(holder, 'secureConnect')
    await until(() => sessions.length > 0 && seen.accepted === 1)
    holder.destroy()
    for (const session of sessions) {
      const thief = tls.connect({ ...options, ciphers: CIPHER, ca: ca.cert, session })
      await gone(thief)
    }
    assert.is(seen.accepted, 1)
    assert.is(seen.errors[0]?.code, 'ERR_IRIDIUM_UNAUTHENTICATED')
    listener.close()
  }
})

test('a man in the middle with a certificate that everybody trusts, and no key', async () => {
  const ca = await authority('everybody')
  const site = await issue(ca, { names: ['localhost'] })
  const middle = tls.createServer({ ...site, ALPNProtocols, minVersion: 'TLSv1.3' }).listen(0, HOST)
  await once(middle, 'listening')
  const { port } = middle.address() as { port: number }
  // We trust no authority; were it otherwise, we still want the key and no certificate.
  const trusting: TlsKeys = { ...OLD, context: { ...OLD.context, ca: ca.cert } }
  for (const [keys, expected] of [
    [OLD, /^unauthenticated: .*certificate was shown that is not from the `ca`/],
    [trusting, /^unauthenticated: .*showed a certificate instead of knowing the secret/],
  ] as const) {
    const failure = await dial(transport(keys), { address: { host: HOST, port } }).catch(
      (error: Error) => error.message,
    )
    assert.match(String(failure), expected)
  }
  middle.close()
})

test('a client without a certificate is told what is missing, and nothing else; then it is shown out', async () => {
  const ca = await authority('the cluster')
  const { seen, listener, port } = await open(
    certificateKeys({ ...(await issue(ca)), ca: ca.cert }),
    fastClock,
  )
  const options = {
    port,
    host: HOST,
    ALPNProtocols,
    ca: ca.cert,
    checkServerIdentity: () => undefined,
  }
  const client = tls.connect(options)
  const words: Buffer[] = []
  client.on('data', (bytes) => words.push(bytes))
  client.write(Buffer.from('let me in'))
  await gone(client)
  assert.equal([...Buffer.concat(words)], [21, 3, 3, 0, 2, 2, 116], 'certificate_required')
  const deaf = tls.connect(options)
  const flooding = tls.connect(options, () => flooding.write(Buffer.alloc(1024 * 1024)))
  flooding.on('error', () => {})
  await Promise.all([gone(flooding), once(deaf, 'secureConnect')])
  // It neither reads nor ends: its time is that of every stranger.
  await until(() => seen.errors.some(({ code }) => code === 'ERR_IRIDIUM_TIMEOUT'))
  await gone(deaf)
  assert.is(seen.accepted, 0)
  assert.is(seen.errors[0]?.code, 'ERR_IRIDIUM_UNAUTHENTICATED')
  assert.match(seen.errors[0]?.message ?? '', /asked for a certificate and showed none/)
  listener.close()
})

test('NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment of a host opens nothing', async () => {
  const stranger = await issue(await authority('somebody'), { names: ['localhost'] })
  const ca = await authority('the cluster')
  const certificates = certificateKeys({ ...(await issue(ca)), ca: ca.cert })
  const middle = tls
    .createServer({ ...stranger, ALPNProtocols, minVersion: 'TLSv1.3' })
    .listen(0, HOST)
  await once(middle, 'listening')
  const { port } = middle.address() as { port: number }
  const before = process.env[VARIABLE]
  process.env[VARIABLE] = '0'
  const { seen, listener, port: ours } = await open(certificates)
  for (const keys of [OLD, certificates]) {
    const failure = await dial(transport(keys), { address: { host: HOST, port } }).catch(
      (error: Error) => error.message,
    )
    assert.match(String(failure), /^unauthenticated: /)
  }
  const client = tls.connect({ port: ours, host: HOST, ALPNProtocols, ...stranger })
  await gone(client)
  assert.is(seen.accepted, 0)
  if (before === undefined) delete process.env[VARIABLE]
  else process.env[VARIABLE] = before
  listener.close()
  middle.close()
})

test('an older TLS is refused, with the right key or certificate too', async () => {
  const ca = await authority('the cluster')
  const member = await issue(ca)
  for (const [keys, options] of [
    [OLD, { ...OLD.client, ciphers: 'PSK-AES128-GCM-SHA256' }],
    [certificateKeys({ ...member, ca: ca.cert }), { ...member, ca: ca.cert }],
  ] as const) {
    const { seen, listener, port } = await open(keys)
    const old = {
      port,
      host: HOST,
      ALPNProtocols,
      maxVersion: 'TLSv1.2',
      checkServerIdentity: () => undefined,
    }
    await gone(tls.connect({ ...options, ...old } as tls.ConnectionOptions))
    await until(() => seen.errors.length > 0)
    assert.match(seen.errors[0]?.message ?? '', /older TLS/)
    assert.is(seen.accepted, 0)
    listener.close()
  }
})

test('who has the key and speaks something else inside, or does not say what, is refused', async () => {
  const { seen, listener, port } = await open(OLD)
  const encryption = new TlsEncryption(OLD, 'iridium-repl')
  const repl = new TcpTransport({ clock: realClock, loopbackOnly: true, encryption })
  assert.match(
    String(await dial(repl, listener).catch((error: Error) => error.message)),
    /^unauthenticated: .*one end is a node, the other a session of the REPL/,
  )
  await gone(tls.connect({ port, host: HOST, ...OLD.context, ...OLD.client }).resume())
  assert.is(seen.accepted, 0)
  const other = tls.createServer({ ...OLD.context, ...OLD.server }).listen(0, HOST)
  await once(other, 'listening')
  const address = { host: HOST, port: (other.address() as { port: number }).port }
  assert.match(
    String(await dial(transport(OLD), { address }).catch((error: Error) => error.message)),
    /^unauthenticated: .*speaks something else, not `iridium`/,
  )
  other.close()
  listener.close()
})

for (const name of ['a secret', 'certificates']) {
  test(`a stranger that stalls, wherever in a handshake with ${name}, is gone after its time`, async () => {
    const ca = await authority('the cluster')
    const keys = name === 'a secret' ? OLD : certificateKeys({ ...(await issue(ca)), ca: ca.cert })
    const { seen, listener, port } = await open(keys, fastClock)
    const said = await recorded(port, async (through) => {
      const end = await dial(transport(keys), { address: { host: HOST, port: through } })
      await until(() => seen.accepted === 1)
      end.connection.destroy()
      await end.closed
    })
    const hello = said.subarray(0, 5 + said.readUInt16BE(3))
    const start = performance.now()
    // With what follows the first record, too: it fits no other handshake, so those end at once or stall in the middle.
    const lengths = [0, 1, 5, 50, hello.length - 1, hello.length, hello.length + 3]
    const stallers = lengths.map((length) => {
      const socket = raw(port)
      if (length > 0) socket.write(said.subarray(0, length))
      socket.resume()
      return once(socket, 'close')
    })
    await Promise.all(stallers)
    const elapsed = performance.now() - start
    assert.ok(elapsed > 200 && elapsed < 10_000, `after ${elapsed} ms`)
    assert.is(seen.accepted, 1)
    assert.ok(seen.errors.every(({ code }) => code === 'ERR_IRIDIUM_TIMEOUT'))
    assert.ok(seen.errors.length >= 1)
    listener.close()
  })
}

test('an authenticated one that never becomes a member is gone after the same time; one that does, stays', async () => {
  for (const keeps of [false, true]) {
    let closed = false
    const listener = await transport(OLD, fastClock).listen(
      { host: HOST, port: 0 },
      {
        accepted(connection) {
          if (keeps) connection.keep()
          const [end, handler] = record(connection)
          end.closed.then(() => {
            closed = true
          }, assert.unreachable)
          return handler
        },
        failed: () => {},
      },
    )
    const end = await dial(transport(OLD), listener)
    await sleep(400)
    assert.is(closed, !keeps)
    end.connection.destroy()
    await end.closed
    listener.close()
  }
})

test('a silent stranger costs no report when it just goes away, as a probe of a load balancer does', async () => {
  const { seen, listener, port } = await open(OLD)
  for (let i = 0; i < 5; i++) {
    const probe = raw(port)
    await once(probe, 'connect')
    if (i % 2) probe.end()
    else probe.resetAndDestroy()
    await once(probe, 'close')
  }
  await sleep(50)
  assert.equal(seen.errors, [])
  assert.is(seen.accepted, 0)
  listener.close()
})

test('a closed listener takes nobody who is still shaking hands', async () => {
  const { seen, listener, port } = await open(OLD)
  const waiting = raw(port)
  waiting.write(Buffer.from([22, 3, 1]))
  await once(waiting, 'connect')
  await sleep(30)
  listener.close()
  await once(waiting, 'close')
  assert.is(seen.accepted, 0)
})

test('a key is changed without a stop: old, then both, then both the other way round, then new', async () => {
  const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const steps = [[first], [first, second], [second, first], [second]]
  for (const [i, here] of steps.entries()) {
    for (const there of steps.slice(i, i + 2)) {
      for (const [server, client] of [
        [here, there],
        [there, here],
      ] as const) {
        const { listener, next } = await listen(transport(secretKeys(server)))
        const [near, far] = await Promise.all([
          dial(transport(secretKeys(client)), listener),
          next(),
        ])
        near.connection.destroy()
        await Promise.all([near.closed, far.closed])
        listener.close()
      }
    }
  }
  const { seen, listener, port } = await open(NEW)
  const refused = await dial(transport(OLD), { address: { host: HOST, port } }).catch(String)
  assert.match(String(refused), /unauthenticated/)
  assert.is(seen.accepted, 0)
  listener.close()
})

test('every link has keys of its own that the secret does not reveal later (ephemeral Diffie-Hellman)', async () => {
  const { listener, port } = await open(OLD)
  const client = tls.connect({ port, host: HOST, ALPNProtocols, ...OLD.context, ...OLD.client })
  await once(client, 'secureConnect')
  assert.is(client.getProtocol(), 'TLSv1.3')
  assert.is(client.getCipher().standardName, CIPHER)
  const key = client.getEphemeralKeyInfo() as { type?: string } | null
  // Node 22 tells nothing of it after a handshake with a pre-shared key; the others name the group.
  if (key?.type !== undefined) assert.match(key.type, /ECDH|TLSGroup/)
  client.destroy()
  listener.close()
})

test('who comes from the port of a connection that was reset just before is let in', async () => {
  const { seen, listener, port } = await open(OLD)
  let sound = 0
  // The system may give the port to somebody else in between: that try counts for nothing.
  for (let i = 0; i < 50 && sound < 5; i++) {
    const silent = raw(port)
    await once(silent, 'connect')
    const { localPort } = silent
    silent.resetAndDestroy()
    const socket = connect({ port, host: HOST, localPort: localPort as number })
    const client = tls.connect({
      ...OLD.client,
      socket,
      minVersion: 'TLSv1.3',
      ciphers: CIPHER,
      ca: [],
      ALPNProtocols,
    })
    const end = gone(client)
    const isConnected = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    if (isConnected) {
      sound++
      await until(() => seen.accepted === sound)
    }
    client.destroy()
    await end
  }
  listener.close()
  assert.is(sound, 5)
})

test.run()
