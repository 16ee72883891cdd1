// A real node over sockets, while it is linked with another: strangers who begin wrongly, members who go wrong later, and
// answers to its own dials that are none.
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import * as assert from 'uvu/assert'
import type { Turns } from '../../process/children/turns.js'
import { Host, now, sleep } from '../../process/harness.js'
import { Prng } from '../../sim/prng.js'
import { framed, hostileFrame } from './bytes.js'
import { hostileMessage } from './messages.js'
import { encoded } from './traffic.js'

export interface NodeTally {
  connections: number
  frames: number
  answers: number
  /** The worst turn of the attacked process. */
  worst: Turns
  heapBefore: number
  heapAfter: number
}

const AT_ONCE = 20
const FRAMES_EACH = 5
/** Heartbeat timeout, dials that nobody answers, and slack. */
const ROOM_WITHIN_MS = 30_000
/** How long a stranger waits for an answer, or for the end. */
const PATIENCE_MS = 50
/** Connections before memory is measured: code is compiled, tables are as full as they get. */
const WARM_UP = 1000

/** Two members in two processes; the first is attacked until it has been sent `count` frames. */
export async function fuzzNode(
  seed: number,
  corpus: readonly Buffer[],
  count: number,
): Promise<NodeTally> {
  const [victim, witness] = await Promise.all([Host.start('victim'), Host.start('witness')])
  await witness.join(victim)
  const attack = new Attack(new Prng(seed, 4), corpus, victim.address.port)
  await attack.begin()
  await attack.run(Math.min(WARM_UP, count / 2))
  const heapBefore = (await victim.call('heap')) as number
  await victim.call('worstTurn')
  await attack.run(count)
  const worst = (await victim.call('worstTurn')) as Turns
  attack.end()
  const heapAfter = (await victim.call('heap')) as number
  for (const [one, other] of [
    [victim, witness],
    [witness, victim],
  ] as const) {
    assert.equal(one.saw('fault'), [])
    assert.equal(one.saw('memberLeft', other.alias), [])
    const internal = one.saw('error').filter(({ detail }) => detail?.includes('INTERNAL'))
    assert.equal(internal, [])
  }
  const late = await Host.start('late')
  await joinWhenThereIsRoom(late, victim)
  await late.see('memberJoined', 'witness', 20_000)
  await Promise.all([victim, witness, late].map((host) => host.kill()))
  const { connections, frames, answers } = attack
  return { connections, frames, answers, worst, heapBefore, heapAfter }
}

/** Those who said that they live where nobody answers are members until their time is over. */
async function joinWhenThereIsRoom(host: Host, seed: Host): Promise<void> {
  for (const end = now() + ROOM_WITHIN_MS; ; await sleep(500)) {
    try {
      await host.join(seed)
      return
    } catch (error) {
      if (now() > end) throw error
    }
  }
}

class Attack {
  connections = 0
  frames = 0
  answers = 0
  readonly #prng: Prng
  readonly #corpus: readonly Buffer[]
  readonly #port: number
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #listeningPort = 0

  constructor(prng: Prng, corpus: readonly Buffer[], port: number) {
    this.#prng = prng
    this.#corpus = corpus
    this.#port = port
  }

  /** Listens at the address that its Hellos name, so that the node dials it, and answers what no peer answers. */
  async begin(): Promise<void> {
    this.#server = createServer((socket) => {
      this.#hold(socket)
      socket.once('data', () => {
        this.answers++
        this.#send(socket)
      })
    }).listen(0, '127.0.0.1')
    this.#server.unref()
    await once(this.#server, 'listening')
    this.#listeningPort = (this.#server.address() as { port: number }).port
  }

  async run(frames: number): Promise<void> {
    const end = this.frames + frames
    const one = async (): Promise<void> => {
      while (this.frames < end) await this.#connection()
    }
    await Promise.all(Array.from({ length: AT_ONCE }, one))
  }

  end(): void {
    this.#server?.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Half of them introduce themselves well, and go wrong as members. */
  async #connection(): Promise<void> {
    this.connections++
    const socket = connect(this.#port, '127.0.0.1')
    this.#hold(socket)
    const closed = ended(socket)
    if (this.#prng.chance(0.5)) {
      socket.write(this.#hello())
      await Promise.race([once(socket, 'data').catch(() => closed), closed, sleep(PATIENCE_MS)])
    }
    this.#send(socket)
    const isPolite = this.#prng.chance(0.5)
    if (isPolite) socket.end()
    // (A socket whose end is under way cannot be reset.)
    const leave = (): unknown => (isPolite ? socket.destroy() : socket.resetAndDestroy())
    const patience = setTimeout(leave, PATIENCE_MS)
    await closed
    clearTimeout(patience)
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    socket.resume()
  }

  #send(socket: Socket): void {
    for (let i = 0; i < FRAMES_EACH && !socket.destroyed; i++) {
      const prng = this.#prng
      const known = [
        { id: '00'.repeat(16), alias: '-' },
        { id: '01'.repeat(16), alias: '-' },
      ]
      const content = prng.chance(0.5)
        ? hostileFrame(prng, this.#corpus)
        : encoded(hostileMessage(prng, known))
      socket.write(framed(prng, content))
      this.frames++
    }
  }

  #hello(): Buffer {
    const port = this.#listeningPort
    const message = {
      type: 'Hello',
      minVersion: 1,
      maxVersion: 1,
      cluster: 'iridium',
      id: this.#prng.id(),
      alias: `stranger ${this.#prng.below(1000)}`,
      incarnation: 0,
      host: '127.0.0.1',
      port,
      tags: {},
      digest: '00'.repeat(8),
      extensions: {},
    } as const
    const content = encoded(message)
    const header = Buffer.alloc(4)
    header.writeUInt32LE(content.length)
    return Buffer.concat([header, content])
  }
}

/** It has closed, for whatever reason. */
function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('close', () => resolve())
  })
}
