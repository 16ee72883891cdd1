// Nodes without a REPL, in processes of their own, and a look at them from outside.
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { iridium, temporaryFolder } from './in-process.js'
import { endAll, Running } from './running.js'

const LISTENING = /^(\S+): Listening on 127\.0\.0\.1:(\d+)/

test('nodes join, tell who comes and goes and how, and take their leave', async () => {
  const alpha = new Running(['node', '-P', '0', '--node-alias', 'alpha'])
  const [, , port] = await alpha.until(LISTENING)
  const seed = `127.0.0.1:${port}`
  const beta = new Running(['node', '-P', '0', '--node-alias', 'beta', '--join', seed])
  const gamma = new Running(['node', '-P', '0', '--node-alias', 'gamma', '--join', seed])
  await Promise.all(
    [beta, gamma].map((node) => node.until(/Connected to the cluster, which has \d members\./)),
  )
  await Promise.all([alpha.until(/beta has joined/), alpha.until(/gamma has joined/)])
  await gamma.until(/beta has joined/)

  const seen = await iridium(['members', '--via', seed])
  assert.match(seen.stdout, /^alpha {2}127\.0\.0\.1 {2}\d+ {2}alive\nbeta {3}.*\ngamma {2}.*\n$/)
  assert.equal({ code: seen.code, stderr: seen.stderr }, { code: 0, stderr: '' })
  await alpha.until(/members-[0-9a-f]{8} has left the cluster/)

  const left = await gamma.stop('SIGINT')
  assert.is(left.code, 0)
  await Promise.all([alpha, beta].map((node) => node.until(/^gamma has left the cluster$/m)))
  await beta.stop('SIGKILL')
  await alpha.until(/^beta has failed and is no longer a member$/m)
  const { code, stderr } = await alpha.stop('SIGTERM')
  assert.equal({ code, stderr }, { code: 0, stderr: '' })
})

test('daemon mode is a node without a REPL; a data root keeps its alias', async () => {
  const root = temporaryFolder()
  const lonely = new Running(['--daemon-mode', 'true', '-P', '0', '--data-root-dir', root])
  const [, alias] = await lonely.until(LISTENING)
  assert.is(readFileSync(join(root, '.node_id'), 'utf8'), alias)
  await lonely.stop('SIGTERM')
})

test('a seed that is not there yet is no failure: the node goes on', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  const early = new Running(['node', '-P', '0', '--join', `127.0.0.1:${port}`])
  await early.until(/going on trying/, 'stderr')
  assert.is((await early.stop('SIGTERM')).code, 0)
})

test('a name that is taken is told, with code 1', async () => {
  const first = new Running(['node', '-P', '0', '--node-alias', 'one'])
  const [, , port] = await first.until(LISTENING)
  const second = new Running([
    'node',
    '-P',
    '0',
    '--node-alias',
    'one',
    '--join',
    `127.0.0.1:${port}`,
  ])
  const { code, stderr } = await second.end()
  assert.match(stderr, /holds this alias \(ALIAS_TAKEN\)/)
  assert.is(code, 1)
  await first.stop('SIGTERM')
})

test('what cannot be is told, with code 1', async () => {
  const [taken, far] = [
    new Running(['node', '-P', '0']),
    iridium(['node', '-H', '192.0.2.1', '-P', '0']),
  ]
  const [, , port] = await taken.until(LISTENING)
  const [second, refused] = await Promise.all([iridium(['node', '-P', `${port}`]), far])
  assert.match(second.stderr, /^iridium: .*ERR_IRIDIUM_LISTEN_FAILED\)\n$/)
  assert.match(refused.stderr, /^iridium: .*ERR_IRIDIUM_INSECURE\)\n--secret-file/)
  assert.equal([second.code, refused.code], [1, 1])
  await taken.stop('SIGTERM')
  const nobody = await iridium(['members', '--via', `127.0.0.1:${port}`])
  assert.match(nobody.stderr, /^iridium: .*ERR_IRIDIUM_JOIN_FAILED\)\n$/)
  assert.is(nobody.code, 1)
})

test('with a secret, only those who have it get in', async () => {
  const folder = temporaryFolder()
  const { stdout } = await iridium(['keygen'])
  writeFileSync(join(folder, 'key'), stdout)
  const node = new Running([
    'node',
    '-P',
    '0',
    '--node-alias',
    'safe',
    '--secret-file',
    join(folder, 'key'),
  ])
  const [, , port] = await node.until(LISTENING)
  const via = ['members', '--via', `127.0.0.1:${port}`]
  const inside = await iridium([...via, '--secret-file', join(folder, 'key')])
  assert.match(inside.stdout, /^safe {2}/)
  const missing = await iridium([...via, '--secret-file', join(folder, 'none')])
  assert.match(missing.stderr, /^iridium: there is no file .*none\n$/)
  await node.stop('SIGTERM')
})

test.after(endAll)
test.run()
