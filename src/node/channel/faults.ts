// Owns how failures of messages between hosts are told: as errors here, and as codes on the wire.
import { IridiumError } from '../../core/errors.js'
import { MAX_FAILURE_MESSAGE_BYTES, VALUE_HEAD_BYTES } from '../../core/limits.js'

/** A peer has sent what its state does not allow: its link is closed. */
export function protocolError(what: string): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_PROTOCOL',
    `A member broke the protocol of channels: ${what}`,
  )
}

/** Why a request has no reply, as it goes over the wire. */
export const FAILURES = {
  NO_HANDLER: 'ERR_IRIDIUM_NO_HANDLER',
  HANDLER: 'ERR_IRIDIUM_HANDLER',
  SCHEMA: 'ERR_IRIDIUM_SCHEMA',
  BAD_MESSAGE: 'ERR_IRIDIUM_BAD_MESSAGE',
  LIMIT: 'ERR_IRIDIUM_LIMIT',
} as const

export type FailureCode = keyof typeof FAILURES

/** Why a message is not taken, and the same in words. */
export type Refusal = readonly [FailureCode, string]

/** Why a request has no reply whose channel was closed when its handler had it, or its reply was under way. */
export function closedThere({ name }: { readonly name: string }): Refusal {
  return ['NO_HANDLER', `the channel ${name} has been closed at that member`]
}

/** Why a value of so many bytes is not taken, where the most is `max`, what Avro adds included. */
export function tooLarge(bytes: number, max: number): Refusal {
  return ['BAD_MESSAGE', `${bytes} bytes, where the most is ${max - VALUE_HEAD_BYTES}`]
}

/** The error of a requester whose request has failed at the other end; what is unknown counts as the handler's. */
export function failureOf(code: string, message: string): IridiumError {
  const known = Object.hasOwn(FAILURES, code) ? (code as FailureCode) : 'HANDLER'
  return new IridiumError(FAILURES[known], message)
}

/** `text` cut to what may go over the wire. */
export function cutText(text: string): string {
  if (Buffer.byteLength(text) <= MAX_FAILURE_MESSAGE_BYTES) return text
  const bytes = Buffer.from(text).subarray(0, MAX_FAILURE_MESSAGE_BYTES - 3)
  return `${bytes.toString('utf8').replace(/\ufffd$/, '')}...`
}
