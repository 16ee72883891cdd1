// Strangers in a process of their own, so that only what they do to the node is measured here.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Opens `count` connections that say nothing, and holds those that it can; resolves when all have been opened. */
export async function silentStrangers(port: number, count: number) {
  const script = fileURLToPath(new URL('./silent-strangers.mjs', import.meta.url))
  const child = spawn(process.execPath, [script, `${port}`, `${count}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const opened = once(child.stdout, 'data').then(([line]) => Number(line))
  return { opened, end: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
