// Owns the types of a schema that a peer has sent: values of them are passed over, or read by readers made for types of
// ours, but never written nor delivered. So nothing of them is worth compiling.
import avro, { type Schema, type Type } from 'avsc'
import { Malformed } from '../../protocol/bounded.js'
import type { Cursor } from '../../protocol/cursor.js'
import { bentType, type Codec, kindOf } from './value-types.js'

const { types } = avro

/** A record of a peer's schema is skipped, or read by a reader made for ours. */
class PeersRecord extends types.RecordType {
  _createBranchConstructor(): null {
    return null
  }

  _createConstructor(): () => void {
    return () => {}
  }

  _createReader(): () => void {
    return () => {}
  }

  _createWriter(): () => void {
    return () => {}
  }

  _createChecker(): () => void {
    return () => {}
  }

  _createSkipper(): Codec['_skip'] {
    const codecs = this.fields.map(({ type }) => type as unknown as Codec)
    return (cursor) => {
      for (const codec of codecs) codec._skip(cursor)
    }
  }
}

/** It only says which branches there are; its values are read, or passed over, branch by branch. */
class PeersUnion extends types.WrappedUnionType {
  _skip(cursor: Cursor): void {
    const index = cursor.readLong()
    const branch = this.types[index] as unknown as Codec | undefined
    if (!branch) throw new Malformed(`a union without the branch ${index}`)
    branch._skip(cursor)
  }
}

/** For avsc's `typeHook`, with schemas of peers: see `ownType`. */
export function peersType(schema: unknown, options: object): Type | undefined {
  if (Array.isArray(schema)) return new PeersUnion(schema as unknown as Schema, options)
  const kind = kindOf(schema)
  return kind === 'record' || kind === 'error'
    ? new PeersRecord(schema as Schema, options)
    : bentType(kind, schema, options)
}
