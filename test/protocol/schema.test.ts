// protocol.avsc is generated from src/protocol/union.ts: UPDATE=1 writes it anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import avro from 'avsc'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeMessage } from '../../src/protocol/codec.js'
import { SCHEMAS } from '../../src/protocol/schema.js'
import { UNION } from '../../src/protocol/union.js'
import { knows, MAX_VERSION, SINCE } from '../../src/protocol/versions.js'
import { SAMPLES } from './samples.js'

const { UPDATE } = process.env
const file = new URL('../../protocol.avsc', import.meta.url)

test('protocol.avsc is the schema that the code uses', () => {
  const text = `${JSON.stringify(UNION, null, 2)}\n`
  if (UPDATE) writeFileSync(file, text)
  assert.equal(readFileSync(file, 'utf8'), text, 'run this test with UPDATE=1')
})

test('every message decodes by protocol.avsc alone, with plain avsc', () => {
  const union = avro.Type.forSchema(JSON.parse(readFileSync(file, 'utf8')))
  for (const message of SAMPLES) {
    const frame = Buffer.alloc(4096)
    const end = encodeMessage(message, frame, 0)
    const wrapped = union.fromBuffer(frame.subarray(4, end)) as Record<string, object>
    assert.equal(Object.keys(wrapped), [message.type])
    assert.equal(JSON.stringify(wrapped[message.type]), outsiders(message))
  }
})

/** What an outsider sees: ids and digests are bytes (avsc prints a Buffer as {type, data}). */
function outsiders(message: object): string {
  const { type: _, ...fields } = message as { type: string }
  return JSON.stringify(fields, (key, value) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toJSON()
    if (key === 'id' || key === 'to' || key === 'digest') return Buffer.from(value, 'hex').toJSON()
    if (key === 'ids') return value.map((id: string) => Buffer.from(id, 'hex').toJSON())
    return value
  })
}

/** The version of the protocol that each release spoke. */
const SPOKE: Readonly<Record<string, number>> = { '0.1.0.avsc': 1 }

const released = new URL('./released/', import.meta.url)
for (const name of readdirSync(released)) {
  test(`what release ${name} writes is still read, branch by branch`, () => {
    const old = JSON.parse(readFileSync(new URL(name, released), 'utf8')) as { name: string }[]
    assert.equal(
      UNION.slice(0, old.length).map((branch) => branch.name),
      old.map((branch) => branch.name),
    )
    const version = SPOKE[name]
    assert.ok(version, `say in SPOKE which version of the protocol ${name} spoke`)
    assert.equal(
      UNION.filter((branch) => knows(version, branch.name)).map((branch) => branch.name),
      old.map((branch) => branch.name),
      'a message that came later stands in SINCE of src/protocol/versions.ts',
    )
    const strip = (schema: unknown) => JSON.stringify(avro.Type.forSchema(schema as never).schema())
    assert.is(strip(UNION.slice(0, old.length)), strip(old))
  })
}

test('every message that came later is one of the union, and known to the version that we speak', () => {
  const names = new Set<string>(UNION.map((branch) => branch.name))
  for (const [name, version] of Object.entries(SINCE)) {
    assert.ok(names.has(name) && version > 1 && version <= MAX_VERSION, name)
  }
})

test('the first five messages keep their place and their fields for ever', () => {
  const form = SCHEMAS.slice(0, 5).map((s) => `${s.name}: ${s.fields.map((f) => f.name).join(' ')}`)
  assert.equal(form, [
    'Hello: minVersion maxVersion cluster id alias incarnation host port tags digest extensions',
    'HelloAck: minVersion maxVersion self you digest nodes more extensions',
    'Join: minVersion maxVersion cluster id alias incarnation host port tags to digest extensions',
    'JoinAck: minVersion maxVersion self digest nodes more extensions',
    'Refused: minVersion maxVersion code message id alias incarnation holder extensions',
  ])
})

test.run()
