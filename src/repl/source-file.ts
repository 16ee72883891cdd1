// Owns reading a file that a person named: bounded, whatever the file is.
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { IridiumError } from '../core/errors.js'
import { MAX_SOURCE_BYTES } from '../core/limits.js'

/**
 * The whole of a file, or of a stream that is open already. Rejects with ERR_IRIDIUM_LIMIT beyond
 * MAX_SOURCE_BYTES, so that a device without an end is no trap, and with the system's error where there is
 * nothing to read.
 */
export async function readBounded(file: string | Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of typeof file === 'string' ? createReadStream(file) : file) {
    chunks.push(chunk as Buffer)
    length += (chunk as Buffer).length
    if (length > MAX_SOURCE_BYTES) {
      throw new IridiumError('ERR_IRIDIUM_LIMIT', `more than ${MAX_SOURCE_BYTES} bytes`)
    }
  }
  return Buffer.concat(chunks)
}

/** What went wrong with a file, without the names of system calls. */
export function fileReason(path: string, error: unknown): string {
  switch ((error as { code?: unknown } | null)?.code) {
    case 'ENOENT':
      return `there is no file ${path}`
    case 'EISDIR':
      return `${path} is a directory`
    case 'EACCES':
    case 'EPERM':
      return `${path} may not be opened`
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
