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

/** Somebody begins with what is no TLS. */
export function noTls(): IridiumError {
  return unauthenticated('the other end speaks no TLS 1.3: is it without `secret` or `tls`?')
}

/** Somebody answers in TLS to what is none. */
export function onlyTls(): IridiumError {
  return unauthenticated('the other end speaks TLS only: it has `secret` or `tls`, and we have not')
}

/** The alert `protocol_version` (RFC 8446, section 6): what we answer to what is no TLS. */
export const TLS_ALERT = Uint8Array.of(21, 3, 3, 0, 2, 2, 70)

/**
 * Whether a connection begins with an alert: 21, then the version, 3 and 1 to 4. As the length of a frame that
 * would be 66,325 at least, over any bound; but 21 3 0 0 is a frame of 789 bytes.
 */
export function isTlsAlert(bytes: Uint8Array): boolean {
  const [type, major, minor = 0, lengthHigh] = bytes
  return type === 21 && major === 3 && minor >= 1 && minor <= 4 && lengthHigh === 0
}

const isTls = (code: string): boolean => /^ERR_(SSL|TLS)_/.test(code)
/** How the results of verifying a certificate begin (Node's "X509 certificate error codes"). */
const isCertificate = (code: string): boolean =>
  /^(CERT|CRL|UNABLE|SELF_SIGNED|DEPTH_ZERO|ERROR_IN|INVALID|PATH_LENGTH|HOSTNAME)_/.test(code)

const WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /(WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE|BAD_RECORD_TYPE|UNEXPECTED_MESSAGE)$/,
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
