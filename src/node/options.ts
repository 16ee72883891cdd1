// Owns the options of a node: their defaults, and the one check of each.
import { type Address, isWildcard } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import { badOption } from '../core/errors.js'
import {
  DEFAULT_HEARTBEAT_INTERVAL_MS,
  DEFAULT_HEARTBEAT_TIMEOUT_MS,
  DEFAULT_PORT,
  MAX_ALIAS_BYTES,
  MAX_CLUSTER_NAME_BYTES,
  MAX_HEARTBEAT_MS,
  MAX_PORT,
  MAX_TAGS,
  MAX_TAGS_BYTES,
  MIN_HEARTBEAT_INTERVAL_MS,
} from '../core/limits.js'
import { type Logger, silentLogger } from '../core/logger.js'
import { byteLength, isName } from '../core/names.js'
import { isPlain } from '../core/plain.js'
import type { Random } from '../core/random.js'
import { readRecord } from '../core/record.js'
import { TcpTransport } from '../transport/tcp.js'
import type { Transport } from '../transport/transport.js'
import { type AddressLike, HOST, isHost, readAddress, readAddresses } from './addresses.js'
import { realClock } from './clock.js'
import { guardLogger } from './logger.js'
import type { CallOptions } from './pending.js'
import { realRandom, uuid } from './random.js'
import { readSecurity, type SecurityOptions } from './security.js'

/** The options of a node, all optional. */
export interface NodeOptions extends SecurityOptions {
  /** The node's unique name in the cluster: 1 to 64 bytes of UTF-8 without control characters. Default: a random UUID. */
  readonly alias?: string | undefined
  /** Where to listen: an address of this host, or a name of it. Default 127.0.0.1. */
  readonly host?: string | undefined
  /** The port to listen at; 0 picks a free one. Default 2254. */
  readonly port?: number | undefined
  /**
   * What to tell others about where this node listens, where that differs, as behind a forwarded port.
   * Default: where it listens; for a wildcard host such as 0.0.0.0 the address that the seed saw.
   */
  readonly advertise?: { readonly host: string; readonly port: number } | undefined
  /** Addresses that `start()` and the years after it try, so that a node finds its cluster again by itself. */
  readonly seeds?: readonly AddressLike[] | undefined
  /** Nodes of differently named clusters refuse each other: 1 to 64 bytes of UTF-8. Default `iridium`. */
  readonly cluster?: string | undefined
  /** Small facts that every member sees: at most 32 entries and 2 KiB in all. */
  readonly tags?: Readonly<Record<string, string>> | undefined
  /**
   * `intervalMs` (default 1000, 10 to 3,600,000): how often a sign of life is sent on a silent link; two
   * intervals of silence make a member suspect. `timeoutMs` (default 5000, at least twice the interval):
   * how much silence is taken for its death. Raising it makes false alarms rarer and deaths noticed later;
   * it must be longer than this host ever blocks its event loop. The same values for all nodes are best.
   */
  readonly heartbeat?:
    | {
        readonly intervalMs?: number | undefined
        readonly timeoutMs?: number | undefined
      }
    | undefined
  /** Shaped as pino's: `trace`, `debug`, `info`, `warn` and `error`, each (fields, message). Default: silent. */
  readonly logger?: Logger | undefined
  /** How bytes travel. Default: TCP. */
  readonly transport?: Transport | undefined
  /** What time it is. Default: the host's. */
  readonly clock?: Clock | undefined
  /** Where ids and jitter come from. Default: the host's. */
  readonly random?: Random | undefined
}

/** Options that have been checked and completed. */
export interface Settings {
  readonly alias: string
  readonly host: string
  readonly port: number
  readonly advertise: Address | null
  readonly seeds: readonly Address[]
  readonly cluster: string
  readonly tags: Readonly<Record<string, string>>
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly logger: Logger
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
}

/**
 * Checks and completes the options of a node.
 * @throws IridiumError ERR_IRIDIUM_BAD_OPTION
 */
export function readOptions(options: unknown = {}): Settings {
  const given = readRecord('options', options, OPTION_NAMES) as NodeOptions
  const clock = readShape('clock', given.clock, realClock, ['now', 'date', 'timer', 'soon', 'turn'])
  const random = readShape('random', given.random, realRandom, ['fraction', 'bytes'])
  const logger = readShape('logger', given.logger, silentLogger, LEVELS)
  const { alias, host, port, cluster, advertise, seeds, tags } = given
  return {
    alias: alias === undefined ? uuid(random) : read('alias', alias, '', isAlias, ALIAS),
    host: read('host', host, '127.0.0.1', isHost, HOST),
    port: read('port', port, DEFAULT_PORT, isListeningPort, 'an integer from 0 to 65535'),
    advertise: advertise === undefined ? null : readAdvertised(advertise),
    seeds: seeds === undefined ? [] : readAddresses('seeds', seeds),
    cluster: read('cluster', cluster, 'iridium', isClusterName, CLUSTER_NAME),
    tags: readTags(tags === undefined ? {} : tags),
    ...readHeartbeat(given.heartbeat),
    logger: guardLogger(logger),
    transport: readTransport(given, clock),
    clock,
    random,
  }
}

/** Checks tags and freezes a copy of them. @throws IridiumError ERR_IRIDIUM_BAD_OPTION */
export function readTags(value: unknown): Readonly<Record<string, string>> {
  if (!isPlain(value)) throw badOption('tags', 'a plain object of texts', value)
  const entries = Object.entries(value)
  if (entries.length > MAX_TAGS) {
    throw badOption('tags', `at most ${MAX_TAGS} entries`, entries.length)
  }
  let bytes = 0
  for (const [key, text] of entries) {
    if (typeof text !== 'string') throw badOption(`tags.${key}`, 'text', text)
    if (key === '__proto__') throw badOption('tags', 'no entry of that name', key) // nor does the codec read one
    if (/\p{Cs}/u.test(key + text)) throw badOption(`tags.${key}`, 'well-formed Unicode', text)
    bytes += byteLength(key) + byteLength(text)
  }
  if (bytes > MAX_TAGS_BYTES) {
    throw badOption('tags', `at most ${MAX_TAGS_BYTES} bytes in all`, bytes)
  }
  return Object.freeze(Object.fromEntries(entries) as Record<string, string>)
}

const CALL_OPTIONS = ['signal']

/** Checks the options of a call that takes none but a signal. @throws IridiumError ERR_IRIDIUM_BAD_OPTION */
export function readCallOptions(options: unknown = {}): CallOptions {
  return readRecord('options', options, CALL_OPTIONS) as CallOptions
}

function readAdvertised(value: unknown): Address {
  const address = readAddress('advertise', readRecord('advertise', value, ['host', 'port']))
  if (!isWildcard(address.host)) return address
  throw badOption('advertise.host', 'an address that others can dial', address.host)
}

function readHeartbeat(value: unknown = {}): { intervalMs: number; timeoutMs: number } {
  const given = readRecord('heartbeat', value, ['intervalMs', 'timeoutMs']) as {
    intervalMs?: number
    timeoutMs?: number
  }
  const { intervalMs = DEFAULT_HEARTBEAT_INTERVAL_MS, timeoutMs = DEFAULT_HEARTBEAT_TIMEOUT_MS } =
    given
  const within = (ms: unknown, min: number) =>
    typeof ms === 'number' && ms >= min && ms <= MAX_HEARTBEAT_MS
  if (!within(intervalMs, MIN_HEARTBEAT_INTERVAL_MS)) {
    const expected = `a number from ${MIN_HEARTBEAT_INTERVAL_MS} to ${MAX_HEARTBEAT_MS}`
    throw badOption('heartbeat.intervalMs', expected, intervalMs)
  }
  if (!within(timeoutMs, 2 * intervalMs)) {
    const expected = `a number from twice the interval (${2 * intervalMs}) to ${MAX_HEARTBEAT_MS}`
    throw badOption('heartbeat.timeoutMs', expected, timeoutMs)
  }
  return { intervalMs, timeoutMs }
}

/** A transport of the host's own protects its traffic itself: what asks us to do so must not be passed over. */
function readTransport(options: NodeOptions, clock: Clock): Transport {
  const security = readSecurity(options, 'iridium')
  const own = readShape('transport', options.transport, null, ['listen', 'dial'])
  if (own && security.encryption) {
    throw badOption('transport', 'absent where `secret` or `tls` is given', options.transport)
  }
  return own ?? new TcpTransport({ clock, ...security })
}

function read<T>(
  name: string,
  value: unknown,
  fallback: T,
  isValid: (value: unknown) => value is T,
  expected: string,
): T {
  if (value === undefined) return fallback
  if (!isValid(value)) throw badOption(name, expected, value)
  return value
}

/** An object of the host's that must have certain methods. */
function readShape<T, F extends T | null>(
  name: string,
  value: unknown,
  fallback: F,
  methods: readonly (keyof T & string)[],
): T | F {
  if (value === undefined) return fallback
  for (const method of methods) {
    if (typeof (value as Record<string, unknown> | null)?.[method] !== 'function') {
      throw badOption(name, `an object with the methods ${methods.join(', ')}`, value)
    }
  }
  return value as T
}

const isAlias = (value: unknown): value is string => isName(value, MAX_ALIAS_BYTES)
const isClusterName = (value: unknown): value is string => isName(value, MAX_CLUSTER_NAME_BYTES)
const isListeningPort = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_PORT

const NAME = 'bytes of UTF-8 without control characters'
const ALIAS = `1 to ${MAX_ALIAS_BYTES} ${NAME}`
const CLUSTER_NAME = `1 to ${MAX_CLUSTER_NAME_BYTES} ${NAME}`
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const

/** The names of all options of a node. */
export const OPTION_NAMES: readonly string[] = Object.keys({
  alias: 0,
  host: 0,
  port: 0,
  advertise: 0,
  seeds: 0,
  cluster: 0,
  secret: 0,
  tls: 0,
  insecure: 0,
  tags: 0,
  heartbeat: 0,
  logger: 0,
  transport: 0,
  clock: 0,
  random: 0,
} satisfies Record<keyof NodeOptions, 0>)
