// Owns what this node says of itself.
import { isWildcard, sameAddress } from '../core/address.js'
import type { MessageOf, Self } from '../protocol/messages.js'
import { OWN_VERSIONS, type Versions } from '../protocol/versions.js'
import type { Address, Member } from './member.js'
import type { State } from './state.js'

/** Where we tell others to find us; an empty host means: where you see me. */
export function advertised(s: State): Address {
  const { advertise } = s.config
  if (advertise) return advertise
  const { host, port } = bound(s)
  return { host: isWildcard(host) ? '' : host, port }
}

/** The versions of the protocol that we speak. */
export function ownVersions(s: State): Versions {
  return s.config.versions ?? OWN_VERSIONS
}

/**
 * As it stands in our Hello or Join. Here and below each field is named, in one literal: the engine takes up to 20 us for
 * one that begins with a spread and goes on.
 */
export function introduction(s: State): Omit<MessageOf<'Hello'>, 'type'> {
  const { minVersion, maxVersion } = ownVersions(s)
  const { id, alias, cluster } = s.config
  const { incarnation, tags, digest } = s
  const { host, port } = advertised(s)
  return {
    minVersion,
    maxVersion,
    cluster,
    id,
    alias,
    incarnation,
    host,
    port,
    tags,
    digest,
    extensions: {},
  }
}

/** As it stands in our answers. */
export function introduceSelf(s: State): Self {
  const { id, alias } = s.config
  const { host, port } = advertised(s)
  return { id, alias, incarnation: s.incarnation, host, port, tags: s.tags }
}

/** As our own host sees it. */
export function selfMember(s: State): Member {
  const self = introduceSelf(s)
  const host = self.host === '' ? (s.seenHost ?? bound(s).host) : self.host
  return Object.freeze({ ...self, host, tags: Object.freeze({ ...self.tags }), status: 'alive' })
}

/** Whether this address leads to ourselves, as far as can be told without dialling it. */
export function isOwnAddress(s: State, address: Address): boolean {
  if (sameAddress(address, bound(s)) || sameAddress(address, advertised(s))) return true
  const { host, port } = bound(s)
  return address.port === port && isLoopback(address.host) && (isLoopback(host) || isWildcard(host))
}

function bound(s: State): Address {
  return s.address ?? { host: '', port: 0 }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '127.0.0.1'
}
