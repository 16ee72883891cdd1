// Owns a channel's schema: how it is checked, how values are written with it, how a misfit is explained, and how
// values are read that a peer has written with its own schema of the channel (Avro 1.11, "Schema Resolution").
import avro, { type Schema, type Type } from 'avsc'
import { badOption, describe, IridiumError, messageOf } from '../../core/errors.js'
import { MAX_CHANNEL_SCHEMA_BYTES, MAX_RESOLVED_SCHEMAS } from '../../core/limits.js'
import type { Cursor } from '../../protocol/cursor.js'
import { nameOf } from './misfit.js'
import { peersType } from './peers-types.js'
import type { ValueReader } from './resolved-readers.js'
import { resolve } from './resolving.js'
import { checkShape, eachType } from './schema-shape.js'
import { type Codec, ownType } from './value-types.js'

/** An Avro schema, as JSON would give it: the name of a primitive type, a definition, or a list of them as a union. */
export type AvroSchema = string | object

export class ChannelSchema {
  /** The schema as peers get it: all that is needed to read what was written with it. */
  readonly text: string
  readonly #type: Type
  readonly #codec: Codec
  /** Everything that makes a difference to the host, to tell whether two schemas are the same. */
  readonly #full: string
  /** Readers of peers' schemas, by these: a cluster has few versions of its hosts, and many links. */
  readonly #readers = new Map<string, ValueReader>()

  /** @throws IridiumError ERR_IRIDIUM_BAD_OPTION with the reason */
  constructor(schema: AvroSchema) {
    try {
      const text = toJson(schema)
      if (Buffer.byteLength(text) > MAX_CHANNEL_SCHEMA_BYTES) throw tooLong(text)
      this.#type = compile(JSON.parse(text), ownType)
      eachType(this.#type, makePlain)
    } catch (cause) {
      throw new IridiumError(
        'ERR_IRIDIUM_BAD_OPTION',
        `schema must be an Avro schema: ${messageOf(cause)}`,
        { cause },
      )
    }
    this.text = JSON.stringify(this.#type.schema())
    this.#full = JSON.stringify(this.#type.schema({ exportAttrs: true }))
    if (Buffer.byteLength(this.text) > MAX_CHANNEL_SCHEMA_BYTES) throw badSize(this.text)
    this.#codec = this.#type as unknown as Codec
  }

  /** Whether a host that gives `other` means this schema. */
  equals(other: ChannelSchema): boolean {
    return this.#full === other.#full
  }

  /** Writes `value` at the cursor. Throws anything if it does not fit: `explain` says why. */
  write(cursor: Cursor, value: unknown): void {
    this.#codec._write(cursor, value)
  }

  /** What is wrong with a `value` that `write` has refused, and where in it. */
  explain(value: unknown, cause: unknown): IridiumError {
    let misfit: string | undefined
    try {
      this.#type.isValid(value, {
        errorHook: (path, found, type) => {
          misfit ??= `${['value', ...path].join('.')} must be ${expected(type, found)}, got ${shown(found)}`
        },
      })
    } catch {
      // nested without end, or a getter that throws: `cause` says so
    }
    const reason = misfit ?? `value cannot be written: ${messageOf(cause)}`
    return new IridiumError('ERR_IRIDIUM_BAD_MESSAGE', reason, { cause })
  }

  /**
   * Reads values that were written with the schema `text`.
   * @throws Error if it is no schema, or none of its values could be read; the message says why, and where
   */
  readerOf(text: string): ValueReader {
    if (text === this.text) return this.#codec
    const known = this.#readers.get(text)
    if (known) return known
    const writer = compile(JSON.parse(text), peersType)
    const reader = resolve(this.#type, writer)
    if (this.#readers.size >= MAX_RESOLVED_SCHEMAS) this.#readers.clear()
    this.#readers.set(text, reader)
    return reader
  }
}

function compile(
  schema: unknown,
  typeHook: (schema: unknown, options: object) => Type | undefined,
) {
  if (schema === null || schema === undefined) throw new Error(`${schema} is none`)
  const registry = Object.create(null)
  const options = { registry, typeHook, omitRecordMethods: true, noAnonymousTypes: true }
  const type = avro.Type.forSchema(schema as Schema, options as object)
  checkShape(type)
  return type
}

/** The parts of avsc's types that make values: they get the prototype of plain objects. */
interface Plainable {
  readonly recordConstructor?: { prototype: object }
  readonly _branchConstructor?: { prototype: object } | null
  readonly _branchIndices?: object
  readonly _indices?: object
}

/** So that hosts get plain data, and no name that every object has passes for a symbol or a branch. */
function makePlain(type: Type): void {
  const { recordConstructor, _branchConstructor, _branchIndices, _indices } =
    type as unknown as Plainable
  if (recordConstructor) recordConstructor.prototype = Object.prototype
  if (_branchConstructor && Object.hasOwn(type, '_branchConstructor')) {
    _branchConstructor.prototype = Object.prototype
  }
  for (const table of [_branchIndices, _indices]) if (table) Object.setPrototypeOf(table, null)
}

function toJson(schema: AvroSchema): string {
  const text = JSON.stringify(schema)
  if (text === undefined) throw new Error(`${describe(schema)} is none`)
  return text
}

function tooLong(text: string): Error {
  return new Error(
    `it takes ${Buffer.byteLength(text)} bytes as JSON, the most is ${MAX_CHANNEL_SCHEMA_BYTES}`,
  )
}

function badSize(text: string): IridiumError {
  return badOption('schema', `at most ${MAX_CHANNEL_SCHEMA_BYTES} bytes as JSON`, text.length)
}

/** What `found` should have been. */
function expected(type: Type, found: unknown): string {
  const name = nameOf(type)
  if (type instanceof avro.types.FixedType) return `${name} of ${type.size} bytes`
  const range = Number.isInteger(found) ? RANGES[name] : undefined
  return range === undefined ? name : `${name} (${range})`
}

/** avsc holds its longs to what a number tells from its neighbours. */
const RANGES: Readonly<Record<string, string>> = {
  int: 'from -2^31 to 2^31 - 1',
  long: 'from -(2^53 - 2) to 2^53 - 2',
}

function shown(found: unknown): string {
  return found instanceof Uint8Array ? `${found.length} bytes` : describe(found)
}
