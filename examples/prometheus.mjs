// Exposes what a node counts to Prometheus, in its text format (version 0.0.4), with nothing but node:http.
// Run it, then: curl http://127.0.0.1:<port>/metrics
import { createServer } from 'node:http'
import { IridiumNode } from 'iridium-node'

const both = ({ received, sent }) => [
  [{ direction: 'in' }, received],
  [{ direction: 'out' }, sent],
]
const each = (label, numbers) => Object.entries(numbers).map(([key, n]) => [{ [label]: key }, n])

// Names end with their unit, seconds or bytes, and those of counters with _total.
// biome-ignore format: one metric a line
const METRICS = [
  ['iridium_members', 'gauge', 'Members, by their status.', (s) => each('status', s.members)],
  ['iridium_links_open', 'gauge', 'Connections, handshakes included.', (s) => s.links.open],
  ['iridium_links_members', 'gauge', 'Connections that are the link with a member.', (s) => s.links.members],
  ['iridium_links_dialled_total', 'counter', 'Dials.', (s) => s.links.dialled],
  ['iridium_links_accepted_total', 'counter', 'Connections accepted.', (s) => s.links.accepted],
  ['iridium_links_rejected_total', 'counter', 'Connections of others that ended before they proved anything.', (s) => s.links.rejected],
  ['iridium_links_dials_failed_total', 'counter', 'Dials that became no connection.', (s) => s.links.dialsFailed],
  ['iridium_links_broken_total', 'counter', 'Connections that ended by an error.', (s) => s.links.broken],
  ['iridium_links_slowed_total', 'counter', 'Times that a link had to wait for the next turn to be read.', (s) => s.links.slowed],
  ['iridium_frames_total', 'counter', 'Control messages.', (s) => both(s.messages)],
  ['iridium_heartbeats_total', 'counter', 'Heartbeats, which are among the control messages.', (s) => both(s.heartbeats)],
  ['iridium_network_bytes_total', 'counter', 'All bytes of all links.', (s) => both(s.bytes)],
  ['iridium_round_trip_seconds', 'gauge', 'The last question to each member until its answer.',
    (s) => each('member', s.roundTripMs).map(([labels, ms]) => [labels, ms / 1000])],
  ['iridium_outbox_bytes', 'gauge', 'Bytes that wait for the network.', (s) => s.queues.outboxBytes],
  ['iridium_strangers', 'gauge', "Accepted connections that are no member's link yet.", (s) => s.queues.strangers],
  ['iridium_dials', 'gauge', 'Dials under way.', (s) => s.queues.dials],
  ['iridium_sought', 'gauge', 'Nodes that should be linked and are not.', (s) => s.queues.sought],
  ['iridium_seeds', 'gauge', 'Seeds.', (s) => s.queues.seeds],
  ['iridium_calls_waiting', 'gauge', 'Calls of the host that wait.', (s) => s.queues.calls],
  ['iridium_timer_late_seconds', 'gauge', "How late the node's timers came at worst.", (s) => s.timers.worstLateMs / 1000],
  ['iridium_blocked_seconds', 'gauge', 'How long the event loop was last blocked.', (s) => s.timers.lastBlockMs / 1000],
  ['iridium_bounds_hit_total', 'counter', 'What went over a bound and was refused.', (s) => s.boundsHit],
  ['iridium_channels_open', 'gauge', 'Channels.', (s) => s.channels.open],
  ['iridium_channel_messages_total', 'counter', 'Messages of channels.', (s) => both(s.channels.messages)],
  ['iridium_channel_messages_dropped_total', 'counter', 'Messages received and not delivered.', (s) => s.channels.messages.dropped],
  ['iridium_channel_requests_total', 'counter', 'Requests.', (s) => both(s.channels.requests)],
  ['iridium_channel_requests_waiting', 'gauge', 'Requests that wait for a reply.', (s) => s.channels.requests.waiting],
  ['iridium_channel_requests_running', 'gauge', 'Requests that a handler is at.', (s) => s.channels.requests.running],
  ['iridium_channel_requests_failed_total', 'counter', 'Requests that were rejected.', (s) => s.channels.requests.failed],
  ['iridium_channel_replies_late_total', 'counter', 'Replies that nobody waited for any more.', (s) => s.channels.requests.late],
  ['iridium_channel_bytes_total', 'counter', 'Bytes of values.', (s) => both(s.channels.bytes)],
  ['iridium_channel_waiting_bytes', 'gauge', 'Bytes that wait for credit or for the network.', (s) => s.channels.waitingBytes],
  ['iridium_channel_reassembly_bytes', 'gauge', 'Bytes of large messages that are coming in.', (s) => s.channels.reassemblyBytes],
  ['iridium_channel_stalls_total', 'counter', 'Times that a sender had to wait for its receiver.', (s) => s.channels.stalls],
  ['iridium_channel_schemas_resolved_total', 'counter', 'Schemas of peers that differed from ours.', (s) => s.channels.schemasResolved],
  ['iridium_channel_resets_total', 'counter', 'Links lost.', (s) => s.channels.resets],
  ['iridium_programs_running', 'gauge', 'Programs of run() that run.', (s) => s.machines.running],
  ['iridium_programs_finished_total', 'counter', 'Programs that have ended.', (s) => s.machines.finished],
  ['iridium_instructions_total', 'counter', 'Instructions that programs have executed.', (s) => s.machines.instructions],
]

/** In the value of a label, a backslash, a quote and a line's end are escaped. */
const escaped = (text) => text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')
const braces = (labels) =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join()}}`

/** All metrics of a node, as Prometheus reads them. */
export function exposition(node) {
  const stats = node.stats()
  return METRICS.map(([name, type, help, read]) => {
    const value = read(stats)
    const samples = typeof value === 'number' ? [[{}, value]] : value
    const lines = samples.map(
      ([labels, number]) =>
        `${name}${Object.keys(labels).length ? braces(labels) : ''} ${number}\n`,
    )
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
  }).join('')
}

const node = new IridiumNode({ alias: 'alpha', port: 0 })
const member = new IridiumNode({ alias: 'the "other" one', port: 0 })
await node.start()
await member.join(node.address)

const server = createServer((request, response) => {
  if (request.url !== '/metrics') return response.writeHead(404).end()
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }
  response.writeHead(200, headers).end(exposition(node))
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()

// A host would leave it open; this one asks itself once, and ends.
const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
console.log(
  text
    .split('\n')
    .filter((line) => /iridium_(members|links_accepted)/.test(line))
    .join('\n'),
)
server.close()
server.closeAllConnections()
await Promise.all([node.close(), member.close()])

// prints:
// # HELP iridium_members Members, by their status.
// # TYPE iridium_members gauge
// iridium_members{status="alive"} 1
// iridium_members{status="suspect"} 0
// # HELP iridium_links_accepted_total Connections accepted.
// # TYPE iridium_links_accepted_total counter
// iridium_links_accepted_total 1
