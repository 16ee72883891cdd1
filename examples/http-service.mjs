// An http service with a node inside: POST /run executes a stranger's program within hard limits,
// GET /members shows the cluster.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { AssemblyError, assemble, IridiumNode } from 'iridium-node'

const node = new IridiumNode({ alias: 'service', port: 0 })
await node.start()

const server = createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  try {
    if (request.url === '/members') return answer(200, [node.alias, ...node.members.keys()])
    if (request.url !== '/run') return answer(404, { error: 'not found' })
    const program = assemble(await readText(request, 64 * 1024), { sections: 'optional' })
    const { stop, output, instructionCount } = await node.run(program, {
      fuel: 10_000_000,
      maxHeapBytes: 1024 * 1024,
    })
    answer(200, { stop, output, instructionCount })
  } catch (error) {
    if (error instanceof AssemblyError) answer(400, { errors: error.diagnostics })
    else answer(500, { error: error.code ?? 'internal' })
  }
})

async function readText(stream, maxBytes) {
  const chunks = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > maxBytes) throw Object.assign(new Error('too long'), { code: 'TOO_LONG' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

server.listen(0, '127.0.0.1')
await once(server, 'listening')

// A client, to show it at work.
const url = `http://127.0.0.1:${server.address().port}`
const post = async (source) => {
  const response = await fetch(`${url}/run`, { method: 'POST', body: source })
  return response.json()
}
console.log((await (await fetch(`${url}/members`)).json()).join())
console.log((await post('load $0 #6  load $1 #7  mul $0 $1 $2  hlt')).stop)
console.log(
  (await post('again: djmpe @again  eq $0 $0  djmpe @again')).stop.kind,
  'after all its fuel',
)
console.log((await post('dvi $0 $1 $2')).errors[0].hint)

server.close()
server.closeAllConnections()
await node.close()

// prints:
// service
// { kind: 'halted', code: 0 }
// yielded after all its fuel
// did you mean DIV?
