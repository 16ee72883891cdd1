// Owns who is compared.
import { type Contender, NotInstalled } from './contender.js'

/** Loaded in the processes that measure them only: some are not installed everywhere. */
export const CONTENDERS: Readonly<Record<string, () => Promise<Contender>>> = {
  raw: async () => (await import('./raw.js')).raw,
  rawEvents: async () => (await import('./raw.js')).rawEvents,
  iridium: async () => (await import('./iridium.js')).iridium,
  ws: async () => (await import('./ws.js')).ws,
  zeromq: async () => (await import('./zeromq.js')).zeromq,
  moleculer: async () => (await import('./moleculer.js')).moleculer,
  nats: async () => (await import('./nats.js')).nats,
  erlang: async () => (await import('./erlang.js')).erlang,
}

export async function load(name: string): Promise<Contender> {
  const contender = CONTENDERS[name]
  if (!contender) throw new Error(`no contender ${name}`)
  try {
    return await contender()
  } catch (error) {
    throw new NotInstalled((error as Error).message.split('\n')[0])
  }
}
