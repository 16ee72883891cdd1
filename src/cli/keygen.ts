// Owns `iridium keygen`.
import { randomBytes } from 'node:crypto'
import { print, type Shell } from './shell.js'

/** Far more than anybody can guess, and what the `secret` option takes. */
const KEY_BYTES = 32

export function keygen(shell: Shell): number {
  print(shell, randomBytes(KEY_BYTES).toString('base64url'))
  return 0
}
