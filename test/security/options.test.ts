// The options secret, tls and insecure: what is refused, in what words, and what is derived.
import { DEFAULT_CIPHERS } from 'node:tls'
import { inspect } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { IridiumError } from '../../src/core/errors.js'
import { readOptions } from '../../src/node/options.js'
import { readSecurity } from '../../src/node/security.js'
import { secretKeys } from '../../src/transport/tls-secret.js'
import { authority, issue } from './certificates.js'

const ca = await authority('the cluster')
const member = await issue(ca)
const other = await issue(ca)
const good = { ...member, ca: ca.cert }
const GUESS = 'hunter2-hunter2'

const BAD: readonly (readonly [name: string, expected: RegExp, options: object])[] = [
  ['a short text', /at least 22 characters or 16 bytes.*got 15 characters/, { secret: GUESS }],
  ['21 characters', /got 21 characters/, { secret: 'x'.repeat(21) }],
  ['text that is short without its ends', /got 10/, { secret: `   ${'x'.repeat(10)}\n\n        ` }],
  ['15 bytes', /got 15 bytes/, { secret: new Uint8Array(15) }],
  ['1025 bytes', /at most 1024 bytes; got 1025 bytes/, { secret: new Uint8Array(1025) }],
  ['1025 bytes of text', /at most 1024 bytes/, { secret: 'x'.repeat(1025) }],
  ['an empty text', /got 0 characters/, { secret: '' }],
  ['a number', /got number/, { secret: 42 }],
  ['null', /got null/, { secret: null }],
  ['an object', /got object/, { secret: {} }],
  ['an empty list', /one secret, or a list of 1 to 8/, { secret: [] }],
  ['nine secrets', /got an array of 9/, { secret: Array(9).fill('x'.repeat(32)) }],
  ['a bad one in a list', /secret\[1\].*got 15 char/, { secret: ['x'.repeat(32), GUESS] }],
  ['both', /exclude each other/, { secret: 'x'.repeat(32), tls: good }],
  ['insecure that is no boolean', /insecure must be true or false/, { insecure: 1 }],
  ['tls that is no object', /tls must be a plain object/, { tls: true }],
  ['tls null', /tls must be a plain object/, { tls: null }],
  ['no ca', /tls\.ca must be PEM .*got nothing/, { tls: member }],
  ['no key', /tls\.key must be/, { tls: { ...good, key: undefined } }],
  ['an empty ca', /tls\.ca must be/, { tls: { ...good, ca: '' } }],
  ['an empty list of ca', /tls\.ca must be.*an array of 0/, { tls: { ...good, ca: [] } }],
  ['a ca that is none', /tls\.ca holds something/, { tls: { ...good, ca: 'x' } }],
  ['a cert that is none', /tls does not work/, { tls: { ...good, cert: 'x' } }],
  ['a key that is none', /tls does not work/, { tls: { ...good, key: GUESS } }],
  ['a key of another cert', /tls does not work/, { tls: { ...good, key: other.key } }],
  ['a crl that is none', /tls does not work/, { tls: { ...good, crl: 'x' } }],
  ['unknown ciphers', /tls does not work/, { tls: { ...good, ciphers: 'TLS_NOTHING' } }],
  ...['ECDHE-RSA-AES128-GCM-SHA256', 'HIGH:!aNULL', 'DEFAULT', '!TLS_AES_128_GCM_SHA256', ''].map(
    (ciphers): (typeof BAD)[0] => [
      `ciphers without one of TLS 1.3: ${ciphers}`,
      /tls\.ciphers must be cipher suites of TLS 1\.3.*other text/,
      { tls: { ...good, ciphers } },
    ],
  ),
  ['an unknown property', /unknown property "kee"/, { tls: { ...good, kee: 1 } }],
  ['a property of Object', /unknown property "valueOf"/, { tls: { ...good, valueOf: 1 } }],
  ['not to reject', /must be true, which/, { tls: { ...good, rejectUnauthorized: false } }],
  ['not to ask', /must be true, which/, { tls: { ...good, requestCert: false } }],
  ['an older TLS', /"TLSv1.3", which cannot/, { tls: { ...good, minVersion: 'TLSv1.2' } }],
  [
    'secret with a transport',
    /transport must be absent where .secret. or .tls. is given/,
    { secret: 'x'.repeat(32), transport: { listen() {}, dial() {} } },
  ],
]

for (const [name, expected, options] of BAD) {
  test(`refused: ${name}`, () => {
    try {
      readOptions(options)
    } catch (error) {
      assert.instance(error, IridiumError)
      assert.is((error as IridiumError).code, 'ERR_IRIDIUM_BAD_OPTION')
      assert.match((error as IridiumError).message, expected)
      assert.not.match(inspect(error, { depth: 9 }), /hunter2|PRIVATE KEY/, 'tells a secret')
      return
    }
    assert.unreachable('was accepted')
  })
}

test('accepted: shortest and longest, lists, what is always so', () => {
  for (const secret of [
    'x'.repeat(22),
    new Uint8Array(16),
    new Uint8Array(1024),
    ['x'.repeat(32), new Uint8Array(32)],
    ` ${'x'.repeat(22)}\r\n`,
  ]) {
    assert.is(readSecurity({ secret }, 'iridium').loopbackOnly, false)
    assert.ok(readSecurity({ secret }, 'iridium').encryption)
  }
  const always = { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' } as const
  const lists = { key: [member.key], cert: [member.cert], ca: [ca.cert, Buffer.from(ca.cert)] }
  assert.ok(readSecurity({ tls: { ...lists, ...always } }, 'iridium').encryption)
  for (const ciphers of [
    'TLS_AES_256_GCM_SHA384',
    'HIGH:TLS_AES_128_GCM_SHA256',
    DEFAULT_CIPHERS,
  ]) {
    assert.ok(readSecurity({ tls: { ...good, ciphers } }, 'iridium').encryption, ciphers)
  }
})

test('without either: loopback only, unless insecure', () => {
  assert.equal(readSecurity({}, 'iridium'), { encryption: undefined, loopbackOnly: true })
  assert.equal(readSecurity({ insecure: false }, 'iridium'), {
    encryption: undefined,
    loopbackOnly: true,
  })
  assert.equal(readSecurity({ insecure: true }, 'iridium'), {
    encryption: undefined,
    loopbackOnly: false,
  })
})

test('what a node keeps of a secret shows nothing of it', () => {
  const settings = readOptions({ secret: 'swordfish-swordfish-swordfish' })
  assert.not.match(inspect(settings, { depth: 9, showHidden: true }), /swordfish/)
  assert.not.match(JSON.stringify(settings), /swordfish/)
})

// Other implementations, and later versions, must come to the same key: RFC 5869, computed elsewhere.
test('the derivation of key and identity', () => {
  const secret = Buffer.from('q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA')
  const { client } = secretKeys([secret])
  const key = client.pskCallback?.(null) as { psk: Uint8Array; identity: string }
  assert.is(
    Buffer.from(key.psk).toString('hex'),
    '7a82e02f8c10acc5e6fcedd8e43483442e3cf7261ed8b6208fdb46ebc9291155',
  )
  assert.is(key.identity, 'cb96257a69cc189e')
})

test.run()
