// Owns how a simulated world is told in text: one line for each thing that a machine puts out and for each call of
// a host, with the time and the node. For transcripts, where the lines are the documentation, and for debugging.
import type { ClusterEvent, Input, Output } from '../../src/cluster/io.js'
import type { IridiumError } from '../../src/core/errors.js'
import type { Message } from '../../src/protocol/messages.js'
import type { Process } from './process.js'
import type { World } from './world.js'

export interface TraceOptions {
  /** Heartbeats, pings and pongs too. */
  readonly beats?: boolean
  /** What the machine logs, from trace on. */
  readonly logs?: boolean
}

/** The lines of one step: its cause if that is a call or a failure, then what it put out. */
export function traceStep(
  process: Process,
  input: Input,
  outputs: readonly Output[],
  options: TraceOptions = {},
): string[] {
  const lines = [cause(process, input), ...outputs.map((output) => show(process, output, options))]
  return lines.flatMap((line) => (line === null ? [] : [traceLine(process, line)]))
}

export function traceLine(process: Process, what: string): string {
  return `${process.world.now.toFixed(0).padStart(6)}  ${nameOf(process).padEnd(7)}  ${what}`
}

function cause(process: Process, input: Input): string | null {
  switch (input.type) {
    case 'start':
      return 'starts'
    case 'join':
      return `joins ${input.seeds.map((seed) => aliasAt(process.world, seed)).join(', ')}`
    case 'leave':
      return 'leaves'
    case 'setTags':
      return `sets tags ${JSON.stringify(input.tags)}`
    case 'forget':
      return `forgets ${nameOfId(process.world, input.idOrAlias)}`
    case 'dialFailed':
      return `dial ${input.link} fails: ${input.reason}`
    case 'closed':
      return `link ${input.link} is closed${input.error ? `: ${input.error.code}` : ''}`
    default:
      return null
  }
}

function show(process: Process, output: Output, { beats, logs }: TraceOptions): string | null {
  const { world } = process
  switch (output.type) {
    case 'dial':
      return `dials ${aliasAt(world, output.address)} (link ${output.link})`
    case 'send': {
      const { type } = output.message
      if (!beats && (type === 'Heartbeat' || type === 'Ping' || type === 'Pong')) return null
      const peer = process.wires.get(output.link)?.peer?.process
      return `-> ${peer ? nameOf(peer) : '?'}: ${showMessage(world, output.message)}`
    }
    case 'close':
      return `closes link ${output.link}: ${output.reason}`
    case 'linkUp':
      return `link ${output.link} with ${output.member.alias} is up`
    case 'linkDown':
      return `link ${output.link} with ${output.member.alias} is down`
    case 'emit':
      return `* ${showEvent(output.event)}`
    case 'settle':
      return output.result.ok
        ? `call ${output.call} succeeds: ${names(output.result.members)}`
        : `call ${output.call} fails: ${showError(output.result.error)}`
    case 'log':
      return logs ? `${output.level}: ${output.message}` : null
    case 'deadline':
    case 'nextTurn':
      return null
    default:
      return output satisfies never
  }
}

export function showMessage(world: World, message: Message): string {
  const ids = (list: readonly string[]): string => list.map((id) => nameOfId(world, id)).join(', ')
  switch (message.type) {
    case 'Hello':
      return `Hello (incarnation ${message.incarnation})`
    case 'Join':
      return `Join (incarnation ${message.incarnation}, to ${nameOfId(world, message.to)})`
    case 'HelloAck':
      return `HelloAck (your incarnation ${message.you.incarnation}, nodes: ${names(message.nodes)}${more(message)})`
    case 'JoinAck':
      return `JoinAck (nodes: ${names(message.nodes)}${more(message)})`
    case 'Refused': {
      const { code, holder } = message
      return `Refused ${code}${holder ? ` (holder: ${nameOfId(world, holder.id)})` : ''}`
    }
    case 'Members':
      return `Members (${names(message.nodes)}${more(message)})${message.question ? ', and yours?' : ''}`
    case 'Ask':
      return `Ask (${ids(message.ids)})`
    case 'Heard':
      return `Heard (${ids(message.ids) || 'none'})`
    case 'Tags':
      return `Tags ${JSON.stringify(message.tags)}`
    case 'Ping':
    case 'Pong':
      return `${message.type} ${message.nonce}`
    case 'Heartbeat':
    case 'Goodbye':
      return message.type
    default:
      return message satisfies never
  }
}

function showEvent(event: ClusterEvent): string {
  switch (event.type) {
    case 'helloAck':
      return `helloAck from ${event.from.alias}, nodes: ${names(event.nodes)}`
    case 'joined':
      return `joined via ${event.via.alias}, members: ${names(event.members)}`
    case 'memberLeft':
      return `memberLeft ${event.member.alias}: ${event.reason}`
    case 'memberJoined':
      return `memberJoined ${event.member.alias} (incarnation ${event.member.incarnation})`
    case 'memberUpdated':
      return `memberUpdated ${event.member.alias} ${JSON.stringify(event.member.tags)}`
    case 'memberSuspected':
    case 'memberRecovered':
      return `${event.type} ${event.member.alias}`
    case 'error':
      return `error ${showError(event.error)}`
    case 'isolated':
    case 'left':
      return event.type
    default:
      return event satisfies never
  }
}

function showError({ code, message, cause }: IridiumError): string {
  const reasons = cause instanceof AggregateError ? cause.errors.map((error) => error.code) : []
  return `${code}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}: ${message}`
}

function names(nodes: readonly { alias: string }[]): string {
  return nodes.map((node) => node.alias).join(', ') || 'none'
}

function more(message: { more: boolean }): string {
  return message.more ? ', more to come' : ''
}

/** The alias, with a mark for the second and later boots of it. */
export function nameOf(process: Process): string {
  const boots = process.world.processes.filter((other) => other.alias === process.alias)
  return process.alias + "'".repeat(boots.indexOf(process))
}

function nameOfId(world: World, id: string): string {
  const process = world.processes.find((other) => other.id === id)
  return process ? nameOf(process) : id
}

function aliasAt(world: World, address: { host: string; port: number }): string {
  const at = world.processes.filter(
    (p) => p.address.host === address.host && p.address.port === address.port,
  )
  const process = at.find((p) => p.isRunning) ?? at.at(-1)
  return process ? nameOf(process) : `${address.host}:${address.port}`
}
