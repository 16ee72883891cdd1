// Hosts that call their nodes in any order, in a world that fails: no call hangs, no event comes out of turn,
// and once the world is whole again everybody finds everybody.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { IridiumError } from '../../src/core/errors.js'
import type { IridiumNode } from '../../src/node/iridium-node.js'
import { createTestCluster, type TestCluster } from '../../src/testing/index.js'
import { SeededRandom } from '../../src/testing/random.js'

const SEEDS = 40
const STEPS = 40
const ALIASES = ['a', 'b', 'c', 'd']
/** What a call of a host may reject with, whatever happens around it. */
const EXPECTED = /^ERR_IRIDIUM_(JOIN_FAILED|ALIAS_TAKEN|ABORTED|CLOSED|BAD_STATE|LISTEN_FAILED)$/

/** Checks the events of one node as they come. */
class Observer {
  readonly known = new Map<string, string>()
  readonly faults: string[] = []
  #isOver = false

  constructor(node: IridiumNode) {
    const check = (isLegal: boolean, what: string): void => {
      if (!isLegal) this.faults.push(`${node.alias}: ${what}`)
    }
    node.on('memberJoined', ({ member: { alias, id } }) => {
      check(!this.known.has(alias) && !this.#isOver, `memberJoined ${alias} twice`)
      check(id !== node.id && alias !== node.alias, 'memberJoined itself')
      this.known.set(alias, id)
      check(node.members.get(alias)?.id === id, `members has not ${alias}`)
    })
    for (const name of ['memberSuspected', 'memberRecovered', 'memberUpdated'] as const) {
      node.on(name, ({ member }) => {
        check(this.known.get(member.alias) === member.id, `${name} of no member ${member.alias}`)
      })
    }
    node.on('memberLeft', ({ member: { alias, id } }) => {
      check(this.known.get(alias) === id, `memberLeft of no member ${alias}`)
      this.known.delete(alias)
      check(!node.members.has(alias), `members still has ${alias}`)
    })
    node.on('left', () => {
      this.known.clear()
      check(node.members.size === 0, 'members after left')
    })
    node.on('closed', () => {
      check(!this.#isOver, 'closed twice')
      this.#isOver = true
    })
    node.on('error', ({ code, message }) => {
      check(
        code !== 'ERR_IRIDIUM_INTERNAL' && code !== 'ERR_IRIDIUM_PROTOCOL',
        `${code} ${message}`,
      )
    })
  }
}

class Play {
  readonly random: SeededRandom
  readonly cluster: TestCluster
  readonly nodes = new Map<string, IridiumNode>()
  readonly observers: Observer[] = []
  readonly outcomes: Promise<string>[] = []
  readonly story: string[] = []

  constructor(seed: number) {
    this.random = new SeededRandom(seed, 999)
    this.cluster = createTestCluster({ seed, latencyMs: this.pick([1, 5, 40]) })
    for (const alias of ALIASES) this.make(alias)
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.random.fraction() * choices.length)] as T
  }

  make(alias: string): void {
    const node = this.cluster.node({ alias })
    this.nodes.set(alias, node)
    this.observers.push(new Observer(node))
  }

  /** Lets a host call without waiting for it, sometimes with a signal that fires. */
  call(name: string, begin: (options: { signal?: AbortSignal }) => Promise<unknown>): void {
    this.story.push(`${this.cluster.now} ${name}`)
    const controller = new AbortController()
    const call = begin(this.pick([{}, {}, { signal: controller.signal }]))
    if (this.random.fraction() < 0.5) controller.abort()
    this.outcomes.push(
      call.then(
        () => 'resolved',
        (error: IridiumError) => `${name}: ${error.code} ${error.message}`,
      ),
    )
  }

  async step(): Promise<void> {
    const alias = this.pick(ALIASES)
    const node = this.nodes.get(alias) as IridiumNode
    const seed = this.pick([...this.nodes.values()]).address ?? { host: '127.0.0.1', port: 9 }
    const what = this.pick([
      'start',
      'join',
      'join',
      'join',
      'leave',
      'close',
      'kill',
      'stall',
      'cut',
      'heal',
    ])
    switch (what) {
      case 'start':
        this.call(`start ${alias}`, (options) => node.start(options))
        break
      case 'join':
        this.call(`join ${alias} ${seed.port}`, (options) => node.join(seed, options))
        break
      case 'leave':
        this.call(`leave ${alias}`, (options) => node.leave(options))
        break
      case 'close':
        this.call(`close ${alias}`, () => node.close())
        this.make(alias)
        break
      case 'kill':
        this.story.push(`${this.cluster.now} kill ${alias}`)
        this.cluster.kill(node)
        this.make(alias)
        break
      case 'stall':
        this.story.push(`${this.cluster.now} stall ${alias}`)
        this.cluster.stall(node, this.random.fraction() * 9000)
        break
      case 'cut':
        this.story.push(`${this.cluster.now} cut ${alias}`)
        this.cluster.partition(
          [alias],
          ALIASES.filter((other) => other !== alias),
        )
        break
      case 'heal':
        this.cluster.heal()
    }
    await this.cluster.advance(this.random.fraction() * this.pick([0, 10, 500, 4000]))
  }
}

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`seed ${seed}`, async () => {
    const play = new Play(seed)
    for (let i = 0; i < STEPS; i++) await play.step()
    play.cluster.heal()
    await play.cluster.advance(30_000)
    for (const outcome of await Promise.all(play.outcomes)) {
      if (outcome === 'resolved') continue
      assert.match(
        outcome.split(' ').at(outcome.split(' ').findIndex((w) => w.startsWith('ERR_'))) as string,
        EXPECTED,
        outcome,
      )
    }
    const [first, ...others] = [...play.nodes.values()] as [IridiumNode, ...IridiumNode[]]
    await first.start()
    const address = first.address as { host: string; port: number }
    await Promise.all(others.map((node) => node.join(address)))
    await play.cluster.advance(40_000)
    for (const node of play.nodes.values()) {
      assert.equal(
        [...node.members.keys(), node.alias].sort(),
        ALIASES,
        `${node.alias} sees everybody; ${play.story.join('; ')}`,
      )
      for (const { status } of node.members.values()) assert.is(status, 'alive')
    }
    assert.equal(
      play.observers.flatMap(({ faults }) => faults),
      [],
      play.story.join('; '),
    )
    await play.cluster.close()
  })
}

test.run()
