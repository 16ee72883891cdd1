// Owns the option `tls`: what it may hold, and the encryption made of it. No message here may hold a part of a key.
import { X509Certificate } from 'node:crypto'
import { describe, IridiumError } from '../core/errors.js'
import { readRecord } from '../core/record.js'
import type { Encryption } from '../transport/encryption.js'
import { TlsEncryption, type TlsProtocol } from '../transport/tls.js'
import { type Certificates, certificateKeys } from '../transport/tls-certificates.js'

/** A certificate, key or list of revoked certificates in PEM form. */
export type Pem = string | Uint8Array

/** The certificates with which nodes prove to each other that they belong to the cluster, named as in node:tls. */
export interface TlsOptions {
  /** This node's private key. */
  readonly key: Pem | readonly Pem[]
  /** This node's certificate, with those between it and the `ca`, if any. Where it limits its use, it must allow both server and client authentication. */
  readonly cert: Pem | readonly Pem[]
  /** Whose certificates are accepted. Every holder of one is a member: use a certificate authority of the cluster's own, or `servername`. */
  readonly ca: Pem | readonly Pem[]
  /** Opens `key`, if it is encrypted. */
  readonly passphrase?: string | undefined
  /** Lists of revoked certificates. */
  readonly crl?: Pem | readonly Pem[] | undefined
  /**
   * A DNS name that every member's certificate must bear, whichever side shows it, as in `members.iridium.example`.
   * Without it no name is checked. Hosts and aliases never are: certificates do not bind them.
   */
  readonly servername?: string | undefined
  /** Cipher suites of TLS 1.3 that are allowed, separated by colons; those of older versions are passed over. Default: node:tls's. */
  readonly ciphers?: string | undefined
  /** Always true; may be written down. */
  readonly requestCert?: boolean | undefined
  /** Always true; may be written down. */
  readonly rejectUnauthorized?: boolean | undefined
  /** Always `TLSv1.3`; may be written down. */
  readonly minVersion?: string | undefined
}

/** @throws IridiumError ERR_IRIDIUM_BAD_OPTION, also for keys and certificates that node:tls cannot use */
export function readTls(value: unknown, protocol: TlsProtocol): Encryption {
  const certificates = read(value)
  try {
    return new TlsEncryption(certificateKeys(certificates), protocol)
  } catch (cause) {
    throw new IridiumError(
      'ERR_IRIDIUM_BAD_OPTION',
      `tls does not work with this key, cert, crl or these ciphers: ${(cause as Error).message}`,
      { cause },
    )
  }
}

function read(value: unknown): Certificates {
  const given = readRecord('tls', value, Object.keys(CHECKS)) as Record<string, unknown>
  for (const [name, each] of Object.entries(given)) {
    const { accepts, expected } = CHECKS[name as keyof TlsOptions]
    if (each !== undefined && !accepts(each)) throw badTls(name, expected, each)
  }
  for (const name of ['key', 'cert', 'ca'] as const) {
    if (given[name] === undefined) throw badTls(name, CHECKS[name].expected, undefined)
  }
  const { key, cert, ca, passphrase, crl, servername, ciphers } = given as unknown as TlsOptions
  return {
    key: listOf(key),
    cert: listOf(cert),
    ca: listOf(ca).map(checkCertificate),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(crl === undefined ? {} : { crl: listOf(crl) }),
    ...(servername === undefined ? {} : { servername }),
    ...(ciphers === undefined ? {} : { ciphers }),
  }
}

interface Check {
  readonly expected: string
  accepts(value: unknown): boolean
}

const isPem = (value: unknown): boolean =>
  (typeof value === 'string' || value instanceof Uint8Array) && value.length > 0
const pem: Check = {
  expected: 'PEM text or bytes, or a list of them',
  accepts: (value) =>
    Array.isArray(value) ? value.length > 0 && value.every(isPem) : isPem(value),
}
const text: Check = {
  expected: 'text',
  accepts: (value) => typeof value === 'string' && value.length > 0,
}
/** node:tls takes lists without any of TLS 1.3, and then allows all of them: its host would believe that it had chosen. */
const suites: Check = {
  expected: 'cipher suites of TLS 1.3 separated by colons, such as TLS_AES_256_GCM_SHA384',
  accepts: (value) =>
    typeof value === 'string' && value.split(':').some((name) => name.startsWith('TLS_')),
}
const always = (fixed: unknown): Check => ({
  expected: `${JSON.stringify(fixed)}, which cannot be changed`,
  accepts: (value) => value === fixed,
})

const CHECKS = {
  key: pem,
  cert: pem,
  ca: pem,
  passphrase: text,
  crl: pem,
  servername: text,
  ciphers: suites,
  requestCert: always(true),
  rejectUnauthorized: always(true),
  minVersion: always('TLSv1.3'),
} satisfies Record<keyof TlsOptions, Check>

/** `describe` would show the beginning of a key. */
function badTls(name: string, expected: string, got: unknown): IridiumError {
  const what =
    got === undefined ? 'nothing' : typeof got === 'string' ? 'other text' : describe(got)
  return new IridiumError('ERR_IRIDIUM_BAD_OPTION', `tls.${name} must be ${expected}, got ${what}`)
}

/** node:tls passes over what is no certificate, and would then trust nobody without saying why. */
function checkCertificate(pem: Buffer): Buffer {
  try {
    new X509Certificate(pem)
  } catch (cause) {
    throw new IridiumError(
      'ERR_IRIDIUM_BAD_OPTION',
      `tls.ca holds something that is no certificate: ${(cause as Error).message}`,
      { cause },
    )
  }
  return pem
}

function listOf(value: Pem | readonly Pem[]): Buffer[] {
  const list = typeof value === 'string' || value instanceof Uint8Array ? [value] : value
  return list.map((each) => Buffer.from(each as string))
}
