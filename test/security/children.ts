// Strangers in a process of their own, so that only what they do to the node is measured here.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Opens `count` connections that say nothing, and holds those that it can; `done` resolves when all have been opened. */
export function silentStrangers(port: number, count: number) {
  return strangers('./silent-strangers.mjs', [port, count])
}

/** Opens `count` connections that say what is wrong, in many ways; `done` resolves when all have ended. */
export function malformedStrangers(port: number, count: number, seed: number) {
  return strangers('./malformed-strangers.mjs', [port, count, seed])
}

function strangers(script: string, args: readonly number[]) {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(process.execPath, [path, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`ended with ${code}`)),
  )
  const done = Promise.race([once(child.stdout, 'data').then(([line]) => Number(line)), ended])
  done.catch(() => {}) // whoever waits for it is told
  return { done, end: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
