// How lists of members are exchanged where no transcript is long enough: with many members, and in many pages.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bitsOf, EMPTY_DIGEST, toggled } from '../../src/cluster/digest.js'
import { counts } from '../../src/cluster/facts.js'
import type { Output } from '../../src/cluster/io.js'
import { step } from '../../src/cluster/machine.js'
import type { State } from '../../src/cluster/state.js'
import {
  MAX_CONTACTS,
  MAX_LIST_ELEMENTS,
  MAX_MEMBERS,
  QUESTIONS_PER_INTERVAL,
} from '../../src/core/limits.js'
import type { Listed, Message, MessageOf } from '../../src/protocol/messages.js'
import { Prng } from '../sim/prng.js'
import { stateWith } from './states.js'

const prng = new Prng(1)
const nodes = Array.from({ length: 2000 }, (_, i): Listed => {
  return { id: prng.id(), alias: `n${i}`, host: '10.0.0.1', port: 1000 + i, incarnation: 1 }
})

/** A node with so many members, the first of `nodes`, each on the link of its place. */
function withMembers(count: number, fraction: () => number): State {
  const s = stateWith(fraction)
  step(s, 0, { type: 'start', address: { host: '10.0.0.9', port: 1 } })
  for (const [i, node] of nodes.slice(0, count).entries()) {
    step(s, 1, { type: 'accepted', link: linkOf(i), remote: { host: node.host, port: node.port } })
    take(s, 1, i, hello(node))
    step(s, 1, { type: 'turn' })
  }
  assert.is(s.members.size, count)
  return s
}

function hello(node: Listed): Message {
  return {
    ...node,
    type: 'Hello',
    minVersion: 1,
    maxVersion: 1,
    cluster: 'iridium',
    tags: {},
    digest: '0'.repeat(16),
    extensions: {},
  }
}

const linkOf = (i: number): number => 2 * i + 1

function take(s: State, now: number, i: number, message: Message): readonly Output[] {
  return step(s, now, { type: 'frame', link: linkOf(i), message })
}

/** Names nodes of these numbers, in pages, over the first link; returns all that this puts out. */
function name(s: State, now: number, numbers: readonly number[]): Output[] {
  const pages: number[][] = []
  for (let i = 0; i < numbers.length; i += MAX_LIST_ELEMENTS) {
    pages.push(numbers.slice(i, i + MAX_LIST_ELEMENTS))
  }
  return pages.flatMap((page) => {
    const named = page.map((n): Listed => {
      const id = n.toString(16).padStart(32, '0')
      return { id, alias: `m${n}`, host: '10.1.0.1', port: 1 + n, incarnation: 1 }
    })
    const message = { digest: '1'.repeat(16), nodes: named, more: true, question: false } as const
    return [...take(s, now, 0, { type: 'Members', ...message })]
  })
}

function dials(outputs: readonly Output[]): number[] {
  return outputs.flatMap((output) => (output.type === 'dial' ? [output.link] : []))
}

function lists(outputs: readonly Output[]): MessageOf<'Members'>[] {
  return outputs.flatMap((output) => {
    return output.type === 'send' && output.message.type === 'Members' ? [output.message] : []
  })
}

const INTRODUCTION = { minVersion: 1, maxVersion: 1, tags: {}, extensions: {} }
const digestOf = (ids: readonly string[]): string =>
  ids.reduce((digest, id) => toggled(digest, bitsOf(id)), EMPTY_DIGEST)

test('who joins agrees with all others while its dials are under way, and no list is sent', () => {
  const s = withMembers(0, () => 0.5)
  const [seed, ...others] = nodes.slice(0, 20) as [Listed, ...Listed[]]
  const everybody = digestOf([s.config.id, ...nodes.slice(0, 20).map(({ id }) => id)])
  step(s, 2, { type: 'join', call: 1, seeds: [seed] })
  const [dial] = [...s.links.keys()] as [number]
  step(s, 3, { type: 'connected', link: dial, remote: seed })
  const helloAck: Message = {
    ...INTRODUCTION,
    type: 'HelloAck',
    self: { ...seed, tags: {} },
    digest: everybody,
    you: { host: '10.0.0.9', port: 5, incarnation: 1 },
    nodes: others,
    more: false,
  }
  const dials = step(s, 4, { type: 'frame', link: dial, message: helloAck }).filter(
    ({ type }) => type === 'dial',
  )
  assert.is(dials.length, 19)
  const sent: Message[] = []
  for (const [i, other] of others.entries()) {
    const link = dial + 2 + 2 * i
    const self = { ...other, tags: {} }
    const ack = { ...INTRODUCTION, type: 'JoinAck', self, digest: everybody, nodes: [] } as const
    const outputs = [
      ...step(s, 5, { type: 'connected', link, remote: other }),
      ...step(s, 6, { type: 'frame', link, message: { ...ack, more: false } }),
    ]
    for (const output of outputs) if (output.type === 'send') sent.push(output.message)
  }
  assert.is(s.members.size, 20)
  assert.is(sent.length, 19)
  for (const message of sent) {
    assert.is(message.type, 'Join')
    assert.is((message as MessageOf<'Join'>).digest, everybody)
  }
})

test('who hopes for the same as we is answered without a list; who lacks one, with it', () => {
  for (const lacking of [0, 1]) {
    const s = withMembers(4, () => 0.5)
    const newcomer = nodes[10] as Listed
    const ids = nodes.slice(lacking, 4).map(({ id }) => id)
    const digest = digestOf([s.config.id, newcomer.id, ...ids])
    const cluster = { cluster: 'iridium', to: s.config.id }
    const message = { ...INTRODUCTION, ...newcomer, ...cluster, type: 'Join', digest } as const
    step(s, 2, { type: 'accepted', link: linkOf(10), remote: newcomer })
    take(s, 2, 10, message)
    const [ack] = step(s, 2, { type: 'turn' }).flatMap((output) =>
      output.type === 'send' && output.message.type === 'JoinAck' ? [output.message] : [],
    )
    assert.is(ack?.nodes.length, lacking === 0 ? 0 : 4)
  }
})

test('who counts with those that we are dialling agrees as well as who counts without them', () => {
  const found = nodes[20] as Listed
  for (const [isCounted, isSame] of [
    [false, true],
    [true, true],
    [false, false],
  ]) {
    const s = withMembers(4, () => 0.5)
    const page = { digest: '1'.repeat(16), nodes: [found], more: false, question: false } as const
    assert.is(dials(take(s, 2, 0, { type: 'Members', ...page })).length, 1)
    const ids = nodes.slice(isSame ? 0 : 1, 4).map(({ id }) => id)
    const digest = digestOf([s.config.id, ...ids, ...(isCounted ? [found.id] : [])])
    const question = { type: 'Members', nodes: [], more: false, question: true, digest } as const
    assert.is(lists(take(s, 3, 0, question)).length, isSame ? 0 : 1)
  }
})

test('a question is answered with those that its list lacks, and not at all if it lacks none', () => {
  const s = withMembers(4, () => 0.5)
  const [, second, third, fourth] = nodes as [Listed, Listed, Listed, Listed]
  const question = { type: 'Members', digest: '1'.repeat(16), more: false, question: true } as const
  const answers = lists(take(s, 2, 0, { ...question, nodes: [third] }))
  assert.equal(
    answers.flatMap((answer) => answer.nodes).map((node) => node.alias),
    ['n1', 'n3'],
  )
  assert.equal(lists(take(s, 3, 0, { ...question, nodes: [second, third, fourth] })), [])
})

test('a list in several pages is answered after the last, by what all of them lack', () => {
  const s = withMembers(4, () => 0.5)
  const [, second, third] = nodes as [Listed, Listed, Listed]
  const page = { type: 'Members', digest: '1'.repeat(16), question: true } as const
  assert.equal(lists(take(s, 2, 0, { ...page, nodes: [second], more: true })), [])
  const answers = lists(take(s, 2, 0, { ...page, nodes: [third], more: false }))
  assert.equal(
    answers.flatMap((answer) => answer.nodes).map((node) => node.alias),
    ['n3'],
  )
})

test('pages without end are not kept without end', () => {
  const s = withMembers(1, () => 0.5)
  for (let i = 100; i < 2000; i += 100) {
    const page = nodes.slice(i, i + 100)
    take(s, 2, 0, {
      type: 'Members',
      digest: '1'.repeat(16),
      nodes: page,
      more: true,
      question: true,
    })
  }
  const [link] = s.links.values()
  assert.is(link?.phase.name === 'up' && link.phase.list?.nodes.length, MAX_LIST_ELEMENTS)
})

test('of many members whose digests differ, a few are asked in an interval', () => {
  const chance = new Prng(2)
  const s = withMembers(100, () => chance.fraction())
  let asked = 0
  for (let second = 1; second <= 20; second++) {
    for (let i = 0; i < 100; i++) {
      const digest = `${second}`.padStart(16, '0')
      asked += lists(take(s, 1000 * second, i, { type: 'Heartbeat', digest })).length
    }
  }
  assert.ok(asked > 10 * QUESTIONS_PER_INTERVAL && asked < 30 * QUESTIONS_PER_INTERVAL, `${asked}`)
})

test('of few members whose digests differ, each is asked', () => {
  const s = withMembers(QUESTIONS_PER_INTERVAL, () => 0.999)
  for (let i = 0; i < QUESTIONS_PER_INTERVAL; i++) {
    const outputs = take(s, 5000, i, { type: 'Heartbeat', digest: '1'.repeat(16) })
    assert.equal(
      lists(outputs).map(({ question }) => question),
      [true],
    )
  }
})

test('names without end are not dialled without end, and displace none that may be there', () => {
  const s = withMembers(2, () => 0.5)
  const range = (from: number, to: number): number[] => {
    return Array.from({ length: to - from }, (_, i) => from + i)
  }
  const first = name(s, 2, range(0, 20_000))
  const dialled = dials(first)
  assert.is(dialled.length, MAX_CONTACTS)
  assert.is(first.filter(({ type }) => type === 'close').length, 0)
  // those that fail do not make room at once: that would be a way to have ever more dialled
  for (const link of dialled.slice(0, -1)) {
    step(s, 3, { type: 'dialFailed', link, reason: 'unreachable', message: 'nobody' })
  }
  assert.equal(dials(name(s, 3, range(20_000, 30_000))), [])
  // a member that is lost is dialled all the same
  assert.is(dials(step(s, 4, { type: 'closed', link: linkOf(1) })).length, 1)
  assert.is(s.contacts.size, MAX_CONTACTS)
  // after the timeout the new take the places of those that were out of reach; the last of the old still waits
  name(s, 5003, range(30_000, 40_000))
  const ports = [...s.contacts.values()].map(({ address }) => address.port)
  assert.is(ports.filter((port) => port > 30_000).length, MAX_CONTACTS - 2)
  assert.ok(ports.includes(MAX_CONTACTS))
})

test('who comes to a node with as many members as it may have is refused, and counted', () => {
  const s = withMembers(MAX_MEMBERS, () => 0.5)
  assert.is(counts(s).full, 0)
  const [late] = nodes.slice(MAX_MEMBERS) as [Listed]
  const { host, port } = late
  step(s, 2, { type: 'accepted', link: linkOf(MAX_MEMBERS), remote: { host, port } })
  take(s, 2, MAX_MEMBERS, hello(late))
  const outputs = step(s, 2, { type: 'turn' })
  assert.ok(
    outputs.some(
      (o) => o.type === 'send' && o.message.type === 'Refused' && o.message.code === 'FULL',
    ),
  )
  assert.is(counts(s).full, 1)
})

test.run()
