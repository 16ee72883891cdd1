// Owns the table of the protocol: in which phase of a link which message is taken, and what by. What stands in no
// row is a fault of the peer: its link is closed and the fault reported, and nothing else happens.
import { IridiumError } from '../core/errors.js'
import type { Message, MessageName, MessageOf } from '../protocol/messages.js'
import { takeGreeting, wayAnswered } from './answering.js'
import { compareDigest, takeMembers } from './exchange.js'
import { acknowledged } from './greeting.js'
import { heard } from './heartbeat.js'
import { noteHeard } from './history.js'
import { changeTags, remove } from './membership.js'
import { close, reportMember, reportStranger } from './outputs.js'
import { pong, ponged } from './ping.js'
import { answeredInVain, refused } from './setbacks.js'
import type { Link, Phase, PhaseName, PhaseOf, State } from './state.js'
import { dropLink, takeAsk, takeHeard } from './suspicion.js'

type Row<Name extends PhaseName> = {
  readonly [M in MessageName]?: (
    s: State,
    link: Link,
    message: MessageOf<M>,
    phase: PhaseOf<Name>,
  ) => void
}

export const TRANSITIONS: { readonly [Name in Exclude<PhaseName, 'closing'>]: Row<Name> } = {
  dialling: {},
  awaited: { Hello: takeGreeting, Join: takeGreeting },
  weighing: {},
  greeting: {
    HelloAck: (s, link, ack, { purpose }) => acknowledged(s, link, purpose, ack),
    JoinAck: (s, link, ack, { purpose }) => acknowledged(s, link, purpose, ack),
    Refused: (s, link, refusal, { purpose }) => refused(s, link, purpose, refusal),
  },
  up: {
    Heartbeat: (s, link, { digest }, { peer }) => compareDigest(s, link, peer, digest),
    Members: (s, link, message, { peer }) => takeMembers(s, link, peer, message),
    Ping: (s, link, message) => pong(s, link, message),
    Pong: (s, link, message) => {
      ponged(s, link, message)
      wayAnswered(s, message.nonce)
    },
    Ask: (s, link, message) => takeAsk(s, link, message),
    Heard: (s, _, message, { peer }) => {
      noteHeard(s, peer.member, message)
      takeHeard(s, peer, message)
    },
    Tags: (s, _, { tags }, { peer }) => changeTags(s, peer, tags),
    Goodbye: (s, _, __, { peer }) => remove(s, peer, 'left'),
  },
}

/** A message has come over this link. */
export function takeMessage(s: State, link: Link, message: Message): void {
  const { phase } = link
  if (phase.name === 'closing') return
  link.received++
  heard(s, link)
  const row = TRANSITIONS[phase.name] as Readonly<
    Record<string, (s: State, link: Link, message: Message, phase: Phase) => void>
  >
  const transition = row[message.type]
  if (transition) transition(s, link, message, phase)
  else misplaced(s, link, message.type)
}

function misplaced(s: State, link: Link, type: MessageName): void {
  const { phase } = link
  const why = `${type} has no place on a link that is ${phase.name}`
  const error = new IridiumError('ERR_IRIDIUM_PROTOCOL', `A peer broke the protocol: ${why}`)
  switch (phase.name) {
    case 'up':
      reportMember(s, phase.peer.member, error)
      dropLink(s, phase.peer, why)
      return
    case 'dialling':
    case 'greeting':
      close(s, link, why)
      answeredInVain(s, phase.purpose, null, why)
      return
    case 'awaited':
    case 'weighing':
      close(s, link, why)
      reportStranger(s, error.code, error.message)
      return
    case 'closing':
      return
    default:
      phase satisfies never
  }
}
