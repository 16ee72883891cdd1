// Owns the message table: every message of the wire, its fields and what they mean, as Avro schemas.
// The codec, the TypeScript types and the published protocol.avsc (for implementers in other languages)
// all come from here. A message's place in the table is its number on the wire: append only.
// Hello, HelloAck, Join, JoinAck and Refused keep their form for ever, so that any two versions can
// say no to each other; what is new goes into their `extensions`.
// This file must not know who sends what when: that is the cluster machine's.

const string = 'string'
const int = 'int'
const boolean = 'boolean'

const versions = [
  {
    name: 'minVersion',
    type: int,
    doc: 'The lowest version of the protocol that the sender speaks.',
  },
  { name: 'maxVersion', type: int, doc: 'The highest. Both sides then speak the lower maximum.' },
] as const

const extensions = {
  name: 'extensions',
  type: { type: 'map', values: 'bytes' },
  doc: 'Room for later versions; unknown names are ignored.',
} as const

const digest = {
  name: 'digest',
  type: 'Digest',
  doc: 'Digest of what the sender is linked with.',
} as const
const hopedDigest = {
  ...digest,
  doc: 'Digest of what the sender is linked with or is dialling.',
} as const
const nodes = { type: 'array', items: 'Listed' } as const

const idDefinition = {
  type: 'fixed',
  name: 'Id',
  size: 16,
  doc: '128 random bits of one boot of a node: the identity of a node.',
} as const

const digestDefinition = {
  type: 'fixed',
  name: 'Digest',
  size: 8,
  doc: "The exclusive or of the first 8 bytes of the ids of some nodes, and of the sender's own.",
} as const

const listedDefinition = {
  type: 'record',
  name: 'Listed',
  doc: 'A member as the sender knows it. A list causes dials and nothing else.',
  fields: [
    { name: 'id', type: 'Id' },
    { name: 'alias', type: string },
    { name: 'host', type: string, doc: 'Where the member listens; never empty.' },
    { name: 'port', type: int },
    { name: 'incarnation', type: int },
  ],
} as const

const selfDefinition = {
  type: 'record',
  name: 'Self',
  doc: 'The answering node itself.',
  fields: [
    { name: 'id', type: 'Id' },
    { name: 'alias', type: string },
    { name: 'incarnation', type: int },
    { name: 'host', type: string, doc: 'Where it listens; empty: the address that you dialled.' },
    { name: 'port', type: int },
    { name: 'tags', type: { type: 'map', values: string } },
  ],
} as const

const youDefinition = {
  type: 'record',
  name: 'You',
  doc: 'What the answering node sees of the dialler.',
  fields: [
    { name: 'host', type: string, doc: 'The address that the connection came from.' },
    { name: 'port', type: int },
    {
      name: 'incarnation',
      type: int,
      doc: '1 + the last that is known of an earlier boot of this alias.',
    },
  ],
} as const

const holderDefinition = {
  type: 'record',
  name: 'Holder',
  doc: 'The member that holds an alias.',
  fields: [
    { name: 'id', type: 'Id' },
    { name: 'host', type: string },
    { name: 'port', type: int },
  ],
} as const

const introduction = [
  { name: 'alias', type: string, doc: 'Unique among the living.' },
  {
    name: 'incarnation',
    type: int,
    doc: 'Counts the boots of this alias; 0: not yet told by anybody.',
  },
  { name: 'host', type: string, doc: 'Where the sender listens; empty: the address that you see.' },
  { name: 'port', type: int },
  { name: 'tags', type: { type: 'map', values: string } },
] as const

/** Every message, in the order of the wire. */
export const SCHEMAS = [
  {
    type: 'record',
    name: 'Hello',
    doc: 'The first frame to a seed: take me in, and tell me whom you know.',
    fields: [
      ...versions,
      {
        name: 'cluster',
        type: string,
        doc: 'Nodes of differently named clusters refuse each other.',
      },
      { name: 'id', type: idDefinition },
      ...introduction,
      { name: 'digest', type: digestDefinition },
      extensions,
    ],
  },
  {
    type: 'record',
    name: 'HelloAck',
    doc: 'The answer to a Hello: you are a member here. Further pages of the list come as Members.',
    fields: [
      ...versions,
      { name: 'self', type: selfDefinition },
      { name: 'you', type: youDefinition },
      hopedDigest,
      {
        name: 'nodes',
        type: { type: 'array', items: listedDefinition },
        doc: 'The first page of the list.',
      },
      { name: 'more', type: boolean, doc: 'Whether another page follows.' },
      extensions,
    ],
  },
  {
    type: 'record',
    name: 'Join',
    doc: 'The first frame to a listed member: I am a member already, link with me.',
    fields: [
      ...versions,
      { name: 'cluster', type: string },
      { name: 'id', type: 'Id' },
      ...introduction,
      { name: 'to', type: 'Id', doc: 'Whom the sender expects here; anybody else refuses.' },
      hopedDigest,
      extensions,
    ],
  },
  {
    type: 'record',
    name: 'JoinAck',
    doc: 'The answer to a Join. It lists members only if the digests differ.',
    fields: [
      ...versions,
      { name: 'self', type: 'Self' },
      hopedDigest,
      { name: 'nodes', type: nodes },
      { name: 'more', type: boolean },
      extensions,
    ],
  },
  {
    type: 'record',
    name: 'Refused',
    doc: 'The other answer to a Hello or Join; the connection is closed after it.',
    fields: [
      ...versions,
      { name: 'code', type: string, doc: 'For programs; an unknown one is final.' },
      { name: 'message', type: string, doc: 'For people.' },
      { name: 'id', type: 'Id', doc: 'Of the node that refuses.' },
      { name: 'alias', type: string },
      { name: 'incarnation', type: int },
      { name: 'holder', type: ['null', holderDefinition], doc: 'For ALIAS_TAKEN and ALIAS_BUSY.' },
      extensions,
    ],
  },
  {
    type: 'record',
    name: 'Members',
    doc: 'A page of the list of those that the sender is linked with.',
    fields: [
      digest,
      { name: 'nodes', type: nodes },
      { name: 'more', type: boolean },
      {
        name: 'question',
        type: boolean,
        doc: 'Whether a receiver whose digest differs answers with its own.',
      },
    ],
  },
  {
    type: 'record',
    name: 'Heartbeat',
    doc: 'I am alive. A frame of 13 bytes.',
    fields: [digest],
  },
  {
    type: 'record',
    name: 'Ping',
    doc: 'Answer this at once.',
    fields: [{ name: 'nonce', type: int }],
  },
  {
    type: 'record',
    name: 'Pong',
    doc: 'The answer to a Ping.',
    fields: [{ name: 'nonce', type: int }],
  },
  {
    type: 'record',
    name: 'Ask',
    doc: 'These are silent towards me: which of them have you heard yourself?',
    fields: [{ name: 'ids', type: { type: 'array', items: 'Id' } }],
  },
  {
    type: 'record',
    name: 'Heard',
    doc: 'The answer to an Ask: I am linked with these and have heard them within two intervals.',
    fields: [{ name: 'ids', type: { type: 'array', items: 'Id' } }],
  },
  {
    type: 'record',
    name: 'Goodbye',
    doc: 'The sender leaves the cluster.',
    fields: [],
  },
  {
    type: 'record',
    name: 'Tags',
    doc: "The sender's tags have changed to these.",
    fields: [{ name: 'tags', type: { type: 'map', values: string } }],
  },
] as const

interface Named {
  Id: string
  Digest: string
  Self: ValueOf<typeof selfDefinition>
  Listed: ValueOf<typeof listedDefinition>
}

interface Primitive {
  string: string
  int: number
  boolean: boolean
  bytes: Uint8Array
  null: null
}

/** The TypeScript type of an Avro schema; ids and digests are hex digits in memory. */
export type ValueOf<S> = S extends keyof Primitive
  ? Primitive[S]
  : S extends keyof Named
    ? Named[S]
    : S extends { type: 'fixed' }
      ? string
      : S extends { type: 'array'; items: infer Item }
        ? readonly ValueOf<Item>[]
        : S extends { type: 'map'; values: infer Value }
          ? Readonly<Record<string, ValueOf<Value>>>
          : S extends { type: 'record'; fields: infer Fields }
            ? RecordOf<Fields>
            : S extends readonly (infer Branch)[]
              ? ValueOf<Branch>
              : never

type RecordOf<Fields> = Fields extends readonly (infer Field extends {
  name: string
  type: unknown
})[]
  ? { readonly [F in Field as F['name']]: ValueOf<F['type']> }
  : never
