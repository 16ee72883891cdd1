// Owns what a failed TLS handshake is called here, in words that say what to do.
// The names of errors differ between versions of OpenSSL, so they are recognized by their ends.
import { IridiumError } from '../core/errors.js'

/** ERR_IRIDIUM_UNAUTHENTICATED if `error` tells of a refused proof; an error of the network as it is. */
export function explainTlsFailure(error: Error): Error {
  const { code = '', reason } = error as { code?: string; reason?: string }
  if (error instanceof IridiumError || !(isTls(code) || isCertificate(code))) return error
  const [, words] = WORDS.find(([pattern]) => pattern.test(code)) ?? []
  const detail = reason ?? error.message
  return unauthenticated(words === undefined ? detail : `${words} (${detail})`, error)
}

export function unauthenticated(message: string, cause?: Error): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_UNAUTHENTICATED',
    `not authenticated: ${message}`,
    cause && { cause },
  )
}

/** Whether somebody has begun with what is no TLS: OpenSSL then sends no alert. */
export function isNoTls(error: Error): boolean {
  return /_(WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST)$/.test(
    (error as NodeJS.ErrnoException).code ?? '',
  )
}

/** Somebody answers in TLS to what is none. */
export function onlyTls(): IridiumError {
  return unauthenticated('the other end speaks TLS only: it has `secret` or `tls`, and we have not')
}

/** An alert in the form of a record (RFC 8446, section 6): fatal, with this description. */
export function tlsAlert(description: number): Uint8Array {
  return Uint8Array.of(ALERT_RECORD, 3, 3, 0, 2, 2, description)
}

/** The alert `protocol_version`: what we answer to what is no TLS. */
export const PROTOCOL_VERSION_ALERT = 70
/** The alert `unexpected_message`: what we answer to TLS where we speak none. */
export const UNEXPECTED_MESSAGE_ALERT = 10

/** Whether a connection begins with an alert. */
export function isTlsAlert(bytes: Uint8Array): boolean {
  return isTlsRecord(bytes, ALERT_RECORD) && bytes[3] === 0
}

/** Whether a connection begins as TLS does: with a record of a handshake. */
export function isTlsHandshake(bytes: Uint8Array): boolean {
  return isTlsRecord(bytes, HANDSHAKE_RECORD)
}

/** How a record begins (RFC 8446, section 5.1): what it holds, then the version, 3 and 1 to 4. */
const HANDSHAKE_RECORD = 22
const ALERT_RECORD = 21

/** As the length of a frame that beginning would be 66,325 at least, over any bound; but 21 3 0 0 is a frame of 789 bytes. */
function isTlsRecord([type, major, minor = 0]: Uint8Array, expected: number): boolean {
  return type === expected && major === 3 && minor >= 1 && minor <= 4
}

/**
 * What a server says inside the encrypted link to a client whose certificate it refuses, and then nothing more.
 * In TLS 1.3 the client is done before its certificate is looked at (RFC 8446, section 2), and node:tls, which
 * leaves the looking to us, has no way to send the alert of the protocol itself. So the same bytes go as data.
 */
export function refusal(error: Error): Uint8Array {
  const { code = '' } = error as { code?: string }
  return tlsAlert(ALERTS.find(([, pattern]) => pattern.test(code))?.[0] ?? BAD_CERTIFICATE_ALERT)
}

/** What the client makes of it. */
export function refusedProof(alert: Uint8Array): IridiumError {
  const description = alert[6]
  const words = ALERTS.find(([number]) => number === description)?.[2] ?? 'it found it bad'
  return unauthenticated(`the other end refused our certificate: ${words}`)
}

const BAD_CERTIFICATE_ALERT = 42
/** By the numbers and the sense of RFC 8446, section 6.2. */
const ALERTS: readonly (readonly [alert: number, code: RegExp, words: string])[] = [
  [43, /^INVALID_PURPOSE$/, 'it is not for both servers and clients'],
  [44, /^CERT_REVOKED$/, 'it is revoked'],
  [45, /(EXPIRED|NOT_YET_VALID)$/, 'it is not valid today'],
  [48, /(SELF_SIGNED|UNABLE_TO_GET|UNABLE_TO_VERIFY)/, 'it is not from the `ca` of the other end'],
  [
    BAD_CERTIFICATE_ALERT,
    /ALTNAME_INVALID$/,
    'it lacks the name that `servername` asks for, or is bad',
  ],
  [116, /CERTIFICATE_REQUIRED$/, 'we showed none'],
]

const isTls = (code: string): boolean => /^ERR_(SSL|TLS)_/.test(code)
/** How the results of verifying a certificate begin (Node's "X509 certificate error codes"). */
const isCertificate = (code: string): boolean =>
  /^(CERT|CRL|UNABLE|SELF_SIGNED|DEPTH_ZERO|ERROR_IN|INVALID|PATH_LENGTH|HOSTNAME)_/.test(code)

const WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /(WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST|UNKNOWN_PROTOCOL|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE|BAD_RECORD_TYPE|UNEXPECTED_MESSAGE)$/,
    'the other end speaks no TLS 1.3: is it without `secret` or `tls`?',
  ],
  [
    /(UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS_AVAILABLE)$/,
    'the other end speaks an older TLS',
  ],
  [
    /(HANDSHAKE_FAILURE|NO_SUITABLE_SIGNATURE_ALGORITHM|NO_SHARED_CIPHER|BINDER_DOES_NOT_VERIFY|ILLEGAL_PARAMETER|DECRYPT_ERROR)$/,
    'the two ends have no key in common: compare `secret`, or `secret` here with `tls` there',
  ],
  [
    /(CERTIFICATE_REQUIRED|PEER_DID_NOT_RETURN_A_CERTIFICATE)$/,
    'an end was asked for a certificate and showed none',
  ],
  [
    /(UNKNOWN_CA|SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY)/,
    'a certificate was shown that is not from the `ca` of the other end',
  ],
  [/NO_APPLICATION_PROTOCOL$/, 'one end is a node, the other a session of the REPL'],
  [/^INVALID_PURPOSE$/, 'a certificate was shown that is not for both servers and clients'],
  [/(EXPIRED|NOT_YET_VALID)/, 'a certificate was shown that is not valid today'],
  [/ALTNAME_INVALID$/, 'a certificate was shown without the name that `servername` asks for'],
]
