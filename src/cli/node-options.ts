// Owns what the flags of every command with a node come down to: which cluster, how protected (security.ts), how logged.
import type { Logger } from '../core/logger.js'
import type { SecurityOptions } from '../node/security.js'
import { createLogger } from './logger.js'
import type { Invocation } from './parse.js'
import { securityFlags } from './security.js'
import { logLevel, text } from './settings.js'
import type { Shell } from './shell.js'

export interface NodeFlags extends SecurityOptions {
  readonly logger: Logger
  readonly cluster?: string
}

/** `write` takes the lines of the log. Rejects with UsageError, and with Failure where a file cannot be read. */
export async function nodeFlags(
  shell: Shell,
  invocation: Invocation,
  write: (line: string) => void,
): Promise<NodeFlags> {
  const { flags } = invocation
  const cluster = text(flags, 'cluster')
  return {
    logger: createLogger(logLevel(flags, shell.env.IRIDIUM_LOG), write, () => new Date()),
    ...(cluster === undefined ? {} : { cluster }),
    ...(await securityFlags(shell, invocation)),
  }
}
