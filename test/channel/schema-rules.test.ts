// Random pairs of schemas, the second made of the first by changes, beside the rules written down a second time: without
// memory of what was found before, without anything compiled, and value by value.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AvroSchema, ChannelSchema } from '../../src/node/channel/schema.js'
import { Prng } from '../sim/prng.js'
import { encode, read } from './schemas.js'

/** A schema in full; a record that was met before is an object of the same identity. */
type Node =
  | { kind: 'null' | 'int' | 'long' | 'double' | 'string' | 'bytes' }
  | { kind: 'array' | 'map'; of: Node }
  | { kind: 'union'; of: Node[] }
  | { kind: 'enum'; name: string; symbols: string[]; default?: string }
  | { kind: 'fixed'; name: string; size: number }
  | { kind: 'record'; name: string; fields: { name: string; type: Node; default?: number }[] }

const PRIMITIVES = ['null', 'int', 'long', 'double', 'string', 'bytes'] as const
const SYMBOLS = ['A', 'B', 'C', 'D']
const FIELDS = ['a', 'b', 'c']

class Maker {
  readonly #prng: Prng
  readonly #records: Node[] = []

  constructor(prng: Prng) {
    this.#prng = prng
  }

  type(depth: number, isItem = false): Node {
    const choice = depth > 0 ? this.#prng.below(9) : 0
    switch (choice) {
      case 1:
        return { kind: 'array', of: this.type(depth - 1, true) }
      case 2:
        return { kind: 'map', of: this.type(depth - 1) }
      case 3:
      case 4:
        return this.union(depth)
      case 5: {
        const [, ...symbols] = SYMBOLS.filter(() => this.chance())
        return { kind: 'enum', name: this.#name('E'), symbols: ['A', ...symbols] }
      }
      case 6:
        return { kind: 'fixed', name: this.#name('F'), size: 1 + this.#prng.below(2) }
      case 7:
      case 8:
        return this.record(depth)
      default:
        return { kind: this.pick(isItem ? PRIMITIVES.slice(1) : PRIMITIVES) }
    }
  }

  union(depth: number): Node {
    const of: Node[] = []
    const branches = 1 + this.#prng.below(4)
    // A record once more, through a union: so that it may contain itself.
    if (this.#records.length > 0 && this.chance()) of.push(this.pick(this.#records))
    while (of.length < branches) {
      const branch = this.type(depth - 1)
      if (branch.kind === 'union' || of.some((other) => label(other) === label(branch))) continue
      of.push(branch)
    }
    if (of.every(({ kind }) => kind === 'record')) of.push({ kind: 'null' })
    return { kind: 'union', of }
  }

  record(depth: number): Node {
    const record: Node = { kind: 'record', name: this.#name('R'), fields: [] }
    this.#records.push(record)
    // The first takes a byte, for arrays of them.
    record.fields.push({ name: 'i', type: { kind: 'int' } })
    for (const name of FIELDS) {
      if (this.chance()) record.fields.push({ name, type: this.type(depth - 1) })
    }
    return record
  }

  /** The same with a few changes. */
  change(node: Node, done = new Map<Node, Node>()): Node {
    const known = done.get(node)
    if (known) return known
    switch (node.kind) {
      case 'array':
      case 'map': {
        const of = this.change(node.of, done)
        return { kind: node.kind, of: of.kind === 'null' ? { kind: 'int' } : of }
      }
      case 'union': {
        const single = node.of.find(({ kind }) => kind !== 'record')
        if (single && this.rarely()) return this.change(single, done)
        const of = node.of.filter(() => !this.rarely()).map((branch) => this.change(branch, done))
        if (this.rarely()) of.reverse()
        if (this.rarely()) of.push({ kind: this.pick(PRIMITIVES) })
        const flat = of.flatMap((branch) => (branch.kind === 'union' ? branch.of : [branch]))
        const distinct = flat.filter(
          (branch, i) => flat.findIndex((other) => label(other) === label(branch)) === i,
        )
        return { kind: 'union', of: distinct.length > 0 ? distinct : [{ kind: 'null' }] }
      }
      case 'enum': {
        const symbols = SYMBOLS.filter((symbol) => node.symbols.includes(symbol) !== this.rarely())
        if (symbols.length === 0) symbols.push('D')
        const changed = {
          ...node,
          symbols,
          ...(this.rarely() ? { default: symbols[0] } : {}),
        } as Node
        done.set(node, changed)
        return changed
      }
      case 'fixed': {
        const changed = this.rarely() ? { ...node, size: 3 - node.size } : node
        done.set(node, changed)
        return changed
      }
      case 'record': {
        const changed: Node = { kind: 'record', name: node.name, fields: [] }
        done.set(node, changed)
        for (const { name, type } of node.fields) {
          if (name === 'i' || !this.rarely()) {
            changed.fields.push({ name, type: this.change(type, done) })
          }
        }
        if (this.rarely()) changed.fields.reverse()
        const added = this.#prng.below(40)
        if (added < 5) changed.fields.push({ name: 'z', type: { kind: 'int' }, default: 7 })
        if (added === 5) changed.fields.push({ name: 'y', type: { kind: 'int' } })
        return changed
      }
      default:
        return this.rarely() ? { kind: this.pick(PRIMITIVES.slice(1)) } : node
    }
  }

  /** A value as the host has it. */
  value(node: Node, depth: number): unknown {
    switch (node.kind) {
      case 'null':
        return null
      case 'string':
        return 'text'
      case 'bytes':
        return Buffer.from('bytes')
      case 'double':
        return 0.5
      case 'array':
        return Array.from({ length: depth > 0 ? this.#prng.below(3) : 0 }, () =>
          this.value(node.of, depth - 1),
        )
      case 'map':
        return Object.fromEntries(
          (depth > 0 ? FIELDS.filter(() => this.chance()) : []).map((key) => [
            key,
            this.value(node.of, depth - 1),
          ]),
        )
      case 'union': {
        const flat = node.of.filter(({ kind }) => kind !== 'record')
        const branch = this.pick(depth > 0 || flat.length === 0 ? node.of : flat)
        return wrap(node, branch, this.value(branch, depth - 1))
      }
      case 'enum':
        return this.pick(node.symbols)
      case 'fixed':
        return Buffer.alloc(node.size, 1)
      case 'record':
        if (depth < -20) throw new Error('endless')
        return Object.fromEntries(
          node.fields.map(({ name, type }) => [name, this.value(type, depth - 1)]),
        )
      default:
        return this.#prng.below(100)
    }
  }

  pick<T>(from: readonly T[]): T {
    return from[this.#prng.below(from.length)] as T
  }

  chance(): boolean {
    return this.#prng.chance(0.5)
  }

  rarely(): boolean {
    return this.#prng.chance(0.14)
  }

  #names = 0

  #name(prefix: string): string {
    return `${prefix}${this.#names++}`
  }
}

/** What tells branches of a union from each other. */
function label(node: Node): string {
  return 'name' in node ? node.name : node.kind
}

const BUCKETS: Readonly<Record<string, string>> = {
  int: 'number',
  long: 'number',
  double: 'number',
  bytes: 'buffer',
  fixed: 'buffer',
  string: 'text',
  enum: 'text',
  map: 'object',
  record: 'object',
}

function wrap(union: Node & { kind: 'union' }, branch: Node, value: unknown): unknown {
  const buckets = union.of.map(({ kind }) => BUCKETS[kind] ?? kind)
  const isAmbiguous = new Set(buckets).size < buckets.length
  return isAmbiguous && branch.kind !== 'null' ? { [label(branch)]: value } : value
}

/** Which branch a value of the union is of, and what is in it. */
function unwrap(union: Node & { kind: 'union' }, value: unknown): [Node, unknown] {
  for (const branch of union.of) {
    const probe = wrap(union, branch, PROBE)
    if (probe === PROBE) {
      if (isOf(branch, value)) return [branch, value]
    } else if (typeof value === 'object' && value !== null && label(branch) in value) {
      return [branch, (value as Record<string, unknown>)[label(branch)]]
    }
  }
  throw new Error('no branch')
}

const PROBE = Symbol('probe')

function isOf({ kind }: Node, value: unknown): boolean {
  if (value === null) return kind === 'null'
  if (Array.isArray(value)) return kind === 'array'
  if (Buffer.isBuffer(value)) return BUCKETS[kind] === 'buffer'
  const bucket = { number: 'number', string: 'text', object: 'object' }[typeof value as string]
  return BUCKETS[kind] === bucket
}

function toAvro(node: Node, known = new Set<Node>()): AvroSchema {
  if ('name' in node) {
    if (known.has(node)) return node.name
    known.add(node)
  }
  switch (node.kind) {
    case 'array':
      return { type: 'array', items: toAvro(node.of, known) }
    case 'map':
      return { type: 'map', values: toAvro(node.of, known) }
    case 'union':
      return node.of.map((branch) => toAvro(branch, known))
    case 'record':
      return {
        type: 'record',
        name: node.name,
        fields: node.fields.map((field) => ({ ...field, type: toAvro(field.type, known) })),
      }
    case 'enum':
    case 'fixed': {
      const { kind: type, ...rest } = node
      return { type, ...rest }
    }
    default:
      return node.kind
  }
}

// --- the rules ---

const PROMOTED: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'double'],
  long: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

type Assumed = readonly (readonly [Node, Node])[]

/** Whether some value of `w` can be read as `r`; two records that are looked at already are assumed to fit. */
function fits(r: Node, w: Node, assumed: Assumed = []): boolean {
  if (w.kind === 'union') return w.of.some((branch) => fits(r, branch, assumed))
  if (r.kind === 'union') return branchFor(r, w, assumed) !== undefined
  if (r.kind !== w.kind) return PROMOTED[w.kind]?.includes(r.kind) ?? false
  if ('name' in r && label(r) !== label(w)) return false
  if (r.kind === 'enum' && w.kind === 'enum') {
    return r.default !== undefined || w.symbols.some((symbol) => r.symbols.includes(symbol))
  }
  if (r.kind === 'fixed' && w.kind === 'fixed') return r.size === w.size
  if (r.kind === 'record' && w.kind === 'record') {
    if (assumed.some(([one, other]) => one === r && other === w)) return true
    const deeper: Assumed = [...assumed, [r, w]]
    return r.fields.every((field) => {
      const theirs = w.fields.find(({ name }) => name === field.name)
      return theirs ? fits(field.type, theirs.type, deeper) : field.default !== undefined
    })
  }
  if ((r.kind === 'array' || r.kind === 'map') && (w.kind === 'array' || w.kind === 'map')) {
    return fits(r.of, w.of, assumed)
  }
  return true
}

function branchFor(r: Node & { kind: 'union' }, w: Node, assumed: Assumed = []): Node | undefined {
  const fitting = r.of.filter((branch) => fits(branch, w, assumed))
  return fitting.find((branch) => branch.kind === w.kind) ?? fitting[0]
}

/** The value as the reader gets it. Throws if it cannot. */
function readAs(r: Node, w: Node, value: unknown): unknown {
  if (w.kind === 'union') return readAs(r, ...unwrap(w, value))
  if (!fits(r, w)) throw new Error('does not fit')
  if (r.kind === 'union') {
    const branch = branchFor(r, w) as Node
    return wrap(r, branch, readAs(branch, w, value))
  }
  if (r.kind === 'string' && w.kind === 'bytes') return String(value)
  if (r.kind === 'bytes' && w.kind === 'string') return Buffer.from(value as string)
  if (r.kind === 'enum') {
    if (r.symbols.includes(value as string)) return value
    if (r.default === undefined) throw new Error('no such symbol')
    return r.default
  }
  if (r.kind === 'array' && w.kind === 'array') {
    return (value as unknown[]).map((item) => readAs(r.of, w.of, item))
  }
  if (r.kind === 'map' && w.kind === 'map') {
    const entries = Object.entries(value as object)
    return Object.fromEntries(entries.map(([key, item]) => [key, readAs(r.of, w.of, item)]))
  }
  if (r.kind === 'record' && w.kind === 'record') {
    return Object.fromEntries(
      r.fields.map((field) => {
        const theirs = w.fields.find(({ name }) => name === field.name)
        if (!theirs) return [field.name, field.default]
        const part = (value as Record<string, unknown>)[field.name]
        return [field.name, readAs(field.type, theirs.type, part)]
      }),
    )
  }
  return value
}

// --- both of them ---

test('2,000 pairs of schemas resolve as the rules say, and so does each of their values', () => {
  const seen = { refused: 0, same: 0, read: 0, misread: 0 }
  for (let seed = 1; seed <= 2000; seed++) {
    const maker = new Maker(new Prng(seed, 1))
    const w = maker.record(3)
    const r = maker.change(w)
    const peer = new ChannelSchema(toAvro(w))
    const own = new ChannelSchema(toAvro(r))
    const told = JSON.stringify({ seed, writer: toAvro(w), reader: toAvro(r) })
    if (own.text === peer.text) {
      seen.same++
      continue
    }
    if (!fits(r, w)) {
      seen.refused++
      assert.throws(() => own.readerOf(peer.text), undefined, told)
      continue
    }
    own.readerOf(peer.text)
    for (let i = 0; i < 5; i++) {
      const value = maker.value(w, 5)
      const bytes = encode(peer, value)
      let expected: unknown
      try {
        expected = readAs(r, w, value)
      } catch {
        seen.misread++
        assert.throws(() => read(own, peer, bytes), undefined, told)
        continue
      }
      seen.read++
      assert.equal(read(own, peer, bytes), expected, told)
    }
  }
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 100, `${what}: ${count}`)
})

test.run()
