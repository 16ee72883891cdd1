// Owns which flags protect traffic: --secret-file, --tls-..., --insecure, and the variable IRIDIUM_SECRET. Secrets
// come from files or the environment, never from arguments, which everybody on the machine can list.
import { readFile } from 'node:fs/promises'
import { readSecret, type SecurityOptions } from '../node/security.js'
import { fileReason } from '../repl/source-file.js'
import { Failure } from './failure.js'
import { type Invocation, UsageError } from './parse.js'
import { text } from './settings.js'
import type { Shell } from './shell.js'

/** Rejects with UsageError, with Failure where a file cannot be read, and with ERR_IRIDIUM_BAD_OPTION where it holds no secret. */
export async function securityFlags(
  { env }: Shell,
  { flags }: Invocation,
): Promise<SecurityOptions> {
  const insecure = flags.has('insecure') ? { insecure: true } : {}
  const files = flags.get('secret-file') ?? []
  const tls = await tlsFlags(flags)
  if (tls && files.length > 0) {
    throw new UsageError('--secret-file and --tls-key exclude each other')
  }
  if (tls) return { tls, ...insecure }
  if (files.length > 0) return { secret: await Promise.all(files.map(secretOf)), ...insecure }
  const secret = env.IRIDIUM_SECRET
  return secret ? { secret: readSecret('IRIDIUM_SECRET', secret), ...insecure } : insecure
}

/** Checked here already: only we know the file's name. */
async function secretOf(path: string): Promise<Uint8Array> {
  return readSecret(`the secret in ${path}`, await read(path))
}

async function tlsFlags(flags: Invocation['flags']): Promise<SecurityOptions['tls']> {
  const [key, cert, servername] = (['tls-key', 'tls-cert', 'tls-servername'] as const).map((name) =>
    text(flags, name),
  )
  const ca = flags.get('tls-ca')
  if (!key && !cert && !ca && !servername) return undefined
  if (!key || !cert || !ca) {
    throw new UsageError('certificates need all of --tls-key, --tls-cert and --tls-ca')
  }
  return {
    key: await read(key),
    cert: await read(cert),
    ca: await Promise.all(ca.map(read)),
    ...(servername ? { servername } : {}),
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Failure(fileReason(path, error))
  }
}
