// Owns what the values of flags mean: text in, checked settings out. Throws UsageError for what does not fit.
import { type Address, parseAddress } from '../core/address.js'
import { DEFAULT_PORT } from '../core/limits.js'
import { LOG_LEVELS, type LogLevel } from './logger.js'
import { type Invocation, UsageError } from './parse.js'
import type { FlagName } from './table.js'

type Flags = Invocation['flags']

/** The last value of a flag that takes one. */
export function text(flags: Flags, name: FlagName): string | undefined {
  return flags.get(name)?.at(-1)
}

export function port(flags: Flags, name: FlagName): number | undefined {
  const value = text(flags, name)
  if (value === undefined) return undefined
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) {
    throw new UsageError(`--${name} takes a port, 0 to 65535, not "${value}"`)
  }
  return Number(value)
}

/** Addresses of the form host:port, with an IPv6 address in brackets. */
export function addresses(flags: Flags, name: FlagName): Address[] {
  return (flags.get(name) ?? []).map((value) => address(`--${name}`, value))
}

/** The same, of an operand. */
export function address(name: string, value: string): Address {
  const found = parseAddress(value)
  if (found) return found
  throw new UsageError(`${name} takes HOST:PORT, such as 127.0.0.1:2254, not "${value}"`)
}

export interface ListenSettings {
  readonly host: string
  readonly port: number
  /** Whether a free port will do where `port` is taken: only where nobody asked for it. */
  readonly anyPort: boolean
}

export function listening(flags: Flags): ListenSettings {
  const given = port(flags, 'server-bind-port')
  return {
    host: text(flags, 'server-bind-host') ?? '127.0.0.1',
    port: given ?? DEFAULT_PORT,
    anyPort: given === undefined,
  }
}

export function logLevel(flags: Flags, environment: string | undefined): LogLevel {
  const given = text(flags, 'log-level')
  const value = given ?? (environment || 'warn')
  const level = LOG_LEVELS.find((name) => name === value.toLowerCase())
  if (level === undefined) {
    const name = given === undefined ? 'IRIDIUM_LOG' : '--log-level'
    throw new UsageError(`${name} takes ${LOG_LEVELS.join(', ')}, not "${value}"`)
  }
  return level
}

export function daemonMode(flags: Flags): boolean {
  const value = text(flags, 'daemon-mode') ?? 'false'
  if (value !== 'true' && value !== 'false') {
    throw new UsageError(`--daemon-mode takes true or false, not "${value}"`)
  }
  return value === 'true'
}

/** What to say about a number of threads that is none; like the original, the default is used then. */
export function threadsWarning(flags: Flags): string | undefined {
  const value = text(flags, 'threads')
  if (value === undefined || /^[1-9]\d{0,3}$/.test(value)) return undefined
  return `--threads takes a number of threads, not "${value}"; going on with the number of logical cores`
}
