// Owns the contract of those who are compared: each sends bytes from one process to another over loopback, by the
// way that its documentation recommends.

export interface Settings {
  /** Bytes of a message. */
  readonly size: number
  /** Encrypted and authenticated by a shared secret, where the contender can. */
  readonly secure: boolean
}

/** The end that receives, in a process of its own. */
export interface Server {
  /** Whatever the other process needs to connect; goes through JSON. */
  readonly address: unknown
  /** Messages that have come so far. */
  received(): number | Promise<number>
  /** Microseconds of a processor that processes of this end have had which are not Node. */
  foreignCpuUs?(): Promise<number>
  close(): unknown
}

/** The end that sends. */
export type Client = (Asks | Measures) & {
  /** Sends messages one way, as fast as it is allowed to, until the returned function is called. */
  pump(): () => void
  foreignCpuUs?(): Promise<number>
  close(): unknown
}

interface Asks {
  /** Sends a message and waits for one of the same size back. */
  roundTrip(): Promise<unknown>
}

/** It is not Node that asks: to tell it each time would be measured as well. */
interface Measures {
  /** The same for a while by so many at once. */
  roundTrips(forMs: number, inFlight: number): Promise<RoundTrips>
}

export interface RoundTrips {
  readonly medianUs: number
  readonly perSecond: number
}

export interface Contender {
  /** Whether it can be encrypted here. */
  readonly canBeSecure: boolean
  /** Rejects with NotInstalled if something is missing here. */
  serve(settings: Settings): Promise<Server>
  connect(address: never, settings: Settings): Promise<Client>
}

/** A contender is left out, with this word why. */
export class NotInstalled extends Error {}

/** Key material for everyone who takes a secret. */
export const SECRET = 'bench-secret-of-32-characters-xx'
