// Owns the versions of the protocol: which ones this package speaks, how two nodes agree on one, and since when each
// message is known. docs/cluster.md, "Upgrades", is the rule book for whoever adds one.

/** Version 1: the messages of release 0.1. */
export const MIN_VERSION = 1
export const MAX_VERSION = 1

export interface Versions {
  readonly minVersion: number
  readonly maxVersion: number
}

export const OWN_VERSIONS: Versions = { minVersion: MIN_VERSION, maxVersion: MAX_VERSION }

/** The version that two nodes speak: the lower of their maximums; null if one of them no longer knows it. */
export function agreedVersion(a: Versions, b: Versions): number | null {
  const version = Math.min(a.maxVersion, b.maxVersion)
  return version >= Math.max(a.minVersion, b.minVersion) ? version : null
}

/** For messages to people: `1`, `1 to 3`. */
export function formatVersions({ minVersion, maxVersion }: Versions): string {
  return minVersion === maxVersion ? `${minVersion}` : `${minVersion} to ${maxVersion}`
}

/**
 * The version with which a message came, by its name, where that was not the first. On a link that speaks an older one
 * it is never sent: the other end could not tell where its fields are, and would have to close the link.
 */
export const SINCE: Readonly<Record<string, number>> = {}

/** Whether the message of this name may be sent on a link that speaks `version`. */
export function knows(version: number, message: string): boolean {
  return (SINCE[message] ?? 1) <= version
}
