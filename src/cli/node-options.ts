// Owns what the flags of every command with a node come down to: which cluster, how protected, how logged.
import { readFile } from 'node:fs/promises'
import type { Logger } from '../core/logger.js'
import { fileReason } from '../repl/source-file.js'
import { Failure } from './failure.js'
import { createLogger } from './logger.js'
import type { Invocation } from './parse.js'
import { logLevel, text } from './settings.js'
import type { Shell } from './shell.js'

export interface NodeFlags {
  readonly logger: Logger
  readonly cluster?: string
  readonly secret?: readonly string[]
  readonly insecure?: true
}

/** `write` takes the lines of the log. Rejects with UsageError, and with Failure where a secret cannot be read. */
export async function nodeFlags(
  { env }: Shell,
  { flags }: Invocation,
  write: (line: string) => void,
): Promise<NodeFlags> {
  const cluster = text(flags, 'cluster')
  const secret = await Promise.all((flags.get('secret-file') ?? []).map(readSecret))
  return {
    logger: createLogger(logLevel(flags, env.IRIDIUM_LOG), write, () => new Date()),
    ...(cluster === undefined ? {} : { cluster }),
    ...(secret.length === 0 ? {} : { secret }),
    ...(flags.has('insecure') ? { insecure: true } : {}),
  }
}

async function readSecret(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Failure(fileReason(path, error))
  }
}
