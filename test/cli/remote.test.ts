// Remote access as its users have it: `iridium -r` or `iridium node -r` in one process, `iridium connect` in another.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { authority, issue } from '../security/certificates.js'
import { iridium, temporaryFolder } from './in-process.js'
import { Running } from './running.js'

const folder = temporaryFolder()
const SECRET = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA'
const BANNER = "Welcome to Iridium! Let's be productive!\n"

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function served(args: readonly string[], env: Record<string, string> = {}) {
  const host = new Running([...args, '-r', '-p', '0'], { env })
  const [, address = ''] = await host.until(/remote access on (\S+)/, 'stderr')
  return { host, address }
}

const visit = (address: string, input: string, args: string[] = [], env = {}) =>
  new Running(['connect', address, ...args], { env }).end(input)

test('a session on loopback without a secret; the host goes on when it ends', async () => {
  const { host, address } = await served([])
  const visitor = await visit(address, 'load $0 #42\n!load_file x\n!registers\n!quit\n')
  assert.is(visitor.stderr, '')
  assert.is(visitor.code, 0)
  assert.ok(visitor.stdout.startsWith(`${BANNER}>>> >>> !load_file is not available`))
  assert.match(visitor.stdout, /42[\s\S]*Farewell! Have a great day!\n$/)
  const again = await visit(address, '!history')
  assert.is(again.stdout, `${BANNER}>>> !history\n>>> Farewell! Have a great day!\n`)
  host.say('load $0 #7')
  const { stdout, code } = await host.end('!quit\n')
  assert.is(stdout, `${BANNER}>>> >>> Farewell! Have a great day!\n`)
  assert.is(code, 0)
})

test('with a secret, from a file or the environment: nobody else gets in, and the secret is shown nowhere', async () => {
  const path = file('secret', `${SECRET}\n`)
  const { host, address } = await served(['node', '-P', '0'], { IRIDIUM_SECRET: SECRET })
  const [friend, plain, wrong] = await Promise.all([
    visit(address, '!cluster_members\n', ['--secret-file', path]),
    visit(address, '!cluster_members\n'),
    visit(address, '', [], { IRIDIUM_SECRET: SECRET.toLowerCase() }),
  ])
  assert.match(friend.stdout, /Listing Known Nodes:/)
  assert.is(friend.code, 0)
  for (const stranger of [plain, wrong]) {
    assert.is(stranger.stdout, '')
    assert.is(stranger.code, 1)
  }
  assert.match(plain.stderr, /speaks TLS only: it has `secret` or `tls`, and we have not/)
  assert.match(wrong.stderr, /not authenticated: the two ends have no key in common/)
  const { stdout, stderr, code } = await host.stop('SIGTERM')
  assert.is(code, 0)
  assert.match(stderr, /warn +somebody could not open a session error=.*not authenticated/)
  assert.not.ok((stdout + stderr).includes(SECRET))
})

test('with certificates', async () => {
  const ca = await authority('the cluster')
  const [server, client] = await Promise.all([issue(ca), issue(ca)])
  const caFile = file('ca.pem', ca.cert)
  const flags = (name: string, { key, cert }: { key: string; cert: string }) => [
    ...['--tls-key', file(`${name}.key`, key)],
    ...['--tls-cert', file(`${name}.pem`, cert)],
    ...['--tls-ca', caFile],
  ]
  const { host, address } = await served(flags('server', server))
  const friend = await visit(address, 'load $0 #42\n', flags('client', client))
  assert.match(friend.stdout, /Farewell/)
  const stranger = await visit(
    address,
    '',
    flags('stranger', await issue(await authority('another'))),
  )
  assert.is(stranger.code, 1)
  assert.is(stranger.stdout, '')
  await host.end()
})

test('what does not go together is refused', async () => {
  const path = file('some', SECRET)
  const tls = ['--tls-key', path, '--tls-cert', path, '--tls-ca', path]
  const cases: [args: string[], code: number, stderr: RegExp][] = [
    [['-r', '-h', '0.0.0.0'], 1, /0\.0\.0\.0 is not on loopback.*ERR_IRIDIUM_INSECURE/],
    [['-r', '-p', '70000'], 2, /--bind-port takes a port/],
    [['-r', '--secret-file', path, ...tls], 2, /--secret-file and --tls-key exclude each other/],
    [['node', '--tls-key', path], 2, /need all of --tls-key, --tls-cert and --tls-ca/],
    [['-r', ...tls], 2, /tls\.ca holds something that is no certificate/],
    [
      ['-r', '--secret-file', file('short', 'hunter2\n')],
      2,
      /the secret in .*short must be key material.*got 7 characters/,
    ],
    [
      ['members', '--via', 'a:1', '--secret-file', path, '--secret-file', file('empty', '')],
      2,
      /the secret in .*empty must be.*got 0 characters/,
    ],
    [['-r', '--secret-file', join(folder, 'none')], 1, /there is no file/],
  ]
  for (const [args, code, stderr] of cases) {
    const result = await iridium(args)
    assert.match(result.stderr, stderr)
    assert.not.match(result.stderr, /hunter2/)
    assert.is(result.code, code)
  }
})

test('a secret of the environment that is none is told by its name', async () => {
  const result = await iridium(['members', '--via', 'a:1'], '', { IRIDIUM_SECRET: 'hunter2' })
  assert.match(result.stderr, /^iridium: IRIDIUM_SECRET must be key material.*got 7 characters/)
  assert.not.match(result.stderr, /hunter2/)
  assert.is(result.code, 2)
})

test('members at the port for sessions: what answers there is no node', async () => {
  const { host, address } = await served([])
  const result = await iridium(['members', '--via', address])
  assert.match(result.stderr, /what answers there is no node.*ERR_IRIDIUM_JOIN_FAILED/)
  assert.is(result.code, 1)
  await host.stop('SIGTERM')
})

test('connect ends when the host does, and says so', async () => {
  const { host, address } = await served([])
  const visitor = new Running(['connect', address])
  await visitor.until(/>>> $/)
  await host.end('!quit\n')
  const { code, stdout } = await visitor.end()
  assert.is(stdout, `${BANNER}>>> `)
  assert.is(code, 0)
})

test('connect to what serves no sessions fails', async () => {
  const host = new Running(['node', '-P', '0'])
  const [, address = ''] = await host.until(/Listening on (\S+)\./)
  const visitor = await visit(address, '!help\n')
  assert.is(visitor.stdout, '')
  assert.match(visitor.stderr, /closed without a word: is this the port for remote access\?/)
  assert.is(visitor.code, 1)
  await host.stop('SIGTERM')
})

test('connect to what resets the connection before it has said anything fails alike', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.resetAndDestroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const visitor = await iridium(['connect', `127.0.0.1:${port}`], '!help\n')
  server.close()
  assert.match(visitor.stderr, /closed without a word: is this the port for remote access\?/)
  assert.is(visitor.code, 1)
})

test.run()
