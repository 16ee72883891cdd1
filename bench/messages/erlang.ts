// Erlang's distribution: messages from a process of one node to a process of another, with an epmd of their own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import {
  type Client,
  type Contender,
  NotInstalled,
  type Server,
  type Settings,
} from './contender.js'
import { foreignCpuUs } from './foreign.js'

/** Read when the bench runs, from the package's root. */
const SOURCE = resolve('bench/messages/erlang/bench.erl')
const HOST = '127.0.0.1'
const COOKIE = 'bench'

interface Whereabouts {
  readonly folder: string
  readonly epmdPort: number
}

/** A node of Erlang, spoken to by lines. */
class ErlangNode {
  readonly process: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(process: ChildProcess) {
    this.process = process
    const lines = createInterface({ input: process.stdout as NodeJS.ReadableStream })
    this.#lines = lines[Symbol.asyncIterator]()
  }

  static async start(name: string, { folder, epmdPort }: Whereabouts): Promise<ErlangNode> {
    const args = ['-noshell', '-name', `${name}@${HOST}`, '-setcookie', COOKIE, '-pa', folder]
    const loopback = ['-kernel', 'inet_dist_use_interface', '{127,0,0,1}']
    const env = {
      ...process.env,
      HOME: folder,
      ERL_EPMD_PORT: `${epmdPort}`,
      ERL_EPMD_ADDRESS: HOST,
    }
    const child = spawn(
      'erl',
      [...args, '-start_epmd', 'false', ...loopback, '-s', 'bench', 'main'],
      {
        env,
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    )
    process.on('exit', () => child.kill('SIGKILL'))
    const node = new ErlangNode(child)
    await node.answer()
    return node
  }

  /** One question at a time. */
  async ask(line: string): Promise<string> {
    this.process.stdin?.write(`${line}\n`)
    return this.answer()
  }

  async answer(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('the Erlang node has ended')
    return value
  }

  async end(): Promise<void> {
    this.process.stdin?.end()
    if (this.process.exitCode === null) await once(this.process, 'exit')
  }
}

export const erlang: Contender = {
  canBeSecure: false,

  async serve(): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-erlang-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    compile(folder)
    const epmdPort = await freePort()
    const epmd = spawn('epmd', ['-address', HOST, '-port', `${epmdPort}`], { stdio: 'ignore' })
    process.on('exit', () => epmd.kill('SIGKILL'))
    await listens(epmdPort)
    const node = await ErlangNode.start('server', { folder, epmdPort })
    return {
      address: { folder, epmdPort } satisfies Whereabouts,
      received: async () => Number(await node.ask('received')),
      foreignCpuUs: async () => foreignCpuUs(node.process),
      async close() {
        await node.end()
        epmd.kill()
      },
    }
  },

  async connect(whereabouts: Whereabouts, { size }: Settings): Promise<Client> {
    const node = await ErlangNode.start('client', whereabouts)
    const server = `server@${HOST}`
    await node.ask(`connect ${server}`)
    return {
      pump() {
        const isPumping = node.ask(`pump ${server} ${size}`)
        return () => {
          isPumping.then(() => node.ask('stop')).catch(() => {}) // ended
        }
      },
      async roundTrips(forMs, inFlight) {
        const answer = await node.ask(`trips ${server} ${size} ${forMs} ${inFlight}`)
        const [medianUs, perSecond] = answer.split(' ').map(Number) as [number, number]
        return { medianUs, perSecond }
      },
      foreignCpuUs: async () => foreignCpuUs(node.process),
      close: () => node.end(),
    }
  },
}

function compile(folder: string): void {
  try {
    execFileSync('erlc', ['-o', folder, SOURCE], { stdio: 'pipe' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new NotInstalled('no erlc here')
  }
}

/** One that nobody uses at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function listens(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, HOST)
    const isUp = await new Promise<boolean>((done) => {
      socket.once('connect', () => done(true)).once('error', () => done(false))
    })
    socket.destroy()
    if (isUp) return
    await new Promise((done) => setTimeout(done, 20))
  }
  throw new Error('epmd does not listen')
}
