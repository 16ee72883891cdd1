// Owns the order of all messages on the wire: one Avro union, published as protocol.avsc. Append only.
import { DATA_SCHEMAS } from './data.js'
import { SCHEMAS } from './schema.js'

/** Every branch of the union, in order. */
export const UNION = [...SCHEMAS, ...DATA_SCHEMAS] as const
