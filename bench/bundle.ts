// Owns how a script for a process of its own is made: one file that starts in a fraction of the time which a
// loader of TypeScript needs, below the packages, so that it finds them.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = new URL('..', import.meta.url)
const made = new Map<string, Promise<string>>()

/** The path of the bundle of a script of this folder, such as `messages/end.ts`. */
export function bundled(script: string): Promise<string> {
  const known = made.get(script) ?? bundle(script)
  made.set(script, known)
  return known
}

async function bundle(script: string): Promise<string> {
  const outfile = fileURLToPath(new URL(`.cache/bench/${script.replace(/\.ts$/, '.mjs')}`, ROOT))
  await build({
    entryPoints: [fileURLToPath(new URL(script, import.meta.url))],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  })
  return outfile
}
