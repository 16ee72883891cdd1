// Messages that decode and mean harm: the right form, with the ids, aliases and numbers that matter most mixed up.
import { MAX_INCARNATION } from '../../../src/core/limits.js'
import type { Message, MessageName } from '../../../src/protocol/messages.js'
import { SCHEMAS } from '../../../src/protocol/schema.js'
import type { Prng } from '../../sim/prng.js'

interface Name {
  readonly id: string
  readonly alias: string
}

const CODES = [
  'SELF',
  'NOT_A_MEMBER',
  'ALIAS_TAKEN',
  'ALIAS_BUSY',
  'ALREADY_LINKED',
  'SIMULTANEOUS',
  'OTHER_ID',
  'OTHER_ALIAS',
  'WRONG_CLUSTER',
  'FULL',
  '?',
]

/** `known`: nodes that live; they are named often, and their names given to others. */
export function hostileMessage(prng: Prng, known: readonly Name[]): Message {
  const stranger = (): string => `${10 + prng.below(40)}`.repeat(16)
  const id = (): string => (prng.chance(0.2) ? prng.pick(known).id : stranger())
  // Who claims our own alias may be in the right, and ends this life: rarely.
  const alias = (): string =>
    prng.chance(0.1) ? (known[prng.chance(0.05) ? 0 : 1] as Name).alias : `n${prng.below(60)}`
  const incarnation = (): number => prng.pick([0, 1, 2, prng.below(100), MAX_INCARNATION])
  const address = () => ({
    host: prng.pick(['127.0.0.1', '10.1.2.3']),
    port: 2300 + prng.below(20),
  })
  const digest = prng.chance(0.3) ? '00'.repeat(8) : Buffer.from(prng.bytes(8)).toString('hex')
  const versions = prng.chance(0.9)
    ? { minVersion: 1, maxVersion: 1 }
    : { minVersion: 7, maxVersion: 9 }
  const tags = prng.chance(0.7) ? {} : { zone: `${prng.below(9)}` }
  const listed = () => ({ id: id(), alias: alias(), ...address(), incarnation: incarnation() })
  const list = <T>(item: () => T): T[] =>
    Array.from({ length: prng.below(prng.chance(0.05) ? 257 : 5) }, item)
  const self = () => ({ ...listed(), tags })
  const first = () => ({
    ...versions,
    cluster: prng.chance(0.95) ? 'iridium' : 'other',
    ...self(),
    digest,
    extensions: {},
  })
  const page = () => ({ digest, nodes: list(listed), more: prng.chance(0.2) })
  const makers: { readonly [N in MessageName]: () => Omit<Extract<Message, { type: N }>, 'type'> } =
    {
      Hello: first,
      Join: () => ({ ...first(), to: prng.chance(0.8) ? (known[0] as Name).id : id() }),
      HelloAck: () => ({
        ...versions,
        self: self(),
        you: { ...address(), incarnation: incarnation() },
        ...page(),
        extensions: {},
      }),
      JoinAck: () => ({ ...versions, self: self(), ...page(), extensions: {} }),
      Refused: () => ({
        ...versions,
        code: prng.pick(CODES),
        message: '',
        id: id(),
        alias: alias(),
        incarnation: incarnation(),
        holder: prng.chance(0.5) ? null : { id: id(), ...address() },
        extensions: {},
      }),
      Members: () => ({ ...page(), question: prng.chance(0.5) }),
      Heartbeat: () => ({ digest }),
      Ping: () => ({ nonce: prng.below(100) }),
      Pong: () => ({ nonce: prng.below(100) }),
      Ask: () => ({ ids: list(id) }),
      Heard: () => ({ ids: list(id) }),
      Goodbye: () => ({}),
      Tags: () => ({ tags }),
    }
  const { name } = prng.chance(0.4)
    ? (SCHEMAS[prng.pick([0, 2])] as { name: MessageName })
    : prng.pick(SCHEMAS)
  return { type: name, ...makers[name]() } as Message
}
