// Owns the forms in which a host may write addresses.
import { isIPv6 } from 'node:net'
import { type Address, isPort, parseAddress } from '../core/address.js'
import { badOption } from '../core/errors.js'
import { MAX_HOST_BYTES, MAX_SEEDS } from '../core/limits.js'
import { byteLength } from '../core/names.js'

/** One address: `'host:port'`, `'[IPv6]:port'` or `{host, port}`. */
export type AddressLike = string | { readonly host: string; readonly port: number }

/** What stands before the options of `join`. */
export type JoinTarget = AddressLike | readonly AddressLike[]

/** Reads one address. @throws IridiumError ERR_IRIDIUM_BAD_OPTION */
export function readAddress(name: string, value: unknown): Address {
  if (typeof value === 'string') {
    const address = parseAddress(value)
    if (!address || !isHost(address.host)) throw badOption(name, FORMS, value)
    return address
  }
  if (typeof value !== 'object' || value === null) throw badOption(name, FORMS, value)
  const { host, port } = value as Partial<Address>
  if (!isHost(host)) throw badOption(`${name}.host`, HOST, host)
  if (!isPort(port)) throw badOption(`${name}.port`, 'an integer from 1 to 65535', port)
  return { host, port }
}

/** Reads a list of addresses, and drops those that come twice. @throws IridiumError ERR_IRIDIUM_BAD_OPTION */
export function readAddresses(name: string, value: unknown): readonly Address[] {
  if (!Array.isArray(value) || value.length > MAX_SEEDS) {
    throw badOption(name, `a list of at most ${MAX_SEEDS} addresses`, value)
  }
  const found = value.map((each, i) => readAddress(`${name}[${i}]`, each))
  return found.filter(
    ({ host, port }, i) => found.findIndex((a) => a.host === host && a.port === port) === i,
  )
}

/** Reads the arguments of `join`: a target and options, or host, port and options. */
export function readJoinArguments(args: readonly unknown[]): {
  seeds: readonly Address[]
  options: unknown
} {
  const [first, second, third] = args
  if (typeof first === 'string' && typeof second === 'number') {
    return { seeds: [readAddress('join', { host: first, port: second })], options: third }
  }
  if (!Array.isArray(first)) return { seeds: [readAddress('join', first)], options: second }
  if (first.length === 0) throw badOption('seeds', 'at least one address', first)
  return { seeds: readAddresses('seeds', first), options: second }
}

/** Whether `value` can be the name or the address of a host; names are not resolved. */
export function isHost(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    byteLength(value) <= MAX_HOST_BYTES &&
    !/[\s\p{Cc}\p{Cs}[\]]/u.test(value) &&
    (!value.includes(':') || isIPv6(value))
  )
}

export const HOST = 'a host name or an address without brackets'
const FORMS = "an address: 'host:port', '[IPv6]:port' or {host, port}"
