// States of cluster machines, for tests of the functions over them.
import { newState, type State } from '../../src/cluster/state.js'

export const TIMEOUT_MS = 5000

/** A node that knows nobody yet, whose random fractions are these. */
export function stateWith(fraction: () => number): State {
  const config = {
    id: 'f'.repeat(32),
    alias: 'self',
    cluster: 'iridium',
    advertise: null,
    seeds: [],
    tags: {},
    intervalMs: 1000,
    timeoutMs: TIMEOUT_MS,
  }
  return newState(config, { fraction, bytes: (length) => new Uint8Array(length) })
}
