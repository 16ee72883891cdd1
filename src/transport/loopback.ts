// Owns what loopback is: the only place where traffic may travel that nothing protects.
import { lookup as lookupName } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { IridiumError } from '../core/errors.js'

export function isLoopback(ip: string): boolean {
  if (ip === '127.0.0.1') return true // nearly always, and the list below makes an object of it
  const family = isIP(ip)
  return family !== 0 && loopback.check(ip, family === 6 ? 'ipv6' : 'ipv4')
}

export function insecure(host: string): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_INSECURE',
    `${host} is not on loopback: give \`secret\` or \`tls\`, or allow plain traffic with \`insecure: true\``,
  )
}

/** Resolves a name for `connect`, and leaves only the addresses on loopback. */
export const lookupLoopback: LookupFunction = (host, options, callback) => {
  lookupName(host, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, '')
    const allowed = found.filter(({ address }) => isLoopback(address))
    const first = allowed[0]
    if (!first) return callback(insecure(host), '')
    if (options.all) callback(null, allowed)
    else callback(null, first.address, first.family)
  })
}

/** The address on loopback that `host` means, IPv4 first, as everywhere in the defaults. Rejects with what the lookup says. */
export async function resolveLoopback(host: string): Promise<string> {
  if (isIP(host)) {
    if (!isLoopback(host)) throw insecure(host)
    return host
  }
  return new Promise((resolve, reject) => {
    lookupLoopback(host, { all: true }, (error, found) => {
      if (error) return reject(error)
      const addresses = found as { address: string; family: number }[]
      resolve((addresses.find(({ family }) => family === 4) ?? addresses[0])?.address ?? host)
    })
  })
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')
