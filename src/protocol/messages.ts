// Owns the types of the messages, and the words that stand inside them. The table itself is schema.ts.
import type { SCHEMAS, ValueOf } from './schema.js'

type Schema = (typeof SCHEMAS)[number]

export type MessageName = Schema['name']

/** A message in memory: plain, checked data. Ids and digests are hex digits (32 and 16). */
export type Message = {
  [S in Schema as S['name']]: { readonly type: S['name'] } & ValueOf<S>
}[MessageName]

export type MessageOf<Name extends MessageName> = Extract<Message, { type: Name }>

/** A member as a list names it. */
export type Listed = MessageOf<'Members'>['nodes'][number]

/** The answering node, as it introduces itself. */
export type Self = MessageOf<'HelloAck'>['self']

/**
 * Why a Hello or Join was refused, and whether the dialler may try this address again soon:
 * `final` ends the attempt, `retry` is a matter of moments.
 */
export const REFUSALS = {
  SELF: { kind: 'final', meaning: 'the address is your own' },
  WRONG_CLUSTER: { kind: 'final', meaning: 'this node belongs to a cluster of another name' },
  WRONG_VERSION: { kind: 'final', meaning: 'no version of the protocol is common to both' },
  FULL: { kind: 'final', meaning: 'this node has as many members as it may have' },
  ALIAS_TAKEN: { kind: 'final', meaning: 'another living node holds this alias' },
  ALIAS_BUSY: {
    kind: 'retry',
    meaning: 'the holder of this alias does not answer, and is not yet given up',
  },
  ALREADY_LINKED: { kind: 'retry', meaning: 'a link between the two nodes is up and answers' },
  SIMULTANEOUS: {
    kind: 'retry',
    meaning: 'both nodes dialled, and the other connection is to stay',
  },
  NOT_A_MEMBER: {
    kind: 'final',
    meaning: 'this node has left, and waits for its host to join again',
  },
} as const

export type RefusalCode = keyof typeof REFUSALS
