// The table of conflicts and the pure parts around it, by cases as data.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { judge, type Situation } from '../../src/cluster/conflicts.js'
import { bitsOf, EMPTY_DIGEST, toggled } from '../../src/cluster/digest.js'
import { backOff } from '../../src/cluster/healing.js'
import { dialsOver, outranks } from '../../src/cluster/ranks.js'
import { askAt, askTimeout, suspectAt } from '../../src/cluster/silence.js'
import type { Greeting } from '../../src/cluster/state.js'
import { OWN_VERSIONS } from '../../src/protocol/versions.js'

const ME = 'a'.repeat(32)
const THEM = 'b'.repeat(32)

const hello: Greeting = {
  type: 'Hello',
  minVersion: 1,
  maxVersion: 1,
  cluster: 'iridium',
  id: THEM,
  alias: 'beta',
  incarnation: 0,
  host: '127.0.0.1',
  port: 2255,
  tags: {},
  digest: '0'.repeat(16),
  extensions: {},
}
const join: Greeting = { ...hello, type: 'Join', to: ME, incarnation: 1 }
const me = {
  id: ME,
  alias: 'alpha',
  incarnation: 1,
  versions: OWN_VERSIONS,
  cluster: 'iridium',
  hasLeft: false,
  isFull: false,
}
const free: Situation = {
  greeting: hello,
  me,
  isRenamed: false,
  linked: null,
  isGreeted: false,
  holder: null,
}
const holder = (answer: 'unasked' | 'waiting' | 'answers' | 'silent') => ({
  id: 'c'.repeat(32),
  answer,
})

const CASES: [string, Partial<Situation>, string][] = [
  ['a newcomer', {}, 'accept'],
  ['a listed member', { greeting: join }, 'accept'],
  ['a later version that still speaks ours', { greeting: { ...hello, maxVersion: 9 } }, 'accept'],
  [
    'a version that no longer does',
    { greeting: { ...hello, minVersion: 2, maxVersion: 9 } },
    'WRONG_VERSION',
  ],
  ['another cluster', { greeting: { ...hello, cluster: 'other' } }, 'WRONG_CLUSTER'],
  ['another node was meant', { greeting: { ...join, to: THEM } as Greeting }, 'OTHER_ID'],
  ['myself', { greeting: { ...hello, id: ME, alias: 'alpha' } }, 'SELF'],
  ['I have left', { me: { ...me, hasLeft: true } }, 'NOT_A_MEMBER'],
  [
    'my alias, a newcomer, although it outranks me',
    { greeting: { ...hello, alias: 'alpha' }, me: { ...me, incarnation: 0 } },
    'ALIAS_TAKEN',
  ],
  [
    'my alias, I have booted more often',
    { greeting: { ...join, alias: 'alpha' }, me: { ...me, incarnation: 2 } },
    'ALIAS_TAKEN',
  ],
  ['my alias, it has the greater id', { greeting: { ...join, alias: 'alpha' } }, 'concede'],
  [
    'my alias, it has booted more often',
    { greeting: { ...hello, alias: 'alpha', incarnation: 2 } },
    'concede',
  ],
  [
    'my alias, it outranks me, and its id is that of a member',
    { greeting: { ...hello, alias: 'alpha', incarnation: 2 }, isRenamed: true },
    'OTHER_ALIAS',
  ],
  ['its link is up', { linked: 'unasked' }, `ask ${THEM}`],
  ['its link is up, and has been asked', { linked: 'waiting' }, 'wait'],
  ['its link is up and answers', { linked: 'answers' }, 'ALREADY_LINKED'],
  ['its link is up and silent', { linked: 'silent' }, 'accept'],
  [
    'its link is silent, and it comes under another alias',
    { linked: 'silent', isRenamed: true },
    'OTHER_ALIAS',
  ],
  [
    'its link is silent, and I am full: it is a member already',
    { linked: 'silent', me: { ...me, isFull: true } },
    'accept',
  ],
  ['my dial is there, my alias the smaller', { isGreeted: true }, 'accept'],
  [
    'my dial is there, my alias the greater',
    { isGreeted: true, me: { ...me, alias: 'gamma' } },
    'SIMULTANEOUS',
  ],
  ['its alias is held', { holder: holder('unasked') }, `ask ${'c'.repeat(32)}`],
  ['its alias is held by one that was asked', { holder: holder('waiting') }, 'wait'],
  ['its alias is held by one that answers', { holder: holder('answers') }, 'ALIAS_TAKEN'],
  ['its alias is held by one that is silent', { holder: holder('silent') }, 'ALIAS_BUSY'],
  ['I am full', { me: { ...me, isFull: true } }, 'FULL'],
]

for (const [name, change, expected] of CASES) {
  test(`the table: ${name}`, () => {
    const verdict = judge({ ...free, ...change })
    const text =
      'code' in verdict ? verdict.code : 'id' in verdict ? `ask ${verdict.id}` : verdict.kind
    assert.is(text, expected)
  })
}

test('of two twins exactly one outranks the other', () => {
  const nodes = [0, 1, 2].flatMap((incarnation) => ['0a', 'a0'].map((id) => ({ incarnation, id })))
  for (const a of nodes) {
    for (const b of nodes) {
      if (a !== b) assert.is(outranks(a, b), !outranks(b, a))
    }
    assert.not(outranks(a, a))
  }
})

test('the greater alias is that of the greater UTF-8 bytes', () => {
  assert.ok(dialsOver('b', 'a'))
  assert.ok(dialsOver('aa', 'a'))
  assert.ok(dialsOver('\u{1f600}', '\uffee'), 'not by UTF-16 units')
  assert.not(dialsOver('a', 'a'))
})

test('a digest does not depend on the order, and leaving undoes joining', () => {
  const ids = ['0123456789abcdef', 'fedcba9876543210', '8000000000000001'].map((x) =>
    x.padEnd(32, '0'),
  )
  const toggleEach = (digest: string, [id, ...rest]: readonly string[]): string =>
    id === undefined ? digest : toggleEach(toggled(digest, bitsOf(id)), rest)
  const digest = toggleEach(EMPTY_DIGEST, ids)
  assert.is(digest, '7ffffffffffffffe')
  assert.is(toggleEach(EMPTY_DIGEST, [...ids].reverse()), digest)
  assert.is(toggleEach(digest, ids), EMPTY_DIGEST)
})

test('dials back off from 10 ms to half a minute, between half and whole', () => {
  assert.equal(
    [0, 1, 2, 3].map((n) => backOff(n, 10, 0)),
    [5, 10, 20, 40],
  )
  assert.equal(
    [0, 1, 2, 3].map((n) => backOff(n, 10, 1)),
    [10, 20, 40, 80],
  )
  assert.is(backOff(2000, 10, 1), 30_000)
})

test('silence: suspect at two intervals; given up after the timeout, and the longest gap that a sound sender leaves', () => {
  for (const [intervalMs, timeoutMs] of [
    [1000, 5000],
    [100, 1000],
    [3000, 10_000],
  ] as const) {
    const longestGap = 1.5 * intervalMs
    assert.ok(suspectAt(0, intervalMs) > longestGap)
    const givenUpAt = askAt(0, timeoutMs, intervalMs) + askTimeout(intervalMs)
    assert.ok(givenUpAt >= timeoutMs + longestGap)
  }
  assert.is(suspectAt(0, 1000), 2000)
  assert.is(askAt(0, 5000, 1000) + askTimeout(1000), 6500)
})

test.run()
