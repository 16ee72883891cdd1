// Owns the one error class of the package and the closed table of its codes.
// docs/errors.md is generated from the table; `code` is stable, messages are not.

/** What each code means, and whether the same call may succeed later without a change by the caller. */
export const ERROR_CODES = {
  ERR_IRIDIUM_BAD_OPTION: {
    retriable: false,
    meaning: 'An option or argument has the wrong type or is out of its range, or is unknown.',
  },
  ERR_IRIDIUM_NOT_SUPPORTED: {
    retriable: false,
    meaning: 'The option or call is known, but this version or platform cannot do it.',
  },
  ERR_IRIDIUM_BAD_STATE: {
    retriable: false,
    meaning: 'The call does not fit the state that the node is in.',
  },
  ERR_IRIDIUM_BUSY: {
    retriable: true,
    meaning: 'The machine is already running: a nested run of the same machine.',
  },
  ERR_IRIDIUM_CLOSED: {
    retriable: false,
    meaning: 'The node, machine or channel has been closed.',
  },
  ERR_IRIDIUM_ABORTED: {
    retriable: false,
    meaning: "The caller's signal has fired; `cause` holds its reason.",
  },
  ERR_IRIDIUM_ASSEMBLY: {
    retriable: false,
    meaning: 'The source does not assemble; `diagnostics` says where and why.',
  },
  ERR_IRIDIUM_BAD_PROGRAM: {
    retriable: false,
    meaning: 'The bytes are not an EPIE image, or the image contradicts itself.',
  },
  ERR_IRIDIUM_BAD_SNAPSHOT: {
    retriable: false,
    meaning: 'The bytes are not a snapshot of this program, or the snapshot contradicts itself.',
  },
  ERR_IRIDIUM_LISTEN_FAILED: {
    retriable: true,
    meaning: 'The node could not listen at its host and port.',
  },
  ERR_IRIDIUM_JOIN_FAILED: {
    retriable: true,
    meaning: 'No seed accepted the node; `cause` holds the reasons.',
  },
  ERR_IRIDIUM_ALIAS_TAKEN: {
    retriable: false,
    meaning: 'Another living node holds this alias.',
  },
  ERR_IRIDIUM_REFUSED: {
    retriable: false,
    meaning: 'A node refused the link, or was refused, for the reason that the message gives.',
  },
  ERR_IRIDIUM_BAD_FRAME: {
    retriable: false,
    meaning:
      'A peer sent bytes that are no message of the protocol, or one over its bound; its link is closed.',
  },
  ERR_IRIDIUM_PROTOCOL: {
    retriable: false,
    meaning: 'A peer sent a message that its state does not allow; its link is closed.',
  },
  ERR_IRIDIUM_LIMIT: {
    retriable: true,
    meaning: 'A bound of limits.ts was reached; what went over it was refused.',
  },
  ERR_IRIDIUM_INSECURE: {
    retriable: false,
    meaning: 'Traffic beyond loopback needs `secret`, `tls` or `insecure: true`.',
  },
  ERR_IRIDIUM_UNAUTHENTICATED: {
    retriable: false,
    meaning:
      'The other end of a connection could not prove that it belongs to the cluster, or we could not: compare `secret` or `tls` on both sides.',
  },
  ERR_IRIDIUM_UNREACHABLE: {
    retriable: true,
    meaning: 'No connection could be made to this address, or it was cut before an answer came.',
  },
  ERR_IRIDIUM_LINK_LOST: {
    retriable: true,
    meaning: 'The link to a member broke; what was under way on it may be lost.',
  },
  ERR_IRIDIUM_NO_LINK: {
    retriable: true,
    meaning: 'There is no usable link to this member at the moment.',
  },
  ERR_IRIDIUM_NOT_A_MEMBER: {
    retriable: false,
    meaning: 'No member has this alias or id.',
  },
  ERR_IRIDIUM_BAD_MESSAGE: {
    retriable: false,
    meaning:
      "A value does not fit its channel's schema, is larger than a message may be there, or could not be read.",
  },
  ERR_IRIDIUM_SCHEMA: {
    retriable: false,
    meaning: "What a member writes on a channel cannot be read with the other member's schema.",
  },
  ERR_IRIDIUM_NO_HANDLER: {
    retriable: true,
    meaning:
      'The member has not opened the channel, answers no requests there, or has closed it before it replied.',
  },
  ERR_IRIDIUM_HANDLER: {
    retriable: false,
    meaning: "The member's handler of the request has thrown; the message is what it threw.",
  },
  ERR_IRIDIUM_TIMEOUT: { retriable: true, meaning: 'The answer did not come in time.' },
  ERR_IRIDIUM_LISTENER: {
    retriable: false,
    meaning:
      "One of the host's event listeners, or a filter of `waitFor`, threw; `cause` holds what it threw.",
  },
  ERR_IRIDIUM_INTERNAL: {
    retriable: false,
    meaning: 'A fault of this package: please report it, with the message.',
  },
} as const satisfies Record<string, { retriable: boolean; meaning: string }>

/** The closed list of codes. */
export type ErrorCode = keyof typeof ERROR_CODES

const brand = Symbol.for('iridium.IridiumError')

/**
 * Every error that this package throws or emits. `code` is stable, `message` is for people.
 * Branded, so that `instanceof` works across the ESM and CJS builds.
 */
export class IridiumError extends Error {
  static override [Symbol.hasInstance](value: unknown): value is IridiumError {
    return isBranded(value, brand)
  }

  override readonly name: string = 'IridiumError'
  readonly code: ErrorCode
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retriable: boolean

  constructor(
    code: ErrorCode,
    message: string,
    options: ErrorOptions & { retriable?: boolean } = {},
  ) {
    super(message, options)
    this.code = code
    this.retriable = options.retriable ?? ERROR_CODES[code].retriable
  }

  get [brand](): true {
    return true
  }
}

/** ERR_IRIDIUM_BAD_OPTION, in the one form that all checks of arguments use. */
export function badOption(name: string, expected: string, got: unknown): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_BAD_OPTION',
    `${name} must be ${expected}, got ${describe(got)}`,
  )
}

/** A short, safe picture of any value for a message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 64 ? `${value.slice(0, 64)}...` : value)
  }
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
    return typeof value === 'bigint' ? `${value}n` : String(value)
  }
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'function' ? 'a function' : 'an object'
}

/** The message of whatever code of the host has thrown, and nothing else of it. Never throws: not everything has a text. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return 'something that has no text'
  }
}

/**
 * Whether `value` bears a class's brand: a getter of its prototype, so that it shows in no listing of properties.
 * A subclass has a brand of its own: an inherited `hasInstance` would accept every instance of its parent.
 */
export function isBranded(value: unknown, key: symbol): boolean {
  return typeof value === 'object' && value !== null && key in value
}
