// One message of each kind or more, for the tests of the codec; fields in the order of the wire.
import type { Message } from '../../src/protocol/messages.js'

export const ID_A = '0a'.repeat(16)
export const ID_B = '0b'.repeat(16)
export const DIGEST = '0123456789abcdef'

const versions = { minVersion: 1, maxVersion: 1 }
const listed = { id: ID_B, alias: 'beta', host: '127.0.0.1', port: 2255, incarnation: 1 }
const self = {
  id: ID_A,
  alias: 'alpha',
  incarnation: 2,
  host: '127.0.0.1',
  port: 2254,
  tags: { zone: 'north' },
}
const introduction = {
  ...versions,
  cluster: 'iridium',
  id: ID_B,
  alias: 'beta',
  incarnation: 0,
  host: '',
  port: 2255,
  tags: { zone: 'süd', role: '' },
}
const newcomer = { ...introduction, digest: DIGEST, extensions: {} }

export const SAMPLES: readonly Message[] = [
  { type: 'Hello', ...newcomer },
  { type: 'Hello', ...newcomer, extensions: { later: new Uint8Array([1, 2, 3]) } },
  {
    type: 'HelloAck',
    ...versions,
    self,
    you: { host: '127.0.0.1', port: 40001, incarnation: 1 },
    digest: DIGEST,
    nodes: [listed],
    more: true,
    extensions: {},
  },
  { type: 'Join', ...introduction, incarnation: 1, to: ID_A, digest: DIGEST, extensions: {} },
  { type: 'JoinAck', ...versions, self, digest: DIGEST, nodes: [], more: false, extensions: {} },
  {
    type: 'Refused',
    ...versions,
    code: 'ALIAS_TAKEN',
    message: 'another living node holds this alias',
    id: ID_A,
    alias: 'alpha',
    incarnation: 2,
    holder: { id: ID_B, host: '127.0.0.1', port: 2255 },
    extensions: {},
  },
  {
    type: 'Refused',
    ...versions,
    code: 'SELF',
    message: '',
    id: ID_A,
    alias: 'alpha',
    incarnation: 2,
    holder: null,
    extensions: {},
  },
  { type: 'Members', digest: DIGEST, nodes: [listed, listed], more: false, question: true },
  { type: 'Heartbeat', digest: DIGEST },
  { type: 'Ping', nonce: 7 },
  { type: 'Pong', nonce: 7 },
  { type: 'Ask', ids: [ID_A, ID_B] },
  { type: 'Heard', ids: [] },
  { type: 'Goodbye' },
  { type: 'Tags', tags: { a: 'b' } },
]
