// Exposes what a node counts to Prometheus, in its text format (version 0.0.4), with nothing but node:http.
// Run it, then: curl http://127.0.0.1:<port>/metrics
import { createServer } from 'node:http'
import { IridiumNode } from 'iridium-node'

const node = new IridiumNode({ alias: 'metrics', port: 0 })
await node.start()

/** Every number of `stats()` by its path: channels.messages.sent is iridium_channels_messages_sent. */
function* numbers(value, path) {
  for (const [key, part] of Object.entries(value)) {
    const name = `${path}_${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`
    if (typeof part === 'number') yield [name, part]
    else if (key !== 'roundTripMs') yield* numbers(part, name)
  }
}

const label = (text) => text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')

function metrics() {
  const stats = node.stats()
  const lines = [...numbers(stats, 'iridium')].map(([name, number]) => `${name} ${number}`)
  for (const [alias, ms] of Object.entries(stats.roundTripMs)) {
    lines.push(`iridium_round_trip_ms{member="${label(alias)}"} ${ms}`)
  }
  return `${lines.join('\n')}\n`
}

const server = createServer((request, response) => {
  if (request.url !== '/metrics') return response.writeHead(404).end()
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics())
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()

// A host would leave it open; this one asks itself once, and ends.
const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
console.log(text.split('\n').find((line) => line.startsWith('iridium_links_open')))
server.close()
server.closeAllConnections()
await node.close()

// prints:
// iridium_links_open 0
