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
  received(): number
  close(): unknown
}

/** The end that sends. */
export interface Client {
  /** Sends messages one way, as fast as it is allowed to, until the returned function is called. */
  pump(): () => void
  /** Sends a message and waits for one of the same size back. */
  roundTrip(): Promise<unknown>
  close(): unknown
}

export interface Contender {
  /** Whether it can be encrypted here. */
  readonly canBeSecure: boolean
  /** Throws if it is not installed. */
  serve(settings: Settings): Promise<Server>
  connect(address: never, settings: Settings): Promise<Client>
}

/** Key material for everyone who takes a secret. */
export const SECRET = 'bench-secret-of-32-characters-xx'
