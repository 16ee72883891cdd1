// Owns the versions of the protocol: which ones this package speaks, and how two nodes agree on one.

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
