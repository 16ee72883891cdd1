// Who gets in and who does not: one table of what the two ends have, and what each is told.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { IridiumError } from '../../src/core/errors.js'
import { realClock } from '../../src/node/clock.js'
import { readSecurity, type SecurityOptions } from '../../src/node/security.js'
import { TcpTransport } from '../../src/transport/tcp.js'
import { record, until } from '../transport/conformance.js'
import { authority, issue } from './certificates.js'

const ca = await authority('the cluster')
const foreign = await authority('somebody else')
const member = await issue(ca)
const named = await issue(ca, { names: ['members.example'] })
const keyOf = (fill: number) => Buffer.alloc(32, fill)
const tls = (certificate: { key: string; cert: string }, more = {}) => ({
  tls: { ...certificate, ca: ca.cert, ...more },
})

interface Case {
  readonly name: string
  readonly listener: SecurityOptions
  readonly dialler: SecurityOptions
  /** What the dialler is told: `connected`, or the failure. A server judges a certificate only after the client is done. */
  readonly dial: RegExp
  /** What the listener does: accepts, reports, or nothing, since it was the dialler who went away. */
  readonly listen: 'accepts' | RegExp | 'nothing'
  /** How what was accepted ends, where nothing of it is to be heard. */
  readonly thenSays?: RegExp
}

const cases: Case[] = [
  {
    name: 'the same secret',
    listener: { secret: keyOf(1) },
    dialler: { secret: keyOf(1) },
    dial: /^connected$/,
    listen: 'accepts',
  },
  {
    name: 'the same secret, as text from a file that ends with a line end',
    listener: { secret: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA' },
    dialler: { secret: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA\n' },
    dial: /^connected$/,
    listen: 'accepts',
  },
  {
    name: 'another secret',
    listener: { secret: keyOf(1) },
    dialler: { secret: keyOf(2) },
    dial: /^unauthenticated: .*no key in common/,
    listen: /no key in common/,
  },
  {
    name: 'the new secret on one side, both on the other',
    listener: { secret: [keyOf(1), keyOf(2)] },
    dialler: { secret: keyOf(2) },
    dial: /^connected$/,
    listen: 'accepts',
  },
  {
    name: 'both secrets on the dialling side, which uses the first',
    listener: { secret: keyOf(1) },
    dialler: { secret: [keyOf(1), keyOf(2)] },
    dial: /^connected$/,
    listen: 'accepts',
  },
  {
    name: 'both secrets on the dialling side, the first unknown here',
    listener: { secret: keyOf(1) },
    dialler: { secret: [keyOf(2), keyOf(1)] },
    dial: /^unauthenticated: /,
    listen: /no key in common/,
  },
  {
    name: 'certificates of the same authority',
    listener: tls(member),
    dialler: tls(await issue(ca, { uses: { serverAuth: true, clientAuth: true } })),
    dial: /^connected$/,
    listen: 'accepts',
  },
  {
    name: 'an expired certificate of the dialler',
    listener: tls(member),
    dialler: tls(await issue(ca, { days: [-30, -1] })),
    dial: /^connected, then .*refused our certificate: it is not valid today/,
    listen: /not valid today/,
  },
  {
    name: 'an expired certificate of the listener',
    listener: tls(await issue(ca, { days: [-30, -1] })),
    dialler: tls(member),
    dial: /^unauthenticated: .*not valid today/,
    listen: 'nothing',
  },
  {
    name: 'a certificate of the dialler that is not valid yet',
    listener: tls(member),
    dialler: tls(await issue(ca, { days: [1, 30] })),
    dial: /^connected, then .*refused our certificate: it is not valid today/,
    listen: /not valid today/,
  },
  {
    name: 'a foreign certificate of the dialler',
    listener: tls(member),
    dialler: tls(await issue(foreign)),
    dial: /^connected, then .*refused our certificate: it is not from the `ca` of the other end/,
    listen: /not from the `ca`/,
  },
  {
    name: 'a foreign certificate of the listener',
    listener: tls(await issue(foreign)),
    dialler: tls(member),
    dial: /^unauthenticated: .*not from the `ca`/,
    listen: 'nothing',
  },
  {
    name: 'a certificate of the dialler that is for servers only',
    listener: tls(member),
    dialler: tls(await issue(ca, { uses: { serverAuth: true } })),
    dial: /^connected, then .*refused our certificate: it is not for both servers and clients/,
    listen: /not for both servers and clients/,
  },
  {
    name: 'the name that both ask for',
    listener: tls(named, { servername: 'members.example' }),
    dialler: tls(named, { servername: 'members.example' }),
    dial: /^connected$/,
    listen: 'accepts',
  },
  {
    name: 'a certificate of the dialler without the name',
    listener: tls(named, { servername: 'members.example' }),
    dialler: tls(member, { servername: 'members.example' }),
    dial: /^connected, then .*refused our certificate: it lacks the name that `servername` asks for/,
    listen: /members\.example/,
  },
  {
    name: 'a certificate of the listener without the name',
    listener: tls(member, { servername: 'members.example' }),
    dialler: tls(named, { servername: 'members.example' }),
    dial: /^unauthenticated: .*members\.example/,
    listen: 'nothing',
  },
  {
    name: 'a secret here, certificates there',
    listener: { secret: keyOf(1) },
    dialler: tls(member),
    dial: /^unauthenticated: /,
    listen: /no key in common/,
  },
  {
    name: 'certificates here, a secret there: a man in the middle with a valid certificate and no key',
    listener: tls(member),
    dialler: { secret: keyOf(1) },
    dial: /^unauthenticated: .*not from the `ca`/,
    listen: 'nothing',
  },
  {
    name: 'a plain dialler at a secure port',
    listener: { secret: keyOf(1) },
    dialler: {},
    dial: /^connected, then .*speaks TLS only/,
    listen: /speaks no TLS/,
  },
  {
    name: 'a secure dialler at a plain port',
    listener: {},
    dialler: { secret: keyOf(1) },
    dial: /^unauthenticated: .*speaks no TLS/,
    listen: 'accepts',
    thenSays: /speaks TLS only: it has `secret` or `tls`, and we have not/,
  },
]

/** Runs one handshake; the dialler and an accepting listener each say something, as soon as they can. */
async function shakeHands({ listener, dialler, listen }: Case) {
  const make = (options: SecurityOptions) =>
    new TcpTransport({ clock: realClock, ...readSecurity(options, 'iridium') })
  const reports: unknown[] = []
  const heard: string[] = []
  const ends: string[] = []
  let accepted = 0
  const server = await make(listener).listen(
    { host: '127.0.0.1', port: 0 },
    {
      accepted(connection) {
        accepted++
        const [end, handler] = record(connection)
        end.onData = (bytes) => {
          heard.push(Buffer.from(bytes).toString('latin1'))
          connection.write(Buffer.from('not so fast, and in plain words'))
        }
        end.closed.then(
          (error) => ends.push(error?.message ?? 'closed'),
          () => {},
        )
        return handler
      },
      failed: (error) => reports.push(error),
    },
  )
  const told = await new Promise<string>((resolve) => {
    make(dialler).dial(server.address, 10_000, {
      connected(connection) {
        const [end, handler] = record(connection)
        connection.write(Buffer.from('the cluster is named x'))
        end.onData = (bytes) => {
          if (Buffer.from(bytes).toString() !== 'not so fast, and in plain words') return
          resolve('connected')
          connection.destroy()
        }
        end.closed.then(
          (error) => resolve(`connected, then ${error?.message ?? 'closed'}`),
          () => {},
        )
        return handler
      },
      failed: (reason, message) => resolve(`${reason}: ${message}`),
    })
  })
  if (listen !== 'nothing') await until(() => accepted + reports.length > 0)
  server.close()
  return { told, reports, accepted, heard, ends }
}

for (const each of cases) {
  test(each.name, async () => {
    const { told, reports, accepted, heard, ends } = await shakeHands(each)
    assert.match(told, each.dial)
    assert.is(accepted, each.listen === 'accepts' ? 1 : 0)
    assert.is(reports.length, each.listen instanceof RegExp ? 1 : 0)
    if (accepted === 0) assert.equal(heard, [], 'nobody is heard who has not proved who it is')
    if (each.thenSays) {
      assert.equal(heard, [])
      assert.match(ends.join(), each.thenSays)
    }
    for (const report of reports as IridiumError[]) {
      assert.instance(report, IridiumError)
      assert.is(report.code, 'ERR_IRIDIUM_UNAUTHENTICATED')
      assert.match(report.message, /^127\.0\.0\.1:\d+: not authenticated: /)
      assert.match(report.message, each.listen as RegExp)
    }
  })
}

test.run()
