// Owns the options that decide who may talk to a node: `secret` and `insecure`, and with security-tls.ts `tls`.
// Checks them and makes the encryption of them. No message here may hold a part of a secret or of a key.
import { badOption, IridiumError } from '../core/errors.js'
import {
  MAX_SECRET_BYTES,
  MAX_SECRETS,
  MIN_SECRET_BYTES,
  MIN_SECRET_CHARACTERS,
} from '../core/limits.js'
import type { Encryption } from '../transport/encryption.js'
import { TlsEncryption, type TlsProtocol } from '../transport/tls.js'
import { secretKeys } from '../transport/tls-secret.js'
import { readTls, type TlsOptions } from './security-tls.js'

/**
 * Key material that all nodes of a cluster share: what `iridium keygen` prints (32 random bytes in base64url),
 * or any 16 to 1024 bytes that nobody can guess. Text stands for its bytes in UTF-8, without white space at its
 * ends, and has at least 22 characters. A pass phrase is no key material: who records the beginning of one
 * connection can test guesses as fast as a computer can count.
 */
export type Secret = string | Uint8Array

/** The options that decide who may talk to a node. */
export interface SecurityOptions {
  /**
   * Turns on TLS 1.3 with a key derived from it: only nodes with the same secret can link, and what they say is
   * encrypted. A list changes a key without a stop: the first is used for dialling, all are accepted.
   */
  readonly secret?: Secret | readonly Secret[] | undefined
  /** Turns on TLS 1.3 with certificates on both sides. Not together with `secret`. */
  readonly tls?: TlsOptions | undefined
  /** Allows traffic beyond loopback that neither `secret` nor `tls` protects. Default false. */
  readonly insecure?: boolean | undefined
}

/** What the options come down to. */
export interface Security {
  readonly encryption: Encryption | undefined
  /** Nothing protects or permits traffic beyond loopback. */
  readonly loopbackOnly: boolean
}

/**
 * What `options` ask for, for connections that speak `protocol` inside.
 * @throws IridiumError ERR_IRIDIUM_BAD_OPTION
 */
export function readSecurity(options: SecurityOptions, protocol: TlsProtocol): Security {
  const { secret, tls, insecure } = options
  if (insecure !== undefined && typeof insecure !== 'boolean') {
    throw badOption('insecure', 'true or false', insecure)
  }
  if (secret !== undefined && tls !== undefined) {
    throw new IridiumError(
      'ERR_IRIDIUM_BAD_OPTION',
      'secret and tls exclude each other: a node proves itself in one way',
    )
  }
  if (secret !== undefined) {
    const keys = secretKeys(readSecrets(secret))
    return { encryption: new TlsEncryption(keys, protocol), loopbackOnly: false }
  }
  if (tls !== undefined) {
    return { encryption: readTls(tls, protocol), loopbackOnly: false }
  }
  return { encryption: undefined, loopbackOnly: insecure !== true }
}

function readSecrets(value: unknown): Uint8Array[] {
  if (!Array.isArray(value)) return [readSecret('secret', value)]
  if (value.length === 0 || value.length > MAX_SECRETS) {
    throw badOption('secret', `one secret, or a list of 1 to ${MAX_SECRETS}`, value)
  }
  return value.map((each, i) => readSecret(`secret[${i}]`, each))
}

/**
 * The bytes of one secret; `name` is what it is called where it was given.
 * @throws IridiumError ERR_IRIDIUM_BAD_OPTION
 */
export function readSecret(name: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) {
    if (value.length >= MIN_SECRET_BYTES && value.length <= MAX_SECRET_BYTES) return value
    throw badSecret(name, `${value.length} bytes`)
  }
  if (typeof value !== 'string') {
    throw badSecret(name, value === null ? 'null' : typeof value)
  }
  const text = value.trim()
  const bytes = Buffer.from(text)
  if (text.length >= MIN_SECRET_CHARACTERS && bytes.length <= MAX_SECRET_BYTES) return bytes
  throw badSecret(name, `${text.length} characters`)
}

/** Says how long the secret was, never what it was. */
function badSecret(name: string, got: string): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_BAD_OPTION',
    `${name} must be key material, as \`iridium keygen\` prints it: at least ${MIN_SECRET_CHARACTERS} characters ` +
      `or ${MIN_SECRET_BYTES} bytes, at most ${MAX_SECRET_BYTES} bytes; got ${got}`,
  )
}
