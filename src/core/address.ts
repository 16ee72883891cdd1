// Owns what an address is, and its written forms. Knows nothing of name resolution or of sockets.
import { MAX_PORT } from './limits.js'

/** Where a node listens. */
export interface Address {
  /** An IPv4 or IPv6 address (without brackets) or a host name. */
  readonly host: string
  /** 1 to 65535; 0 only where a free one is to be picked. */
  readonly port: number
}

/** `host:port`, with an IPv6 address in brackets. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Reads `host:port` or `[IPv6]:port`; null for anything else. */
export function parseAddress(text: string): Address | null {
  const match = /^(?:\[([0-9a-f:.]+(?:%[\w.~-]+)?)\]|([^\s:[\]]+)):(\d{1,5})$/i.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host !== undefined && isPort(port) ? { host, port } : null
}

/** Whether `value` is a port that can be dialled. */
export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_PORT
}

export function sameAddress(a: Address, b: Address): boolean {
  return a.host === b.host && a.port === b.port
}

/** Whether `host` means every address of a machine: to listen at, never to dial. Empty is what is not known yet. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === ''
}
