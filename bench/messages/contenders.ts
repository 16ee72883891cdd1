// Owns who is compared.
import type { Contender } from './contender.js'

/** Loaded in the processes that measure them only: some are not installed everywhere. */
export const CONTENDERS: Readonly<Record<string, () => Promise<Contender>>> = {
  raw: async () => (await import('./raw.js')).raw,
  iridium: async () => (await import('./iridium.js')).iridium,
  ws: async () => (await import('./ws.js')).ws,
  zeromq: async () => (await import('./zeromq.js')).zeromq,
}
