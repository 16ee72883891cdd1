// Owns the table by which a stranger's Hello or Join is accepted, refused, or must wait for an answer of somebody
// else. Rows are tried from the top; the first whose situation holds decides. Pure: it sees a picture of the
// situation, and changes nothing.
import type { RefusalCode } from '../protocol/messages.js'
import { agreedVersion, type Versions } from '../protocol/versions.js'
import { dialsOver, outranks } from './ranks.js'
import type { Greeting } from './state.js'

/** What is known of the node that stands in the way: has it been asked, and has it answered within a second? */
export type Answer = 'unasked' | 'waiting' | 'answers' | 'silent'

export interface Situation {
  readonly greeting: Greeting
  readonly me: {
    readonly id: string
    readonly alias: string
    readonly incarnation: number
    readonly versions: Versions
    readonly cluster: string
    readonly hasLeft: boolean
    readonly isFull: boolean
  }
  /** Whether a member has its id under another alias. */
  readonly isRenamed: boolean
  /** Of the link with the same id, if one is up. */
  readonly linked: Answer | null
  /** Whether our own dial to it has connected and waits for its answer. */
  readonly isGreeted: boolean
  /** The member that has its alias under another id, linked or not. */
  readonly holder: { readonly id: string; readonly answer: Answer } | null
}

export type Verdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'refuse'; readonly code: RefusalCode }
  /** Ask this node for a sign of life, by a ping on its link or a dial, and wait for a second at most. */
  | { readonly kind: 'ask'; readonly id: string }
  | { readonly kind: 'wait' }
  /** We give up our alias, and leave. */
  | { readonly kind: 'concede' }

interface Row {
  readonly situation: string
  readonly holds: (s: Situation) => boolean
  readonly verdict: (s: Situation) => Verdict
}

const accept = (): Verdict => ({ kind: 'accept' })
const wait = (): Verdict => ({ kind: 'wait' })
const refuse = (code: RefusalCode) => (): Verdict => ({ kind: 'refuse', code })
const isTwin = ({ greeting, me }: Situation): boolean => greeting.alias === me.alias

export const TABLE: readonly Row[] = [
  {
    situation: 'it speaks no version of the protocol that I speak',
    holds: ({ greeting, me }) => agreedVersion(me.versions, greeting) === null,
    verdict: refuse('WRONG_VERSION'),
  },
  {
    situation: 'it belongs to a cluster of another name',
    holds: ({ greeting, me }) => greeting.cluster !== me.cluster,
    verdict: refuse('WRONG_CLUSTER'),
  },
  {
    situation: 'it wants another node, which listened here before me',
    holds: ({ greeting, me }) => greeting.type === 'Join' && greeting.to !== me.id,
    verdict: refuse('OTHER_ID'),
  },
  {
    situation: 'its id is my own',
    holds: ({ greeting, me }) => greeting.id === me.id,
    verdict: refuse('SELF'),
  },
  {
    situation: 'I have left',
    holds: ({ me }) => me.hasLeft,
    verdict: refuse('NOT_A_MEMBER'),
  },
  {
    // a node keeps its alias as long as its id: this is another one, and what it says proves nothing about the member
    situation: 'a member has its id under another alias',
    holds: ({ isRenamed }) => isRenamed,
    verdict: refuse('OTHER_ALIAS'),
  },
  {
    situation: 'it has my alias, and is new to any cluster',
    holds: (s) => isTwin(s) && s.greeting.type === 'Hello' && s.greeting.incarnation === 0,
    verdict: refuse('ALIAS_TAKEN'),
  },
  {
    situation: 'it has my alias, and I outrank it',
    holds: (s) => isTwin(s) && outranks(s.me, s.greeting),
    verdict: refuse('ALIAS_TAKEN'),
  },
  {
    situation: 'it has my alias, and outranks me',
    holds: isTwin,
    verdict: () => ({ kind: 'concede' }),
  },
  {
    situation: 'a link with it is up',
    holds: ({ linked }) => linked === 'unasked',
    verdict: ({ greeting }) => ({ kind: 'ask', id: greeting.id }),
  },
  {
    situation: '... and has been asked',
    holds: ({ linked }) => linked === 'waiting',
    verdict: wait,
  },
  {
    situation: '... and answers',
    holds: ({ linked }) => linked === 'answers',
    verdict: refuse('ALREADY_LINKED'),
  },
  {
    situation: '... and is silent: the new link replaces it',
    holds: ({ linked }) => linked === 'silent',
    verdict: accept,
  },
  {
    situation: 'my own dial to it has connected, and my alias is the greater',
    holds: ({ greeting, me, isGreeted }) => isGreeted && dialsOver(me.alias, greeting.alias),
    verdict: refuse('SIMULTANEOUS'),
  },
  {
    situation: 'another member has its alias',
    holds: ({ holder }) => holder?.answer === 'unasked',
    verdict: ({ holder }) => ({ kind: 'ask', id: holder?.id ?? '' }),
  },
  {
    situation: '... and has been asked (if it proves dead, it is no member any more)',
    holds: ({ holder }) => holder?.answer === 'waiting',
    verdict: wait,
  },
  {
    situation: '... and answers',
    holds: ({ holder }) => holder?.answer === 'answers',
    verdict: refuse('ALIAS_TAKEN'),
  },
  {
    situation: '... and is silent',
    holds: ({ holder }) => holder?.answer === 'silent',
    verdict: refuse('ALIAS_BUSY'),
  },
  {
    situation: 'I have as many members as I may',
    holds: ({ me }) => me.isFull,
    verdict: refuse('FULL'),
  },
  { situation: 'otherwise', holds: () => true, verdict: accept },
]

export function judge(situation: Situation): Verdict {
  const row = TABLE.find(({ holds }) => holds(situation)) as Row
  return row.verdict(situation)
}
