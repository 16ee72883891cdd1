// Owns the messages between hosts, as Avro schemas: the branches of the union that follow the control
// messages of schema.ts. They bypass the cluster machine. Append only, as there.
// What they mean together, and who may send which when, stands in docs/channels.md.
import type { ValueOf } from './schema.js'

const int = 'int'
const string = 'string'
const bytes = 'bytes'

const channel = {
  name: 'channel',
  type: int,
  doc: "The sender's number of the channel, as its Open gave it.",
} as const

const value = {
  name: 'value',
  type: bytes,
  doc: "The value, written with the sender's schema of the channel.",
} as const

const id = { name: 'id', type: int, doc: 'Names one request among those of its sender.' } as const

const stream = {
  name: 'stream',
  type: int,
  doc: 'Names one message in pieces among those of its sender.',
} as const

/** Every message between hosts, in the order of the wire. */
export const DATA_SCHEMAS = [
  {
    type: 'record',
    name: 'Open',
    doc: 'From here on this number is my name, on this link, for this channel; my values there are written with this schema.',
    fields: [
      { name: 'channel', type: int },
      { name: 'name', type: string },
      { name: 'schema', type: string, doc: 'An Avro schema as JSON.' },
    ],
  },
  {
    type: 'record',
    name: 'Close',
    doc: 'I have closed this channel; its number is not used again.',
    fields: [channel],
  },
  {
    type: 'record',
    name: 'Message',
    doc: 'A value for the listeners of the channel. Takes credit.',
    fields: [channel, value],
  },
  {
    type: 'record',
    name: 'Request',
    doc: 'A value for the handler of the channel, who owes one Reply or Failed. Takes credit.',
    fields: [channel, id, value],
  },
  {
    type: 'record',
    name: 'Reply',
    doc: 'The answer to a Request. Takes no credit: a receiver has always room for what it asked for.',
    fields: [channel, id, value],
  },
  {
    type: 'record',
    name: 'Failed',
    doc: 'The other answer to a Request.',
    fields: [
      id,
      { name: 'code', type: string, doc: 'For programs.' },
      { name: 'message', type: string, doc: 'For people.' },
    ],
  },
  {
    type: 'record',
    name: 'Cancel',
    doc: 'I do not wait for the answer to this Request any more.',
    fields: [id],
  },
  {
    type: 'record',
    name: 'Piece',
    doc: 'The next bytes of a Message, Request or Reply that is too large for one frame, its tag included.',
    fields: [
      stream,
      {
        name: 'rest',
        type: int,
        doc: 'How many bytes follow in later pieces; 0 before the announced end: given up.',
      },
      { name: 'bytes', type: bytes },
    ],
  },
  {
    type: 'record',
    name: 'Room',
    doc: 'The answer to a first Piece, repeated as the message comes in.',
    fields: [
      stream,
      {
        name: 'upTo',
        type: int,
        doc: 'How many bytes of the message, from its first, may be sent now; 0: none, it is refused.',
      },
      { name: 'refusal', type: string, doc: 'Why it is refused, for programs; empty if not.' },
    ],
  },
  {
    type: 'record',
    name: 'Credit',
    doc: 'The channel has dealt with messages of yours that took so much credit: take it again.',
    fields: [channel, { name: 'bytes', type: int }],
  },
  {
    type: 'record',
    name: 'Unread',
    doc: 'I cannot read your messages on this channel; they are dropped. Said once.',
    fields: [channel, { name: 'message', type: string, doc: 'For people.' }],
  },
] as const

type Schema = (typeof DATA_SCHEMAS)[number]

export type DataName = Schema['name']

/** The fields of the data message `Name`. */
export type DataFields<Name extends DataName> = ValueOf<Extract<Schema, { name: Name }>>
