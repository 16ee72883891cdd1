// Owns the table of events: their names, when they come, and what they carry. docs/events.md is generated from it.
import type { Member } from '../cluster/member.js'
import type { Address } from '../core/address.js'
import type { IridiumError } from '../core/errors.js'

export type { Member }

/** Why a member is one no longer: it said goodbye, it died, or another boot of its alias took its place. */
export type LeaveReason = 'left' | 'failed' | 'replaced'

/** The events of an IridiumNode. Each carries one object, so that it can grow. */
export type NodeEvents = {
  /** The server is bound. */
  listening: (event: { readonly address: Address }) => void
  /** A HelloAck has arrived, whole, from the node that we said Hello to. `nodes` names neither end. */
  helloAck: (event: { readonly from: Member; readonly nodes: Member[] }) => void
  /** This node's `join()` has succeeded; once each, and never on the seed. */
  joined: (event: { readonly via: Member; readonly members: Member[] }) => void
  /** A node has become a member. */
  memberJoined: (event: { readonly member: Member }) => void
  /** A member has stopped to answer. */
  memberSuspected: (event: { readonly member: Member }) => void
  /** A suspected member answers again. */
  memberRecovered: (event: { readonly member: Member }) => void
  /** A member has new tags. */
  memberUpdated: (event: { readonly member: Member }) => void
  /** A member has gone: exactly once for each time it was a member. */
  memberLeft: (event: { readonly member: Member; readonly reason: LeaveReason }) => void
  /** No member answers any more. */
  isolated: (event: Record<string, never>) => void
  /** This node has left the cluster. */
  left: (event: Record<string, never>) => void
  /** This node is closed. */
  closed: (event: Record<string, never>) => void
  /** Something failed for which no caller waits. */
  error: (error: IridiumError) => void
}

/** What the event `Name` carries. */
export type EventPayload<Name extends keyof NodeEvents> = Parameters<NodeEvents[Name]>[0]

/** One line of the table. */
export interface EventEntry {
  readonly when: string
  /** The fields, as TypeScript would write them. */
  readonly payload: string
}

export const EVENTS = {
  listening: {
    when: 'The server is bound; `address` says where, with the port that was picked.',
    payload: '{ address: Address }',
  },
  helloAck: {
    when: 'A HelloAck has arrived, whole, from the node that we said Hello to. `nodes` is its list of members, without either end.',
    payload: '{ from: Member, nodes: Member[] }',
  },
  joined: {
    when: "This node's `join()` has succeeded; once for each, and never on the seed.",
    payload: '{ via: Member, members: Member[] }',
  },
  memberJoined: {
    when: 'A node has become a member, also those that are found while joining (then before `joined`).',
    payload: '{ member: Member }',
  },
  memberSuspected: {
    when: 'A member has stopped to answer. It is still a member.',
    payload: '{ member: Member }',
  },
  memberRecovered: {
    when: 'A suspected member answers again.',
    payload: '{ member: Member }',
  },
  memberUpdated: {
    when: 'A member has new tags.',
    payload: '{ member: Member }',
  },
  memberLeft: {
    when: 'A member has gone: exactly once for each time it was a member. `left`: it said goodbye. `failed`: it died, or cannot be reached. `replaced`: another boot of its alias took its place.',
    payload: "{ member: Member, reason: 'left' | 'failed' | 'replaced' }",
  },
  isolated: {
    when: 'No member answers any more: more likely this node is cut off than all the others are dead. The memberLeft events follow.',
    payload: '{}',
  },
  left: {
    when: 'This node has left the cluster: its `members` is empty, and no `memberLeft` comes for the others.',
    payload: '{}',
  },
  closed: {
    when: 'This node is closed. Nothing comes after it.',
    payload: '{}',
  },
  error: {
    when: 'Something failed for which no caller waits: a stranger that was rejected, a link that broke, an alias that was lost, a listener that threw. Without a listener it goes to the logger, and never crashes the host.',
    payload: 'IridiumError',
  },
} as const satisfies Record<keyof NodeEvents, EventEntry>
