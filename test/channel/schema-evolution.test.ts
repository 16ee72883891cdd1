// How a channel reads what was written with another schema: the rules of Avro 1.11, "Schema Resolution".
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AvroSchema, ChannelSchema } from '../../src/node/channel/schema.js'
import { Cursor } from '../../src/protocol/cursor.js'
import { encode, read, record, TREE } from './schemas.js'

// --- evolution ---

const V1 = record('Job', { id: 'int', name: 'string' })
const enumOf = (symbols: string[], extra: object = {}, name = 'E'): AvroSchema => ({
  type: 'enum',
  name,
  symbols,
  ...extra,
})
const fixed = (name: string, size: number, extra: object = {}): AvroSchema => ({
  type: 'fixed',
  name,
  size,
  ...extra,
})
const array = (items: AvroSchema): AvroSchema => ({ type: 'array', items })
const map = (values: AvroSchema): AvroSchema => ({ type: 'map', values })
/** A field that takes another name from the peer. */
const from = (alias: string, type: AvroSchema, extra: object = {}) => ({
  type,
  default: undefined,
  aliases: [alias],
  ...extra,
})
const LIST = record('L', { v: 'int', next: ['null', 'L'] })

const EVOLUTIONS: readonly [string, AvroSchema, AvroSchema, unknown, unknown][] = [
  [
    'a field with a default is new to the reader',
    V1,
    record('Job', { id: 'int', name: 'string', priority: { type: 'int', default: 3 } }),
    { id: 1, name: 'a' },
    { id: 1, name: 'a', priority: 3 },
  ],
  [
    'a field is unknown to the reader',
    record('Job', {
      extra: { type: { type: 'map', values: { type: 'array', items: 'double' } }, default: {} },
      id: 'int',
      name: 'string',
    }),
    V1,
    { extra: { a: [1, 2], b: [] }, id: 1, name: 'a' },
    { id: 1, name: 'a' },
  ],
  [
    'the order differs',
    V1,
    record('Job', { name: 'string', id: 'int' }),
    { id: 1, name: 'a' },
    { name: 'a', id: 1 },
  ],
  [
    'an alias',
    V1,
    {
      type: 'record',
      name: 'Task',
      aliases: ['Job'],
      fields: [{ name: 'number', aliases: ['id'], type: 'long' }],
    },
    { id: 7, name: 'a' },
    { number: 7 },
  ],
  [
    'a field that has the name of a method of every object',
    V1,
    record('Job', { constructor: { type: 'int', default: 1 }, id: 'int' }),
    { id: 1, name: 'a' },
    { constructor: 1, id: 1 },
  ],
  ['int to long', 'int', 'long', -5, -5],
  ['int to float', 'int', 'float', -5, -5],
  ['int to double', 'int', 'double', 5, 5],
  ['long to float', 'long', 'float', 5, 5],
  ['long to double', 'long', 'double', 2 ** 50 + 1, 2 ** 50 + 1],
  ['float to double', 'float', 'double', 0.5, 0.5],
  ['string to bytes', 'string', 'bytes', 'ü', Buffer.from('ü')],
  ['bytes to string', 'bytes', 'string', Buffer.from('ü'), 'ü'],
  ['promoted items', array('int'), array('double'), [1, 2], [1, 2]],
  ['promoted entries', map('bytes'), map('string'), { a: Buffer.from('x') }, { a: 'x' }],
  ['a fixed of the same size', fixed('F', 1), fixed('F', 1), Buffer.from('x'), Buffer.from('x')],
  [
    'an alias of a fixed',
    fixed('F', 1),
    fixed('G', 1, { aliases: ['F'] }),
    Buffer.from('x'),
    Buffer.from('x'),
  ],
  ['an alias of an enum', enumOf(['A']), enumOf(['A'], { aliases: ['E'] }, 'D'), 'A', 'A'],
  [
    'a namespace is no part of the name',
    record('R', { x: enumOf(['A'], { namespace: 'e' }) }, { namespace: 'a.b' }),
    record('R', { x: enumOf(['A']), y: { type: 'int', default: 0 } }, { namespace: 'c' }),
    { x: 'A' },
    { x: 'A', y: 0 },
  ],
  [
    'a field of the same name comes before one with an alias',
    record('R', { old: 'int', x: 'int' }),
    record('R', { x: from('old', 'int') }),
    { old: 1, x: 2 },
    { x: 2 },
  ],
  [
    'an alias is taken by one field only',
    record('R', { x: 'int' }),
    record('R', { x: 'int', y: from('x', 'int', { default: 7 }) }),
    { x: 1 },
    { x: 1, y: 7 },
  ],
  ['a union that grew', ['null', 'string'], ['null', 'int', 'string'], 'q', 'q'],
  ['a union that shrank', ['null', 'int', 'string'], ['null', 'string'], 'q', 'q'],
  ['the null of a union that shrank', ['null', 'int', 'string'], ['string', 'null'], null, null],
  ['a union in another order', ['int', 'string'], ['string', 'int'], 5, 5],
  ['a union of numbers', ['int', 'double'], ['double', 'int', 'null'], { int: 5 }, { int: 5 }],
  ['a union to wrapped numbers', ['null', 'int'], ['null', 'double', 'long'], 5, { double: 5 }],
  ['wrapped numbers to one', ['int', 'long', 'null'], 'double', { long: 5 }, 5],
  ['one to wrapped numbers', 'int', ['string', 'double', 'int'], 5, { int: 5 }],
  ['a text stays one where bytes come first', 'string', ['bytes', 'string'], 'x', 'x'],
  ['a text becomes bytes if need be', ['null', 'string'], ['bytes', 'int'], 'x', Buffer.from('x')],
  [
    'one of two records of a name: the one in its namespace',
    [record('a.R', { x: 'int' }), record('b.R', { x: 'int' })],
    [record('b.R', { x: 'int' }), record('a.R', { x: 'int' }), 'null'],
    { 'a.R': { x: 1 } },
    { 'a.R': { x: 1 } },
  ],
  [
    'a branch by its alias',
    ['null', record('A', { x: 'int' })],
    ['null', record('C', { x: 'string' }), record('B', { x: 'long' }, { aliases: ['A'] })],
    { x: 1 },
    { B: { x: 1 } },
  ],
  ['an enum that grew', enumOf(['A', 'B']), enumOf(['B', 'C', 'A']), 'A', 'A'],
  ['an enum that shrank', enumOf(['A', 'B', 'C']), enumOf(['C', 'A']), 'C', 'C'],
  ['an enum with nothing but a default', enumOf(['A']), enumOf(['X'], { default: 'X' }), 'A', 'X'],
  [
    'defaults of every kind',
    record('R', {}),
    record('R', {
      o: { type: record('O', { q: { type: 'int', default: 3 } }), default: {} },
      a: { type: array('int'), default: [1] },
      m: { type: map('int'), default: { k: 1 } },
      b: { type: 'bytes', default: '\u00ff' },
      u: { type: ['null', 'string'], default: null },
      w: { type: ['int', 'double'], default: 1 },
      e: { type: enumOf(['A', 'B']), default: 'B' },
    }),
    {},
    { o: { q: 3 }, a: [1], m: { k: 1 }, b: Buffer.from([255]), u: null, w: { int: 1 }, e: 'B' },
  ],
  [
    'a list whose links change',
    LIST,
    record('L', { next: ['null', 'L'], v: 'long', z: { type: 'int', default: 0 } }),
    { v: 1, next: { v: 2, next: { v: 3, next: null } } },
    { next: { next: { next: null, v: 3, z: 0 }, v: 2, z: 0 }, v: 1, z: 0 },
  ],
  ['one to a union', 'string', ['null', 'string'], 'x', 'x'],
  ['a union to one', ['null', 'string'], 'string', 'x', 'x'],
  [
    'an enum with a default',
    { type: 'enum', name: 'E', symbols: ['A', 'C'] },
    { type: 'enum', name: 'E', symbols: ['A', 'B'], default: 'B' },
    'C',
    'B',
  ],
  [
    'a tree that grows leaves',
    TREE,
    record('Tree', {
      label: 'string',
      left: ['null', 'Tree'],
      weight: { type: 'int', default: 1 },
    }),
    {
      left: { left: null, label: 'a', right: { left: null, label: 'c', right: null } },
      label: 'b',
      right: null,
    },
    { label: 'b', left: { label: 'a', left: null, weight: 1 }, weight: 1 },
  ],
]

for (const [name, writer, reader, value, seen] of EVOLUTIONS) {
  test(`evolves: ${name}`, () => {
    const [peer, own] = [new ChannelSchema(writer), new ChannelSchema(reader)]
    const bytes = encode(peer, value)
    assert.equal(read(own, peer, bytes), seen)
    assert.equal(read(own, peer, bytes), seen, 'again, from the cache')
  })
}

/** What can be read, as what; and what not, with the reason. */
const BY_VALUE: readonly [string, AvroSchema, AvroSchema, unknown, unknown, unknown, RegExp][] = [
  [
    'a symbol that is gone',
    enumOf(['A', 'B', 'C']),
    enumOf(['B', 'A']),
    'B',
    'B',
    'C',
    /^the reader's enum E has neither the symbol C nor a default$/,
  ],
  [
    'a branch that is gone',
    ['null', 'int', 'string'],
    ['null', 'string'],
    'q',
    'q',
    4,
    /^cannot read int as one of null, string$/,
  ],
  [
    'a union that is read as one type',
    ['null', 'string'],
    'string',
    'x',
    'x',
    null,
    /^cannot read null as string$/,
  ],
  [
    'a branch of another content',
    [record('A', { x: 'int' }), record('B', { y: record('C', { z: 'int' }) })],
    [record('B', { y: record('C', { z: 'string' }) }), record('A', { x: 'long' })],
    { A: { x: 1 } },
    { A: { x: 1 } },
    { B: { y: { z: 1 } } },
    /^B\.y\.z: cannot read int as string$/,
  ],
  [
    'in a record',
    record('R', { e: enumOf(['A', 'B']), i: 'int' }),
    record('R', { i: 'long', e: enumOf(['A']) }),
    { e: 'A', i: 1 },
    { i: 1, e: 'A' },
    { e: 'B', i: 1 },
    /symbol B/,
  ],
  [
    'in an array',
    array(enumOf(['A', 'B'])),
    array(enumOf(['B', 'C'])),
    ['B', 'B'],
    ['B', 'B'],
    ['B', 'A'],
    /symbol A/,
  ],
  [
    'in a map',
    map(['null', 'int', 'boolean']),
    map(['boolean', 'int']),
    { a: true, b: 5 },
    { a: true, b: 5 },
    { a: true, b: null },
    /null as one of boolean, int/,
  ],
  [
    'in a union',
    ['null', enumOf(['A', 'B'])],
    ['int', 'null', enumOf(['A'])],
    'A',
    'A',
    'B',
    /symbol B/,
  ],
  [
    'deep in a list',
    record('L', { e: enumOf(['A', 'B']), next: ['null', 'L'] }),
    record('L', { e: enumOf(['A']), next: ['null', 'L'] }),
    { e: 'A', next: { e: 'A', next: null } },
    { e: 'A', next: { e: 'A', next: null } },
    { e: 'A', next: { e: 'B', next: null } },
    /symbol B/,
  ],
  ['bytes that are no text', 'bytes', 'string', Buffer.from('x'), 'x', Buffer.from([255]), /UTF-8/],
]

for (const [name, writer, reader, good, seen, bad, reason] of BY_VALUE) {
  test(`value by value: ${name}`, () => {
    const [peer, own] = [new ChannelSchema(writer), new ChannelSchema(reader)]
    for (let i = 0; i < 2; i++) {
      assert.equal(read(own, peer, encode(peer, good)), seen)
      assert.throws(() => read(own, peer, encode(peer, bad)), reason)
    }
  })
}

const INCOMPATIBLE: readonly [string, AvroSchema, AvroSchema, RegExp][] = [
  ['text and number', 'string', 'int', /^cannot read string as int$/],
  ['a promotion backwards', 'long', 'int', /^cannot read long as int$/],
  ['double to float', 'double', 'float', /^cannot read double as float$/],
  ['boolean to int', 'boolean', 'int', /^cannot read boolean as int$/],
  ['an enum for a text', enumOf(['A']), 'string', /^cannot read enum E as string$/],
  [
    'a field without a default',
    V1,
    record('Job', { id: 'int', name: 'string', priority: 'int' }),
    /^value\.priority: the writer's Job has no such field, and the reader's no default$/,
  ],
  ['another name', V1, record('Task', { id: 'int' }), /^cannot read record Job as record Task$/],
  [
    'another name of an enum',
    enumOf(['A']),
    enumOf(['A'], { default: 'A' }, 'F'),
    /^cannot read enum E as enum F$/,
  ],
  [
    'another size',
    fixed('F', 8),
    fixed('F', 4),
    /^cannot read fixed F as fixed F: it has 8 bytes, the reader's 4$/,
  ],
  ['an array for a record', array('int'), V1, /^cannot read array as record Job$/],
  ['a record for an array', V1, array('int'), /^cannot read record Job as array$/],
  [
    'no symbol in common',
    record('R', { e: enumOf(['A']) }),
    record('R', { e: enumOf(['B']) }),
    /^value\.e: cannot read enum E as enum E: they share no symbol, and the reader's has no default$/,
  ],
  [
    'no branch in common',
    record('R', { u: ['null', 'string'] }),
    record('R', { u: ['int', 'boolean'] }),
    /^value\.u: cannot read one of null, string as one of int, boolean$/,
  ],
  [
    'deep inside',
    record('R', { a: array(map(record('I', { n: 'int' }))) }),
    record('R', { a: array(map(record('I', { n: 'string' }))) }),
    /^value\.a\[\]\{\}\.n: cannot read int as string$/,
  ],
  [
    'one branch, and another content',
    ['null', record('A', { x: 'int' })],
    record('A', { x: 'string' }),
    /^value\.x: cannot read int as string$/,
  ],
  [
    'a list of another content',
    LIST,
    record('L', { next: ['null', 'L'], v: 'string' }),
    /^value\.v: cannot read int as string$/,
  ],
]

for (const [name, writer, reader, reason] of INCOMPATIBLE) {
  test(`does not evolve: ${name}`, () => {
    const { text } = new ChannelSchema(writer)
    assert.throws(() => new ChannelSchema(reader).readerOf(text), reason)
  })
}

test('a union of records that occurs twice resolves to the right branch both times', () => {
  const [a, b] = [record('A', { x: 'int' }), record('B', { y: 'string' })]
  const peer = new ChannelSchema(record('R', { one: [a, b], two: ['A', 'B'] }))
  const own = new ChannelSchema(
    record('R', { one: [a, b], two: ['A', 'B'], n: { type: 'int', default: 0 } }),
  )
  const value = { one: { B: { y: 'p' } }, two: { B: { y: 'q' } } }
  assert.equal(read(own, peer, encode(peer, value)), { ...value, n: 0 })
})

test('what counts on a record that turns out not to fit does not fit either', () => {
  // While B is looked at, A seems to fit, since B may.
  const a = (x: string): AvroSchema => record('A', { b: record('B', { a: ['null', 'A'], x }) })
  const either = (x: string): AvroSchema =>
    record('R', { first: ['null', a(x)], b: ['null', 'B'], a: ['null', 'A'] })
  const [peer, own] = [new ChannelSchema(either('int')), new ChannelSchema(either('string'))]
  const nothing = { first: null, b: null, a: null }
  assert.equal(read(own, peer, encode(peer, nothing)), nothing)
  const b = { a: null, x: 1 }
  for (const [value, reason] of [
    [{ ...nothing, first: { b } }, /^A\.b\.x: cannot read int as string$/],
    [{ ...nothing, b }, /^B\.x: cannot read int as string$/],
    [{ ...nothing, a: { b } }, /^A\.b\.x: cannot read int as string$/],
  ] as const) {
    assert.throws(() => read(own, peer, encode(peer, value)), reason)
  }
  const bound = (x: string): AvroSchema =>
    record('T', { b: ['null', record('B', { a: ['null', record('A', { b: 'B' })], x })], a: 'A' })
  assert.throws(
    () => new ChannelSchema(bound('string')).readerOf(new ChannelSchema(bound('int')).text),
    /^value\.a\.b\.x: cannot read int as string$/,
  )
})

// --- what a peer may cost ---

test('a hostile schema that fits in many ways is refused', () => {
  const own = new ChannelSchema(
    record('R', {
      n: ['null', 'R'],
      m: { type: ['null', 'R'], default: null },
      x: ['null', 'int'],
    }),
  )
  // Each of the bad ones makes all the good ones be looked at anew.
  const bad = (inner: string): string =>
    Array.from({ length: 50 }, (_, i) => i).reduceRight(
      (rest, i) =>
        `{"type":"record","name":"f${i}.R","fields":[{"name":"n","type":["null",${rest}]},{"name":"m","type":["null","s0.R"]},{"name":"x","type":"string"}]}`,
      inner,
    )
  const good = Array.from({ length: 60 }, (_, i) => i).reduceRight(
    (rest, i) =>
      `{"type":"record","name":"s${i}.R","fields":[{"name":"n","type":["null",${rest}]},{"name":"x","type":"null"}]}`,
    '"int"',
  )
  const text = bad(good)
  assert.ok(text.length < 16 * 1024, `${text.length}`)
  const begun = performance.now()
  assert.throws(() => own.readerOf(text), /too many parts to be compared/)
  assert.ok(performance.now() - begun < 1000, `${performance.now() - begun} ms`)
})

test('two schemas are compared up to a limit, far above what honest ones take', () => {
  const names = Array.from({ length: 185 }, (_, i) => `r${i.toString(36)}`)
  const all = names.map((name) => record(name, {}))
  const fields = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i ? names : all]))
  const peer = new ChannelSchema(record('R', fields(4)))
  const own = new ChannelSchema(record('R', { ...fields(4), z: { type: 'int', default: 1 } }))
  const values = Object.fromEntries(['f0', 'f1', 'f2', 'f3'].map((f) => [f, { r50: {} }]))
  assert.equal(read(own, peer, encode(peer, values)), { ...values, z: 1 })
  const larger = new ChannelSchema(record('R', fields(8)))
  const ours = new ChannelSchema(record('R', { ...fields(8), z: { type: 'int', default: 1 } }))
  const begun = performance.now()
  assert.throws(() => ours.readerOf(larger.text), /too many parts to be compared/)
  assert.ok(performance.now() - begun < 1000, `${performance.now() - begun} ms`)
})

test('a branch that the peer itself does not have is told, read or passed over', () => {
  const text = JSON.stringify(record('R', { u: ['null', 'int'] }))
  for (const own of [record('R', { u: ['int', 'null', 'string'] }), record('R', {})]) {
    const reader = new ChannelSchema(own).readerOf(text)
    assert.throws(
      () => reader._read(new Cursor(Buffer.from([4]))),
      /^a union without the branch 2$/,
    )
  }
})

test('whatever the bytes are, reading by another schema ends at once and within them', () => {
  const both = EVOLUTIONS.concat(BY_VALUE.map(([name, w, r, v, seen]) => [name, w, r, v, seen]))
  const pairs = both.map(([, writer, reader]) =>
    new ChannelSchema(reader).readerOf(new ChannelSchema(writer).text),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(pairs.length - 1), (bytes, index) => {
      const cursor = new Cursor(Buffer.from(bytes))
      try {
        pairs[index]?._read(cursor)
      } catch (error) {
        assert.instance(error, Error)
      }
      assert.ok(cursor.pos <= bytes.length)
    }),
    { numRuns: 5000, seed: 7 },
  )
})

test.run()
