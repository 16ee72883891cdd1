// Owns what a decoded message must satisfy beyond its schema: ranges, lengths, and what may be empty.
// All of it stands here, so that the cluster machine can trust every message that reaches it.
import {
  MAX_ALIAS_BYTES,
  MAX_CLUSTER_NAME_BYTES,
  MAX_HOST_BYTES,
  MAX_INCARNATION,
  MAX_NONCE,
  MAX_PORT,
  MAX_PROTOCOL_VERSION,
  MAX_REFUSAL_CODE_BYTES,
  MAX_REFUSAL_MESSAGE_BYTES,
  MAX_TAGS_BYTES,
} from '../core/limits.js'
import { isName } from '../core/names.js'
import { Malformed } from './bounded.js'
import type { Listed, Message, Self } from './messages.js'
import type { Versions } from './versions.js'

/** Throws Malformed unless every field of `message` is one that a sound peer can send. */
export function validate(message: Message): void {
  switch (message.type) {
    case 'Hello':
    case 'Join':
      versions(message)
      name('cluster', message.cluster, MAX_CLUSTER_NAME_BYTES)
      introduction(message)
      return
    case 'HelloAck':
      versions(message)
      introduction(message.self)
      hostName('you.host', message.you.host, 0)
      range('you.port', message.you.port, 0, MAX_PORT)
      range('you.incarnation', message.you.incarnation, 0, MAX_INCARNATION)
      message.nodes.forEach(listed)
      return
    case 'JoinAck':
      versions(message)
      introduction(message.self)
      message.nodes.forEach(listed)
      return
    case 'Refused':
      versions(message)
      text('code', message.code, 1, MAX_REFUSAL_CODE_BYTES)
      text('message', message.message, 0, MAX_REFUSAL_MESSAGE_BYTES)
      name('alias', message.alias, MAX_ALIAS_BYTES)
      range('incarnation', message.incarnation, 0, MAX_INCARNATION)
      if (message.holder) address(message.holder, 1)
      return
    case 'Members':
      message.nodes.forEach(listed)
      return
    case 'Tags':
      tags(message.tags)
      return
    case 'Ping':
    case 'Pong':
      range('nonce', message.nonce, 0, MAX_NONCE)
      return
    case 'Heartbeat':
    case 'Ask':
    case 'Heard':
    case 'Goodbye':
      return
    default:
      message satisfies never
  }
}

function versions({ minVersion, maxVersion }: Versions): void {
  range('minVersion', minVersion, 1, MAX_PROTOCOL_VERSION)
  range('maxVersion', maxVersion, minVersion, MAX_PROTOCOL_VERSION)
}

/** A node that speaks of itself may leave its host empty: the address that the other side sees. */
function introduction(node: Omit<Self, 'id'>): void {
  name('alias', node.alias, MAX_ALIAS_BYTES)
  range('incarnation', node.incarnation, 0, MAX_INCARNATION)
  address(node, 0)
  tags(node.tags)
}

function listed(node: Listed): void {
  name('alias', node.alias, MAX_ALIAS_BYTES)
  range('incarnation', node.incarnation, 0, MAX_INCARNATION)
  address(node, 1)
}

function address({ host, port }: { host: string; port: number }, minHostBytes: number): void {
  hostName('host', host, minHostBytes)
  range('port', port, 1, MAX_PORT)
}

function tags(entries: Readonly<Record<string, string>>): void {
  let bytes = 0
  for (const [key, value] of Object.entries(entries)) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value)
  }
  range('the length of all tags', bytes, 0, MAX_TAGS_BYTES)
}

/** What others are shown by: nothing in it acts on a terminal or breaks a line of a log. */
function name(field: string, value: string, maxBytes: number): void {
  text(field, value, 1, maxBytes)
  if (!isName(value, maxBytes)) throw new Malformed(`${field} has control characters`)
}

/** Nothing is resolved here; what can be no host at all is not even dialled. */
function hostName(field: string, value: string, minBytes: number): void {
  text(field, value, minBytes, MAX_HOST_BYTES)
  if (/[\s\p{Cc}[\]]/u.test(value)) throw new Malformed(`${field} is no host`)
}

function text(name: string, value: string, minBytes: number, maxBytes: number): void {
  const bytes = Buffer.byteLength(value)
  if (bytes < minBytes || bytes > maxBytes)
    range(`the length of ${name}`, bytes, minBytes, maxBytes)
}

function range(name: string, value: number, min: number, max: number): void {
  if (value < min || value > max) {
    throw new Malformed(`${name} is ${value}, expected ${min} to ${max}`)
  }
}
