// Owns what a member is, as hosts see it.
export type { Address } from '../core/address.js'

/** A node, as another node knows it. A frozen picture: a change makes a new one. */
export interface Member {
  /** 128 random bits of one boot, as 32 hex digits: the identity of a node. */
  readonly id: string
  /** Unique among the living. */
  readonly alias: string
  readonly host: string
  readonly port: number
  /** Counts the boots of this alias, as the cluster has seen them; never a clock. */
  readonly incarnation: number
  readonly tags: Readonly<Record<string, string>>
  /** `suspect`: has stopped to answer, and is not yet given up. */
  readonly status: 'alive' | 'suspect'
}
