// Who makes room for a node that is only named, when there are as many contacts as there may be: to the millisecond.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { dialDue, heardOf, missing, retry } from '../../src/cluster/healing.js'
import { newLink } from '../../src/cluster/outputs.js'
import type { State } from '../../src/cluster/state.js'
import { MAX_CONTACTS } from '../../src/core/limits.js'
import { stateWith, TIMEOUT_MS } from './states.js'

const node = (i: number) => {
  const id = (i + 1).toString(16).padStart(32, '0')
  return { id, alias: `n${i}`, host: '10.0.0.1', port: i + 1, incarnation: 1 }
}

/** A node that knows as many others as it may, all being dialled; `looks` says how often they were gone through. */
function crowded(): { s: State; looks(): number } {
  const s = stateWith(() => 0.5)
  s.now = 1
  for (let i = 0; i < MAX_CONTACTS; i++) heardOf(s, node(i))
  dialDue(s)
  assert.is(s.contacts.size, MAX_CONTACTS)
  let looks = 0
  const values = s.contacts.values.bind(s.contacts)
  s.contacts.values = () => {
    looks++
    return values()
  }
  return { s, looks: () => looks }
}

/** The dial of this node has failed, now. */
function fails(s: State, i: number): void {
  const contact = s.contacts.get(node(i).id)
  assert.ok(contact)
  retry(s, contact)
}

const has = (s: State, i: number): boolean => s.contacts.has(node(i).id)

test('until there are as many as there may be, whoever is named is dialled', () => {
  const { s } = crowded()
  s.contacts.delete(node(3).id)
  heardOf(s, node(MAX_CONTACTS))
  assert.ok(has(s, MAX_CONTACTS))
  heardOf(s, node(MAX_CONTACTS + 1))
  assert.not.ok(has(s, MAX_CONTACTS + 1))
})

test('who has been out of reach for the timeout makes room, and not a millisecond earlier', () => {
  for (const isLookedForEarlier of [false, true]) {
    const { s } = crowded()
    s.now = 100
    fails(s, 7)
    s.now = 101
    fails(s, 8)
    if (isLookedForEarlier) heardOf(s, node(MAX_CONTACTS))
    s.now = 100 + TIMEOUT_MS - 1
    heardOf(s, node(MAX_CONTACTS))
    assert.not.ok(has(s, MAX_CONTACTS))
    s.now = 100 + TIMEOUT_MS
    heardOf(s, node(MAX_CONTACTS))
    assert.ok(has(s, MAX_CONTACTS))
    assert.not.ok(has(s, 7), 'the one that has been out of reach for longest')
    heardOf(s, node(MAX_CONTACTS + 1))
    assert.not.ok(has(s, MAX_CONTACTS + 1), 'the next one has not')
    s.now = 101 + TIMEOUT_MS
    heardOf(s, node(MAX_CONTACTS + 1))
    assert.ok(has(s, MAX_CONTACTS + 1))
    assert.not.ok(has(s, 8))
    assert.is(s.contacts.size, MAX_CONTACTS)
  }
})

test('who was out of reach for longest is looked for once, not for every name', () => {
  const { s, looks } = crowded()
  s.now = 100
  fails(s, 7)
  for (let i = 0; i < 1000; i++) heardOf(s, node(MAX_CONTACTS + i))
  assert.is(looks(), 1)
  s.now = 100 + TIMEOUT_MS - 1
  for (let i = 0; i < 1000; i++) heardOf(s, node(MAX_CONTACTS + i))
  assert.is(looks(), 1)
  s.now = 100 + TIMEOUT_MS
  for (let i = 0; i < 1000; i++) heardOf(s, node(MAX_CONTACTS + i))
  assert.is(looks(), 3, 'one that makes room, and one that does not')
  assert.not.ok(has(s, 7))
})

test('members make no room for names; where all are members, nobody is looked for before the timeout', () => {
  const { s, looks } = crowded()
  for (const { id, alias, address, incarnation } of [...s.contacts.values()]) {
    const member = { id, alias, ...address, incarnation, tags: {}, status: 'suspect' } as const
    s.peers.set(id, { id, member, link: null, heardAt: 0, suspicion: null })
  }
  const before = looks()
  s.now = 100
  for (let i = 0; i < MAX_CONTACTS; i++) fails(s, i)
  heardOf(s, node(MAX_CONTACTS))
  s.now = 100 + TIMEOUT_MS - 1
  heardOf(s, node(MAX_CONTACTS))
  assert.is(looks(), before + 1)
  s.now = 100 + TIMEOUT_MS
  heardOf(s, node(MAX_CONTACTS))
  assert.is(looks(), before + 2)
  assert.not.ok(has(s, MAX_CONTACTS))
  assert.is(s.contacts.size, MAX_CONTACTS)
})

test('a member that is lost has a place at once: of those that are no members, the one longest out of reach goes', () => {
  const { s } = crowded()
  s.now = 100
  fails(s, 7)
  s.now = 101
  fails(s, 8)
  const lost = { ...node(MAX_CONTACTS), tags: {}, status: 'suspect' } as const
  missing(s, lost)
  assert.ok(has(s, MAX_CONTACTS))
  assert.not.ok(has(s, 7))
  assert.is(s.contacts.size, MAX_CONTACTS)
})

test('a node that is named hurries its dial once in a timeout, and not while it is linked', () => {
  const { s } = crowded()
  s.now = 100
  fails(s, 7)
  const contact = missing(s, { ...node(7), tags: {}, status: 'suspect' })
  const { dialAt } = contact
  assert.ok(dialAt > 100)
  s.now = TIMEOUT_MS
  heardOf(s, node(7))
  assert.is(contact.dialAt, dialAt, 'named at 1, and less than the timeout ago')
  s.now = 1 + TIMEOUT_MS
  heardOf(s, { ...node(7), port: 4711 })
  assert.is(contact.dialAt, s.now)
  assert.is(contact.attempts, 0)
  assert.equal(contact.address, { host: '10.0.0.1', port: 4711 })
  const link = newLink(s, 1, false, contact.address, { name: 'awaited' })
  const member = { ...node(7), tags: {}, status: 'alive' } as const
  s.peers.set(member.id, { id: member.id, member, link, heardAt: 0, suspicion: null })
  s.now = 2 + 2 * TIMEOUT_MS
  heardOf(s, node(7))
  assert.is(contact.namedAt, 1 + TIMEOUT_MS)
})

test.run()
