// Host processes for the tests: started from one bundle, spoken to over their IPC channel, and always ended.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Address, Member, NodeOptions, NodeStats } from '../../src/index.js'

/** What a child reports; `at`: milliseconds since the epoch, comparable between processes. */
export interface Report {
  readonly event: string
  readonly alias?: string
  readonly detail?: string
  readonly at: number
}

const folder = mkdtempSync(join(tmpdir(), 'iridium-'))
const children = new Set<Host>()

/**
 * Bundles a script with all that it imports, so that a process starts in a fraction of a second: one of children/
 * by its name, or any by its address.
 */
export async function bundle(script: string | URL): Promise<string> {
  const source =
    typeof script === 'string' ? new URL(`children/${script}.ts`, import.meta.url) : script
  const outfile = join(folder, `${++bundleCount}.mjs`)
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Packages that are CommonJS inside the bundle ask for node: modules by require.
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
  return outfile
}

const bundles = new Map<string, Promise<string>>()
let bundleCount = 0

function bundled(script: string | URL): Promise<string> {
  const known = bundles.get(`${script}`) ?? bundle(script)
  bundles.set(`${script}`, known)
  return known
}

export const now = (): number => performance.timeOrigin + performance.now()
export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

/** One child process with a node in it. */
export class Host {
  readonly alias: string
  readonly process: ChildProcess
  readonly reports: Report[] = []
  address: Address = { host: '', port: 0 }
  readonly #waiting = new Map<
    number,
    { resolve(value: unknown): void; reject(error: Error): void }
  >()
  #lastId = 0

  private constructor(alias: string, process: ChildProcess) {
    this.alias = alias
    this.process = process
    process.on(
      'message',
      (message: Report & { id?: number; value?: unknown; code?: string; message?: string }) => {
        if (message.id === undefined) {
          this.reports.push(message)
          return
        }
        const call = this.#waiting.get(message.id)
        if (message.code === undefined) call?.resolve(message.value)
        else
          call?.reject(
            Object.assign(new Error(`${message.code}: ${message.message}`), { code: message.code }),
          )
      },
    )
    process.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${alias} is gone`))
    })
  }

  /**
   * A process with a node that listens; by default at a port of its own choice. `script`: another of children/, or
   * the address of one; `under`: a command that starts it.
   */
  static async start(
    alias: string,
    options: NodeOptions = {},
    { script = 'node', under = [] }: { script?: string | URL; under?: readonly string[] } = {},
  ): Promise<Host> {
    const [execPath = '', ...execArgv] = [...under, process.execPath]
    const args = [JSON.stringify({ alias, port: 0, ...options })]
    const child = fork(await bundled(script), args, { execPath, execArgv })
    const host = new Host(alias, child)
    children.add(host)
    host.address = (await host.call('start')) as Address
    return host
  }

  get seed(): string {
    return `${this.address.host}:${this.address.port}`
  }

  call(method: string, ...args: unknown[]): Promise<unknown> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.process.send({ id, method, args })
    })
  }

  join(seed: Host): Promise<unknown> {
    return this.call('join', seed.seed)
  }

  async members(): Promise<Member[]> {
    return (await this.call('members')) as Member[]
  }

  async stats(): Promise<NodeStats> {
    return (await this.call('stats')) as NodeStats
  }

  /** The reports of this event, about `alias` if one is given. */
  saw(event: string, alias?: string): Report[] {
    return this.reports.filter(
      (report) => report.event === event && (alias === undefined || report.alias === alias),
    )
  }

  /** Waits for the first such report; fails with what came instead. */
  async see(event: string, alias: string, withinMs: number): Promise<Report> {
    for (const end = now() + withinMs; now() < end; await sleep(5)) {
      const [found] = this.saw(event, alias)
      if (found) return found
    }
    const seen = this.reports.map((r) => `${r.event} ${r.alias ?? ''} ${r.detail ?? ''}`)
    throw new Error(
      `${this.alias} saw no ${event} of ${alias} within ${withinMs} ms, but: ${seen.join(', ')}`,
    )
  }

  /** Ends the process by a signal; SIGKILL is an end without a goodbye. */
  async kill(): Promise<number> {
    const at = now()
    children.delete(this)
    this.process.kill('SIGKILL')
    if (this.process.exitCode === null && this.process.signalCode === null) {
      await once(this.process, 'exit')
    }
    return at
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): number {
    this.process.kill(name)
    return now()
  }
}

/** Waits until each of the hosts has all the others as living members, and no one else. */
export async function meshed(hosts: readonly Host[], withinMs = 20_000): Promise<void> {
  const expected = hosts.map(({ alias }) => alias).sort()
  const end = now() + withinMs
  for (;;) {
    const views = await Promise.all(
      hosts.map(async (host) => {
        const living = (await host.members()).filter(({ status }) => status === 'alive')
        return [host.alias, ...living.map(({ alias }) => alias)].sort().join()
      }),
    )
    if (views.every((view) => view === expected.join())) return
    if (now() > end)
      assert.equal(
        views,
        hosts.map(() => expected.join()),
      )
    await sleep(20)
  }
}

/** A cluster that notices a death within two seconds. */
export const FAST: NodeOptions = { heartbeat: { intervalMs: 100, timeoutMs: 1000 } }

/** Four processes, a to d, that are all members of each other. */
export async function fourHosts(options: NodeOptions = {}): Promise<[Host, Host, Host, Host]> {
  const hosts = await Promise.all(['a', 'b', 'c', 'd'].map((name) => Host.start(name, options)))
  const [a, b, c, d] = hosts as [Host, Host, Host, Host]
  await Promise.all([b, c, d].map((host) => host.join(a)))
  await meshed(hosts)
  return [a, b, c, d]
}

/** Nothing was thrown anywhere that nobody caught. */
export function noFaults(hosts: readonly Host[]): void {
  for (const host of hosts) assert.equal(host.saw('fault'), [], host.alias)
}

/** Stories that mostly wait, each with processes of its own: told at the same time, and one test each. */
export function atOnce(stories: Readonly<Record<string, () => Promise<void>>>): void {
  for (const [name, story] of Object.entries(stories)) {
    const end = story()
    end.catch(() => {}) // its test tells
    test(name, () => end)
  }
  test.after(endAll)
}

/** Ends all processes; for `after.each`. */
export async function endAll(): Promise<void> {
  await Promise.all([...children].map((host) => host.kill()))
}

process.on('exit', () => {
  for (const { process: child } of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
