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
 * Why a Hello or Join was refused. `isMomentary`: the dialler may try this address again in a moment.
 * `isReported`: the hosts of both are told, since somebody should look into it.
 */
export const REFUSALS = {
  WRONG_VERSION: reason('no version of the protocol is common to both', { isReported: true }),
  WRONG_CLUSTER: reason('this node belongs to a cluster of another name', { isReported: true }),
  OTHER_ID: reason('the node that you want no longer listens here'),
  OTHER_ALIAS: reason('a member has your id under another alias', { isReported: true }),
  SELF: reason('the address is your own'),
  NOT_A_MEMBER: reason('this node has left, and waits for its host to join again'),
  ALIAS_TAKEN: reason('another living node holds this alias', { isReported: true }),
  ALIAS_BUSY: reason('the holder of this alias is silent, and not yet given up', {
    isMomentary: true,
  }),
  ALREADY_LINKED: reason('a link between the two is up and answers', { isMomentary: true }),
  SIMULTANEOUS: reason('both have dialled, and the other connection is to stay', {
    isMomentary: true,
  }),
  FULL: reason('this node has as many members as it may have', { isReported: true }),
} as const

export type RefusalCode = keyof typeof REFUSALS

/** Whether a refusal with this code, perhaps one of a later version, is a matter of moments. */
export function isMomentary(code: string): boolean {
  return Object.hasOwn(REFUSALS, code) && REFUSALS[code as RefusalCode].isMomentary
}

/** Whether both hosts are told of a refusal with this code: also one of a later version, which nobody here can judge. */
export function isReported(code: string): boolean {
  return !Object.hasOwn(REFUSALS, code) || REFUSALS[code as RefusalCode].isReported
}

interface Reason {
  readonly meaning: string
  readonly isMomentary: boolean
  readonly isReported: boolean
}

function reason(meaning: string, { isMomentary = false, isReported = false } = {}): Reason {
  return { meaning, isMomentary, isReported }
}
