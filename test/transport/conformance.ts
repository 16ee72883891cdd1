// The suite that every transport passes: the sentences of src/transport/transport.ts, one by one.
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { IridiumError } from '../../src/core/errors.js'
import type {
  Connection,
  ConnectionHandler,
  Listener,
  Transport,
} from '../../src/transport/transport.js'

const HOST = '127.0.0.1'
const TIMEOUT_MS = 2000

/** A connection's end that remembers what it was told. */
export interface End {
  readonly connection: Connection
  readonly received: Uint8Array[]
  readonly log: string[]
  readonly closed: Promise<Error | undefined>
  onData: (bytes: Uint8Array) => void
  onDrained: () => void
}

export function record(connection: Connection): [End, ConnectionHandler] {
  let close: (error?: Error) => void = () => {}
  const end: End = {
    connection,
    received: [],
    log: [],
    closed: new Promise((resolve) => {
      close = resolve
    }),
    onData: () => {},
    onDrained: () => {},
  }
  const handler: ConnectionHandler = {
    data(bytes) {
      // No copy: what has been delivered stays as it is.
      end.received.push(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
      end.log.push('data')
      end.onData(bytes)
    },
    drained() {
      end.log.push('drained')
      end.onDrained()
    },
    closed(error) {
      end.log.push('closed')
      close(error)
    },
  }
  return [end, handler]
}

export async function listen(transport: Transport, port = 0) {
  const accepted: End[] = []
  let waiting: ((end: End) => void) | undefined
  const listener = await transport.listen(
    { host: HOST, port },
    {
      accepted(connection) {
        const [end, handler] = record(connection)
        if (waiting) waiting(end)
        else accepted.push(end)
        waiting = undefined
        return handler
      },
      failed: (error) => {
        throw error
      },
    },
  )
  const next = (): Promise<End> => {
    const end = accepted.shift()
    return end
      ? Promise.resolve(end)
      : new Promise((resolve) => {
          waiting = resolve
        })
  }
  return { listener, next }
}

export function dial(transport: Transport, listener: Pick<Listener, 'address'>): Promise<End> {
  return new Promise((resolve, reject) => {
    transport.dial(listener.address, TIMEOUT_MS, {
      connected(connection) {
        const [end, handler] = record(connection)
        resolve(end)
        return handler
      },
      failed: (reason, message) => reject(new Error(`${reason}: ${message}`)),
    })
  })
}

export function text(end: End): string {
  return Buffer.concat(end.received).toString()
}

export async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !condition(); i++) await sleep(2)
  assert.ok(condition(), `in time: ${condition}`)
}

/** Runs the suite against two transports that reach each other. */
export function conform(name: string, make: () => [Transport, Transport]): void {
  const test = suite(name)

  async function pair() {
    const [here, there] = make()
    const { listener, next } = await listen(there)
    const [near, far] = await Promise.all([dial(here, listener), next()])
    const over = async (): Promise<void> => {
      near.connection.destroy()
      far.connection.destroy()
      listener.close()
      await Promise.all([near.closed, far.closed])
    }
    return { here, there, listener, near, far, over }
  }

  test('port 0 picks a free one; one that is taken is refused with a code; a closed one is free at once', async () => {
    const [here, there] = make()
    const { listener } = await listen(here)
    assert.ok(listener.address.port > 0)
    assert.is(listener.address.host, HOST)
    const error = await listen(there, listener.address.port).catch((error: unknown) => error)
    assert.instance(error, IridiumError)
    assert.is((error as IridiumError).code, 'ERR_IRIDIUM_LISTEN_FAILED')
    listener.close()
    const again = await listen(there, listener.address.port)
    again.listener.close()
  })

  test('bytes arrive whole and in order, both ways', async () => {
    const { near, far, over } = await pair()
    far.onData = (bytes) => far.connection.write(Uint8Array.from(bytes))
    const sent = Buffer.alloc(1_000_000, '0123456789')
    for (let at = 0; at < sent.length; at += 33_333) {
      near.connection.write(sent.subarray(at, at + 33_333))
    }
    await until(() => near.received.reduce((sum, { length }) => sum + length, 0) === sent.length)
    assert.is(Buffer.concat(near.received).compare(sent), 0)
    await over()
  })

  test('what is written at the moment of accepting or connecting is not missed', async () => {
    const [here, there] = make()
    const ends: End[] = []
    const greet = (word: string) => (connection: Connection) => {
      connection.write(Buffer.from(word))
      const [end, handler] = record(connection)
      ends.push(end)
      return handler
    }
    const listener = await there.listen(
      { host: HOST, port: 0 },
      { accepted: greet('from the listener'), failed: () => {} },
    )
    here.dial(listener.address, TIMEOUT_MS, {
      connected: greet('from the dialler'),
      failed: () => {},
    })
    await until(() => ends.length === 2 && ends.every(({ received }) => received.length > 0))
    assert.equal(ends.map(text).sort(), ['from the dialler', 'from the listener'])
    for (const { connection } of ends) connection.destroy()
    listener.close()
    await Promise.all(ends.map(({ closed }) => closed))
  })

  test('a dial to where nobody listens fails as refused', async () => {
    const [here] = make()
    const { listener } = await listen(here)
    listener.close()
    const error = await dial(here, listener).catch((error: Error) => error)
    assert.match((error as Error).message, /^refused: /)
  })

  test('a dial to what is no port fails and does not throw', async () => {
    const [here] = make()
    const error = await dial(here, { address: { host: HOST, port: 70_000 } }).catch(
      (error: Error) => error,
    )
    assert.match((error as Error).message, /^unreachable: /)
  })

  test('a cancelled dial calls nothing back', async () => {
    const [here, there] = make()
    const { listener } = await listen(there)
    const called: string[] = []
    for (const address of [
      listener.address,
      { host: HOST, port: 1 },
      { host: HOST, port: 70_000 },
    ]) {
      const cancel = here.dial(address, TIMEOUT_MS, {
        connected(connection) {
          called.push('connected')
          return record(connection)[1]
        },
        failed: () => called.push('failed'),
      })
      cancel()
      cancel()
    }
    await sleep(50)
    assert.equal(called, [])
    listener.close()
  })

  test('no callback comes from inside the call that causes it', async () => {
    const { here, near, far, over } = await pair()
    let inside = true
    const check = () => assert.not.ok(inside, 'called back from inside')
    here.dial({ host: HOST, port: 70_000 }, TIMEOUT_MS, {
      connected: (connection) => record(connection)[1],
      failed: check,
    })
    near.onData = check
    far.connection.write(Buffer.from('x'))
    inside = false
    await until(() => near.received.length === 1)
    near.connection.destroy()
    assert.equal(near.log, ['data'])
    await over()
  })

  test('end: all that was written arrives, then both ends close in good order, once', async () => {
    const { near, far, listener } = await pair()
    const large = Buffer.alloc(300_000, 'a')
    near.connection.write(large)
    near.connection.end(TIMEOUT_MS)
    near.connection.end(TIMEOUT_MS)
    assert.is(near.connection.write(Buffer.from('late')), false)
    assert.equal(await Promise.all([near.closed, far.closed]), [undefined, undefined])
    assert.is(text(far).length, large.length)
    await sleep(20)
    assert.is(near.log.filter((entry) => entry === 'closed').length, 1)
    assert.is(far.log.at(-1), 'closed')
    listener.close()
  })

  test('after end nothing is delivered', async () => {
    const { near, far, over } = await pair()
    far.connection.write(Buffer.from('unwanted'))
    near.connection.end(TIMEOUT_MS)
    await near.closed
    assert.equal(near.log, ['closed'])
    await over()
  })

  test('destroy: both ends close, once, and nothing is delivered after it', async () => {
    const { near, far, listener } = await pair()
    far.connection.write(Buffer.from('lost'))
    near.connection.destroy()
    near.connection.destroy()
    assert.is(near.connection.write(Buffer.from('x')), false)
    await Promise.all([near.closed, far.closed])
    assert.equal(near.log, ['closed'])
    assert.is(far.log.at(-1), 'closed')
    assert.is(far.connection.write(Buffer.from('x')), false)
    listener.close()
  })

  test('a connection destroyed while it delivers delivers no more', async () => {
    const { near, far, over } = await pair()
    far.onData = () => far.connection.destroy()
    for (let i = 0; i < 50; i++) {
      near.connection.write(Buffer.alloc(10_000))
      await sleep(0)
    }
    await Promise.all([far.closed, near.closed])
    assert.equal(far.log, ['data', 'closed'])
    await over()
  })

  test('pause: nothing is delivered, and no end told; resume: all of it comes, in order', async () => {
    const { listener, near, far } = await pair()
    near.connection.pause()
    const sent = Buffer.alloc(300_000, 'abcdefg')
    for (let at = 0; at < sent.length; at += 50_000) {
      far.connection.write(sent.subarray(at, at + 50_000))
    }
    far.connection.end(TIMEOUT_MS)
    await sleep(50)
    const bytes = (): number => near.received.reduce((sum, { length }) => sum + length, 0)
    assert.ok(bytes() < sent.length)
    assert.not.ok(near.log.includes('closed'))
    near.connection.resume()
    await Promise.all([near.closed, far.closed])
    assert.is(Buffer.concat(near.received).compare(sent), 0)
    listener.close()
  })

  test('a paused connection ends all the same when we end or destroy it', async () => {
    for (const how of ['end', 'destroy'] as const) {
      const { listener, near, far } = await pair()
      near.connection.pause()
      far.connection.write(Buffer.alloc(200_000))
      await sleep(20)
      near.connection[how](TIMEOUT_MS)
      await Promise.all([near.closed, far.closed])
      listener.close()
    }
  })

  test('write says when to stop and drained when to go on', async () => {
    const { near, far, over } = await pair()
    assert.is(near.connection.writableLength, 0)
    const piece = Buffer.alloc(1024 * 1024)
    let sent = 0
    for (let more = true; more; sent++) {
      more = near.connection.write(piece)
      assert.ok(sent < 100, 'the network takes everything at once')
    }
    assert.ok(near.connection.writableLength > 0)
    await until(() => near.log.includes('drained'))
    await until(
      () => far.received.reduce((sum, { length }) => sum + length, 0) === sent * piece.length,
    )
    assert.is(near.connection.writableLength, 0)
    await over()
  })

  test('a closed listener takes nobody, and leaves the accepted ones alone', async () => {
    const { here, listener, near, far } = await pair()
    listener.close()
    near.connection.write(Buffer.from('still here'))
    await until(() => text(far) === 'still here')
    assert.match(((await dial(here, listener).catch((e: Error) => e)) as Error).message, /^refused/)
    near.connection.destroy()
    await Promise.all([near.closed, far.closed])
  })

  test('an accepted connection knows where it came from, a dialled one where it went', async () => {
    const { near, far, listener, over } = await pair()
    assert.equal(near.connection.remote, listener.address)
    assert.is(far.connection.remote.host, HOST)
    assert.ok(far.connection.remote.port > 0)
    await over()
  })

  test.run()
}
