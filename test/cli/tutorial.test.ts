// The session at the end of the tutorial: two REPLs in processes of their own, started in one folder.
import { readdirSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from './in-process.js'
import { endAll, Running } from './running.js'

test('one starts a cluster, the other joins it on this machine; both see it, and both say goodbye', async () => {
  const cwd = temporaryFolder()
  const one = new Running(['--log-level', 'trace'], { cwd })
  const two = new Running([], { cwd, env: { IRIDIUM_LOG: 'trace' } })
  await one.until(/^Welcome to Iridium! Let's be productive!\n>>> $/)
  one.say('!start_cluster')
  // 2254, unless something else on this machine has it.
  const [, first] = await one.until(
    /Started cluster server!\nListening on 127\.0\.0\.1:(\d+)[^\n]*\n>>> $/,
  )
  two.say(`!join_cluster localhost ${first}`)
  const [, second] = await two.until(
    /Attempting to join cluster\.\.\.\nListening on 127\.0\.0\.1:(\d+)/,
  )
  await two.until(/Connected to cluster!\n>>> $/)
  await one.until(
    new RegExp(
      `\n\\* (\\S+) has joined the cluster, listening on 127\\.0\\.0\\.1:${second}\n>>> $`,
    ),
  )

  one.say('!cluster_members')
  two.say('!cluster_members')
  await one.until(
    new RegExp(
      `Listing Known Nodes:\n {2}[0-9a-f-]{36} {2}127\\.0\\.0\\.1 {2}${second} {2}alive\n>>> $`,
    ),
  )
  await two.until(
    new RegExp(
      `Listing Known Nodes:\n {2}[0-9a-f-]{36} {2}127\\.0\\.0\\.1 {2}${first} {2}alive\n>>> $`,
    ),
  )

  two.say('!quit')
  const ended = await two.end()
  assert.is(ended.code, 0)
  assert.match(ended.stdout, /Farewell! Have a great day!\n$/)
  await one.until(/\* \S+ has left the cluster\n>>> $/)
  const { code, stdout, stderr } = await one.end()
  assert.is(code, 0)
  assert.match(stdout, />>> \n$/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what must not be there
  assert.not.match(stdout + ended.stdout, /\u001b/)
  assert.match(stderr, /trace Hello received from [0-9a-f-]{36}/)
  assert.match(ended.stderr, new RegExp(`trace Hello sent to localhost:${first}`))
  assert.match(ended.stderr, /trace list of nodes received from [0-9a-f-]{36}/)
  assert.equal(readdirSync(cwd), [])
})

test('a signal ends a session, and its node says goodbye', async () => {
  const one = new Running(['-P', '0', '--node-alias', 'one'])
  one.say('!start_cluster')
  const [, port] = await one.until(/Listening on 127\.0\.0\.1:(\d+)/)
  const two = new Running(['-P', '0', '--node-alias', 'two'])
  two.say(`!join_cluster 127.0.0.1 ${port}`)
  await two.until(/Connected to cluster!/)
  const { code } = await two.stop('SIGTERM')
  assert.is(code, 143)
  await one.until(/\* two has left the cluster/)
  one.say('load $0 #1 again: eq $0 $0 djmpe @again')
  const ended = await one.stop('SIGINT')
  assert.is(ended.code, 130)
})

test.after(endAll)
test.run()
