// Sessions that form a cluster, over real sockets on loopback.

import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { open } from './play.js'

async function takenPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

test('one session starts a cluster, another joins it, both list the other with its listening port', async () => {
  await using alpha = open({ alias: 'alpha' })
  await using beta = open({ alias: 'beta' })
  await alpha.session.handle('!start_cluster')
  const port = alpha.seat.node.address?.port
  assert.is(alpha.recorder.text, `Started cluster server!\nListening on 127.0.0.1:${port}.\n`)
  await beta.session.handle(`!join_cluster localhost ${port}`)
  const own = beta.seat.node.address?.port
  assert.is(
    beta.recorder.text,
    `Attempting to join cluster...\nListening on 127.0.0.1:${own}.\nConnected to cluster!\n`,
  )
  alpha.recorder.text = beta.recorder.text = ''
  await alpha.session.handle('!cluster_members')
  await beta.session.handle('!cluster_members')
  assert.is(alpha.recorder.text, `Listing Known Nodes:\n  beta  127.0.0.1  ${own}  alive\n`)
  assert.is(beta.recorder.text, `Listing Known Nodes:\n  alpha  127.0.0.1  ${port}  alive\n`)
  assert.equal(alpha.recorder.notices, [
    `* beta has joined the cluster, listening on 127.0.0.1:${own}`,
  ])
})

test('starting twice is told', async () => {
  await using it = open()
  await it.session.handle('!start_cluster')
  it.recorder.text = ''
  await it.session.handle('!start_cluster')
  const port = it.seat.node.address?.port
  assert.is(it.recorder.text, `The cluster server is already listening on 127.0.0.1:${port}.\n`)
})

test('where the usual port is taken a free one does, and the session says so', async () => {
  await using taken = await takenPort()
  await using it = open({ port: taken.port, anyPort: true })
  await it.session.handle('!start_cluster')
  const port = it.seat.node.address?.port
  assert.is.not(port, taken.port)
  assert.is(
    it.recorder.text,
    `Started cluster server!\nListening on 127.0.0.1:${port}, since port ${taken.port} is taken.\n`,
  )
})

test('a port that was asked for is used, or it is an error', async () => {
  await using taken = await takenPort()
  await using it = open({ port: taken.port, anyPort: false })
  await it.session.handle('!start_cluster')
  assert.match(it.recorder.text, /^Could not start the cluster server: .*\n$/)
  assert.is(it.seat.node.address, null)
})

test('a seed that does not answer is told, and the session goes on', async () => {
  await using it = open()
  const { port } = await takenPort().then(async (taken) => {
    await taken[Symbol.asyncDispose]()
    return taken
  })
  await it.session.handle(`!join_cluster 127.0.0.1 ${port}`)
  assert.match(it.recorder.text, /\nCould not connect to cluster!\n.+\n$/)
  it.recorder.text = ''
  await it.session.handle('!cluster_members')
  assert.is(it.recorder.text, 'Listing Known Nodes:\n')
})

test('joining can be interrupted', async () => {
  await using silent = await takenPort()
  await using it = open()
  const handled = it.session.handle(`!join_cluster 127.0.0.1 ${silent.port}`)
  await new Promise((resolve) => setTimeout(resolve, 50))
  it.session.interrupt()
  await handled
  assert.match(it.recorder.text, /Could not connect to cluster!/)
})

test.run()
