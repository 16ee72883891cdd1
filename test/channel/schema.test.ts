// A channel's schema: which ones are taken, what a misfit is told, what comes out of what went in, and what a
// peer's bytes may cost.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { IridiumError } from '../../src/core/errors.js'
import { type AvroSchema, ChannelSchema } from '../../src/node/channel/schema.js'
import { Cursor } from '../../src/protocol/cursor.js'
import { encode, read, record, TREE } from './schemas.js'

const roundTrip = (schema: AvroSchema, value: unknown): unknown => {
  const own = new ChannelSchema(schema)
  return read(own, own, encode(own, value))
}

const VALUES: readonly [string, AvroSchema, unknown][] = [
  ['null', 'null', null],
  ['a boolean', 'boolean', true],
  ['the least int', 'int', -(2 ** 31)],
  ['the greatest exact long', 'long', 2 ** 53 - 2],
  ['a float', 'float', 0.5],
  ['a double', 'double', Math.PI],
  ['an empty text', 'string', ''],
  ['a text beyond ASCII', 'string', 'naïve 🙂 text, a little longer than short'],
  ['a long text', 'string', 'x'.repeat(100_000)],
  ['an enum', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'B'],
  ['an array', { type: 'array', items: 'int' }, [1, 2, 3]],
  ['an empty array', { type: 'array', items: 'string' }, []],
  ['a map', { type: 'map', values: 'double' }, { a: 1, toString: 2 }],
  ['a plain union', ['null', 'string'], 'x'],
  ['the null of a union', ['null', 'string'], null],
  ['a union that needs names', ['int', 'string', 'double'], { double: 0.5 }],
  ['a tree', TREE, { left: { left: null, label: 'a', right: null }, label: 'b', right: null }],
  ['a record without fields', record('Empty', {}), {}],
  ['a number as an object', { type: 'int' }, 7],
]

for (const [name, schema, value] of VALUES) {
  test(`comes back as it went: ${name}`, () => assert.equal(roundTrip(schema, value), value))
}

test('what is read is plain data', () => {
  const schema = record('R', {
    inner: record('I', { x: 'int' }),
    either: ['int', record('O', { y: 'int' }), record('P', {})],
  })
  const value = roundTrip(schema, { inner: { x: 1 }, either: { O: { y: 2 } } }) as {
    inner: object
    either: { O: object }
  }
  for (const part of [value, value.inner, value.either, value.either.O]) {
    assert.is(Object.getPrototypeOf(part), Object.prototype)
    assert.is(part.constructor, Object)
  }
})

test('bytes may be any Uint8Array, and come as a Buffer of their own', () => {
  const own = new ChannelSchema(record('B', { data: 'bytes', maybe: ['null', 'bytes'] }))
  const bytes = encode(own, { data: new Uint8Array([1, 2]), maybe: new Uint8Array([3]) })
  const value = read(own, own, bytes) as { data: Buffer; maybe: Buffer }
  bytes.fill(0)
  assert.ok(Buffer.isBuffer(value.data))
  assert.equal([...value.data, ...value.maybe], [1, 2, 3])
  const fixed = new ChannelSchema({ type: 'fixed', name: 'F', size: 2 })
  assert.equal([...(read(fixed, fixed, encode(fixed, new Uint8Array([4, 5]))) as Buffer)], [4, 5])
})

test('a field with a default may be left out, also where all fields have one', () => {
  const schema = record('D', {
    a: { type: 'int', default: 5 },
    b: { type: 'string', default: 'x' },
  })
  assert.equal(roundTrip(schema, { b: 'y' }), { a: 5, b: 'y' })
  assert.equal(roundTrip(schema, {}), { a: 5, b: 'x' })
  assert.throws(() => encode(new ChannelSchema(schema), 5), /value must be record D, got 5/)
})

const CHAT = record('Chat', {
  text: 'string',
  at: ['null', 'int'],
  list: { type: { type: 'array', items: record('Item', { n: 'int' }) }, default: [] },
  tags: { type: { type: 'map', values: 'string' }, default: {} },
  kind: { type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] }, default: 'A' },
  sum: { type: { type: 'fixed', name: 'Sum', size: 2 }, default: '\u0000\u0000' },
})
const cyclic = { label: 'x', right: null, left: {} }
cyclic.left = cyclic

const TEXTS = { type: 'map', values: 'string' }
const LIST_OF_INTS = {
  type: 'record',
  name: 'L',
  fields: [{ name: 'n', type: { type: 'array', items: 'int' } }],
}

const MISFITS: readonly [string, AvroSchema, unknown, RegExp][] = [
  ['a number for a text', CHAT, { text: 5, at: null }, /^value\.text must be string, got 5$/],
  ['a missing field', CHAT, { at: null }, /^value\.text must be string, got undefined$/],
  ['no record', CHAT, 'hi', /^value must be record Chat, got "hi"$/],
  ['null', CHAT, null, /^value must be record Chat, got null$/],
  ['no branch', CHAT, { text: '', at: 0.5 }, /^value\.at must be int, got 0\.5$/],
  ['a deep one', CHAT, { text: '', at: 1, list: [{ n: 1 }, {}] }, /^value\.list\.1\.n must be int/],
  ['in a map', CHAT, { text: '', at: 1, tags: { k: 1 } }, /^value\.tags\.k must be string, got 1$/],
  ['an inherited symbol', CHAT, { text: '', at: 1, kind: 'toString' }, /^value\.kind must be enum/],
  ['bytes of another size', CHAT, { text: '', at: 1, sum: Buffer.alloc(3) }, /^value\.sum must be/],
  [
    'a map key that is no key',
    CHAT,
    JSON.parse('{"text":"","at":1,"tags":{"__proto__":"x"}}'),
    /proto/,
  ],
  ['an inherited branch', ['int', 'string', 'double'], { constructor: 1 }, /one of int, string/],
  ['two branches at once', ['int', 'string', 'double'], { int: 1, string: '' }, /one of int/],
  [
    'an int beyond 32 bits',
    'int',
    2 ** 31,
    /^value must be int \(from -2\^31 to 2\^31 - 1\), got 2147483648$/,
  ],
  ['a long beyond 2^53', 'long', 2 ** 60, /^value must be long \(from -\(2\^53 - 2\) to/],
  [
    'bytes of another size',
    { type: 'fixed', name: 'F', size: 3 },
    Buffer.alloc(2),
    /^value must be fixed F of 3 bytes, got 2 bytes$/,
  ],
  ['a bigint', 'long', 1n, /^value must be long, got 1n$/],
  ['a symbol', 'string', Symbol('x'), /^value must be string, got Symbol\(x\)$/],
  ['a bigint in a record', LIST_OF_INTS, { n: [1, 2n] }, /^value\.n\.1 must be int, got 2n$/],
  ['a Map', TEXTS, new Map([['a', 'b']]), /^value must be map, got an object$/],
  ['a Map in a union', ['null', TEXTS], new Map(), /^value must be map, got an object$/],
  ['inherited entries', TEXTS, Object.create({ a: 'b' }), /^value must be map, got an object$/],
  ['a value without end', TREE, cyclic, /cannot be written/],
  [
    'a getter that throws',
    CHAT,
    {
      get text() {
        throw new Error('mine')
      },
    },
    /cannot be written: mine/,
  ],
]

for (const [name, schema, value, reason] of MISFITS) {
  test(`refused: ${name}`, () => {
    try {
      encode(new ChannelSchema(schema), value)
    } catch (error) {
      assert.instance(error, IridiumError)
      assert.is((error as IridiumError).code, 'ERR_IRIDIUM_BAD_MESSAGE')
      assert.match((error as Error).message, reason)
      return
    }
    assert.unreachable()
  })
}

const BAD_SCHEMAS: readonly [string, unknown, RegExp][] = [
  ['nothing', undefined, /undefined is none/],
  ['null', null, /null is none/],
  ['a function', () => {}, /a function is none/],
  ['an unknown name', 'text', /undefined type name: text/],
  ['a name that every object has', 'constructor', /undefined type name/],
  ['a type that every object has', { type: 'constructor' }, /unknown type/],
  ['no type', {}, /unknown type/],
  ['a record without a name', { type: 'record', fields: [] }, /missing name/],
  ['a record without fields', { type: 'record', name: 'R' }, /fields/],
  [
    'a field twice',
    {
      type: 'record',
      name: 'R',
      fields: [
        { name: 'a', type: 'int' },
        { name: 'a', type: 'int' },
      ],
    },
    /duplicate/,
  ],
  [
    'a field that would be a prototype',
    { type: 'record', name: 'R', fields: [{ name: '__proto__', type: 'int' }] },
    /__proto__/,
  ],
  ['a name that is none', { type: 'record', name: 'a b', fields: [] }, /invalid/],
  [
    'code as a field name',
    { type: 'record', name: 'R', fields: [{ name: 'a;b', type: 'int' }] },
    /invalid/,
  ],
  ['a default that does not fit', record('R', { a: { type: 'int', default: 'x' } }), /default/],
  ['an empty union', [], /empty union/],
  ['a union in a union', ['null', ['int', 'null']], /nested/],
  ['a branch twice', ['int', 'int'], /duplicate/],
  ['items without bytes', { type: 'array', items: 'null' }, /take no bytes/],
  ['items of empty records', { type: 'array', items: record('E', { n: 'null' }) }, /take no bytes/],
  ['a record of itself', record('R', { r: 'R' }), /contains itself/],
  ['records of each other', record('R', { s: record('S', { r: 'R' }) }), /contains itself/],
  ['a fixed of 17 MiB', { type: 'fixed', name: 'F', size: 17 * 1024 * 1024 }, /the most is/],
  ['a fixed of negative size', { type: 'fixed', name: 'F', size: -1 }, /invalid/],
  [
    'an enum whose default is no symbol but a name that every object has',
    { type: 'enum', name: 'E', symbols: ['A'], default: 'constructor' },
    /invalid enum default: "constructor"/,
  ],
  ['an enum without symbols', { type: 'enum', name: 'E', symbols: [] }, /symbols/],
  [
    '17 KiB',
    { type: 'enum', name: 'E', symbols: Array.from({ length: 3000 }, (_, i) => `s${i}`) },
    /16384/,
  ],
]

for (const [name, schema, reason] of BAD_SCHEMAS) {
  test(`no schema: ${name}`, () => {
    try {
      new ChannelSchema(schema as AvroSchema)
    } catch (error) {
      assert.is((error as IridiumError).code, 'ERR_IRIDIUM_BAD_OPTION')
      assert.match((error as Error).message, reason)
      return
    }
    assert.unreachable()
  })
}

test('a schema with short names in a long namespace is measured as it is sent', () => {
  const namespace = 'n'.repeat(2000)
  const fields = Array.from({ length: 20 }, (_, i) => ({
    name: `f${i}`,
    type: record(`R${i}`, {}),
  }))
  assert.throws(() => new ChannelSchema({ type: 'record', name: 'R', namespace, fields }), /16384/)
})

test('two schemas are the same if all that matters to a host is', () => {
  const same = (a: AvroSchema, b: AvroSchema) => new ChannelSchema(a).equals(new ChannelSchema(b))
  assert.ok(same('int', { type: 'int' }))
  assert.ok(same(CHAT, structuredClone(CHAT)))
  assert.not(same(record('R', { a: 'int' }), record('R', { a: { type: 'int', default: 1 } })))
  const either = { type: 'enum', name: 'E', symbols: ['A', 'B'] }
  assert.not(same(either, { ...either, default: 'A' }))
})

// --- what a peer may cost ---

const HOSTILE: readonly [string, AvroSchema, string][] = [
  ['ten million items in five bytes', { type: 'array', items: 'int' }, '80dac40900'],
  ['a count beyond 2^53', { type: 'array', items: 'int' }, 'ffffffffffffffffff01'],
  ['ten million entries', { type: 'map', values: 'int' }, '80dac40900'],
  ['a negative count with a negative size', { type: 'array', items: 'int' }, '0101'],
  ['a text longer than the message', 'string', 'fe0161'],
  ['a text of negative length', 'string', '01'],
  ['a text that is not UTF-8', 'string', '04ffff'],
  ['bytes longer than the message', 'bytes', 'feffffff0f'],
  ['a branch that does not exist', ['null', 'int'], '04'],
  ['a negative branch', ['null', 'int'], '01'],
  ['a symbol that does not exist', { type: 'enum', name: 'E', symbols: ['A'] }, '02'],
  ['a boolean of 2', 'boolean', '02'],
  ['an int of 64 bits', 'int', 'ffffffffffffffffff01'],
  ['a double cut short', 'double', '00000000'],
  ['the key __proto__', { type: 'map', values: 'int' }, '02125f5f70726f746f5f5f0000'],
  ['a tree as deep as the message', TREE, '02'.repeat(1_000_000)],
]

for (const [name, schema, hex] of HOSTILE) {
  test(`costs nothing: ${name}`, () => {
    const own = new ChannelSchema(schema)
    const skipping = new ChannelSchema(record('Rest', {}))
    const peersText = JSON.stringify(record('Rest', { gone: schema }))
    const bytes = Buffer.from(hex, 'hex')
    const begun = performance.now()
    assert.throws(() => own.readerOf(own.text)._read(new Cursor(bytes)))
    // To read it by another schema must be as careful.
    const other = new ChannelSchema(
      record('Rest', { gone: schema, more: { type: 'int', default: 0 } }),
    )
    assert.throws(() => other.readerOf(peersText)._read(new Cursor(bytes)))
    // So must be to skip it, where only the writer knows it.
    try {
      const cursor = new Cursor(bytes)
      skipping.readerOf(peersText)._read(cursor)
      assert.ok(cursor.pos <= bytes.length)
    } catch {}
    assert.ok(performance.now() - begun < 500, `${performance.now() - begun} ms`)
  })
}

/** A record of two records of two records ...: a value has 2 ** depth parts. */
function doublingRecords(leaf: string, depth: number): string {
  const fields = (type: string): string =>
    `[{"name":"a","type":${type}},{"name":"b","type":"${JSON.parse(type).name ?? JSON.parse(type)}"}]`
  let type = `"${leaf}"`
  for (let i = 0; i < depth; i++) {
    type = `{"type":"record","name":"${i === depth - 1 ? 'Chat' : `R${i}`}","fields":${fields(type)}}`
  }
  return type
}

test('parts that take no bytes are few, however often a record is in others', () => {
  for (const [leaf, depth, isFine] of [
    ['null', 6, true],
    ['null', 7, false],
    ['int', 12, true],
  ] as const) {
    const make = () => new ChannelSchema(JSON.parse(doublingRecords(leaf, depth)))
    if (isFine) assert.not.throws(make)
    else assert.throws(make, /too many parts that take no bytes/)
  }
})

test('a hostile schema is refused, or costs little', () => {
  const own = new ChannelSchema(CHAT)
  const fill = (piece: (i: number) => string, open: string, close: string): string => {
    let text = open
    for (let i = 0; text.length < 16_000; i++) text += `${i ? ',' : ''}${piece(i)}`
    return text + close
  }
  const many = [
    '',
    '{',
    'null',
    '"constructor"',
    '{"type":"array","items":"null"}',
    '{"type":"record","name":"Chat","fields":[{"name":"__proto__","type":"string"}]}',
    '['.repeat(16_000),
    `${'{"type":"array","items":'.repeat(600)}"int"${'}'.repeat(600)}`,
    fill((i) => `{"type":"record","name":"r${i}","fields":[]}`, '[', ']'),
    fill(
      (i) => `{"name":"f${i}","type":{"type":"array","items":"int"}}`,
      '{"type":"record","name":"Chat","fields":[',
      ']}',
    ),
    fill((i) => `"s${i}"`, '{"type":"enum","name":"Chat","symbols":[', ']}'),
    doublingRecords('null', 30),
  ]
  for (const text of many) {
    const begun = performance.now()
    assert.throws(() => own.readerOf(text), text.slice(0, 60))
    assert.ok(
      performance.now() - begun < 250,
      `${text.slice(0, 60)}: ${performance.now() - begun} ms`,
    )
  }
})

test('whatever the bytes are, reading ends at once and within them', () => {
  const schemas = [CHAT, TREE, ['int', 'string', 'double'], { type: 'array', items: CHAT }].map(
    (schema) => new ChannelSchema(schema as AvroSchema),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(3), (bytes, index) => {
      const own = schemas[index] as ChannelSchema
      const cursor = new Cursor(Buffer.from(bytes))
      try {
        own.readerOf(own.text)._read(cursor)
      } catch (error) {
        assert.instance(error, Error)
      }
      assert.ok(cursor.pos <= bytes.length)
    }),
    { numRuns: 5000, seed: 7 },
  )
})

test('random values come back, with every kind of type in one record', () => {
  const own = new ChannelSchema(
    record('All', {
      b: 'boolean',
      i: 'int',
      l: 'long',
      d: 'double',
      s: 'string',
      a: { type: { type: 'array', items: 'long' }, default: [] },
      m: { type: { type: 'map', values: ['null', 'string'] }, default: {} },
      u: ['null', 'long'],
    }),
  )
  const key = fc.string({ unit: 'grapheme' }).filter((text) => text !== '__proto__')
  const long = fc.integer({ min: -(2 ** 53) + 2, max: 2 ** 53 - 2 })
  const value = fc.record(
    {
      b: fc.boolean(),
      i: fc.integer(),
      l: long,
      d: fc.double({ noNaN: true }),
      s: fc.string({ unit: 'grapheme', maxLength: 80 }),
      a: fc.array(long),
      m: fc.dictionary(key, fc.option(fc.string({ unit: 'grapheme' })), { noNullPrototype: true }),
      u: fc.option(long),
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(value, (sent) => {
      assert.equal(read(own, own, encode(own, sent)), sent)
    }),
    { numRuns: 1000, seed: 11 },
  )
})

test.run()
