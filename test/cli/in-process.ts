// Carries the command out in the test's own process, with streams of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { command } from '../../src/cli/command.js'
import type { Shell } from '../../src/cli/shell.js'

export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export async function iridium(
  args: readonly string[],
  input = '',
  env: Shell['env'] = {},
): Promise<Result> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end(input)
  const written = Promise.all([text(stdout), text(stderr)])
  const stop = new AbortController().signal
  const code = await command({ stdin, stdout, stderr, env, stop, trapSignals: () => {} }, args)
  stdout.end()
  stderr.end()
  const [out, err] = await written
  return { code, stdout: out, stderr: err }
}

/** A folder that is gone when the test process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'iridium-cli-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
