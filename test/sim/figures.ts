// Owns the figures that the documentation states: each a small world of its own, run many times by seeds, and measured
// in simulated time. The tests hold them to their bounds; npm run sim -- --figures prints them.
import { encodeMessage } from '../../src/protocol/codec.js'
import { Checker } from './checker.js'
import { exploreAll } from './interleavings.js'
import { Prng } from './prng.js'
import { Core, type Process, type ProcessOptions } from './process.js'
import { type Site, World, type WorldOptions } from './world.js'

export interface Figure {
  readonly name: string
  readonly value: number
  readonly bound: number
  readonly unit: string
  readonly violations: readonly string[]
}

type Heartbeat = Pick<ProcessOptions, 'intervalMs' | 'timeoutMs'>

const DEFAULTS: Heartbeat = { intervalMs: 1000, timeoutMs: 5000 }
const QUICK: Heartbeat = { intervalMs: 100, timeoutMs: 1000 }
const NEAR = [0.05, 0.5] as const
const FAR = [24, 26] as const

/** A cluster that has formed, and what its hosts are told from then on. */
class Cluster {
  readonly world: World
  readonly checker: Checker
  readonly nodes: Process[] = []
  readonly told: { at: number; by: Process; type: string; about: string; reason: string }[] = []

  constructor(options: WorldOptions) {
    this.world = new World(options)
    this.checker = new Checker(this.world)
    this.checker.onEvent = (by, event) => {
      if (!('member' in event)) return
      const reason = event.type === 'memberLeft' ? event.reason : ''
      this.told.push({ at: this.world.now, by, type: event.type, about: event.member.id, reason })
    }
  }

  boot(alias: string, options: Partial<ProcessOptions> = {}, site?: Site): Process {
    const process = (site ?? this.world.site()).boot({ alias, ...options })
    this.nodes.push(process)
    return process
  }

  /** Boots `count` nodes that join the first, and waits until all are linked. */
  form(count: number, options: Partial<ProcessOptions> = {}): void {
    for (let i = 0; i < count; i++) this.boot(`n${i}`, options)
    const [first, ...others] = this.nodes
    for (const node of others) if (first) node.join(first.address)
    if (this.world.runUntil(() => this.isMesh(), 10_000) === null) throw new Error('no mesh')
    // at any moment of the beat
    this.world.run(3000 + this.world.prng.between(0, 1000))
    this.told.length = 0
  }

  isMesh(nodes: readonly Process[] = this.nodes): boolean {
    return nodes.every(({ machine }) => {
      if (machine.members.size !== nodes.length - 1) return false
      return [...machine.members.values()].every(
        (m) => m.status === 'alive' && machine.linkOf(m.id) !== null,
      )
    })
  }

  /** How long after `since` the last of the others was told this about a node; Infinity if one was not. */
  latest(type: string, about: Process, since: number): number {
    const times = this.nodes.map((by) => {
      if (by === about) return since
      const told = this.told.find((t) => t.by === by && t.type === type && t.about === about.id)
      return told?.at ?? Number.POSITIVE_INFINITY
    })
    return Math.max(...times) - since
  }
}

function worst(seeds: number, run: (seed: number) => number): number {
  let value = 0
  for (let seed = 1; seed <= seeds; seed++) value = Math.max(value, run(seed))
  return value
}

/** A process is frozen: when all others are told that it is suspect, and that it has gone. */
export function frozen(seeds: number, heartbeat: Heartbeat): [number, number, string[]] {
  const violations: string[] = []
  let suspected = 0
  const left = worst(seeds, (seed) => {
    const cluster = new Cluster({ seed, latencyMs: NEAR, drift: 0.001 })
    cluster.form(6, heartbeat)
    const victim = cluster.world.prng.pick(cluster.nodes)
    const since = cluster.world.now
    victim.block(60_000)
    cluster.world.run(10_000)
    suspected = Math.max(suspected, cluster.latest('memberSuspected', victim, since))
    violations.push(...cluster.checker.violations)
    return cluster.latest('memberLeft', victim, since)
  })
  return [suspected, left, violations]
}

/** A process is killed: when all others are told. */
export function killed(seeds: number): [number, string[]] {
  const violations: string[] = []
  const left = worst(seeds, (seed) => {
    const cluster = new Cluster({ seed, latencyMs: NEAR })
    cluster.form(6)
    const victim = cluster.world.prng.pick(cluster.nodes)
    const since = cluster.world.now
    victim.kill()
    cluster.world.run(1000)
    violations.push(...cluster.checker.violations)
    return cluster.latest('memberLeft', victim, since)
  })
  return [left, violations]
}

/** Many stall, for 9 to 60 s each, again and again: what is told about members that ran, and the view at the end. */
export function stalls(
  seed: number,
  nodes: number,
  stallers: number,
  forMs: number,
): [number, string[]] {
  const cluster = new Cluster({ seed, latencyMs: NEAR, drift: 0.001 })
  cluster.form(nodes)
  const { world, checker } = cluster
  const prng = new Prng(seed, 3)
  const end = world.now + forMs
  const stall = (process: Process): void => {
    if (world.now > end) return
    const ms = prng.between(9000, 60_000)
    process.block(ms)
    world.plan(ms + prng.between(0, 20_000), () => stall(process))
  }
  for (const process of cluster.nodes.slice(0, stallers)) {
    world.plan(prng.between(0, 20_000), () => stall(process))
  }
  world.run(forMs)
  world.run(70_000)
  const violations = [...checker.violations]
  if (!cluster.isMesh()) violations.push('no mesh at the end')
  return [checker.falseAlarms, violations]
}

/** Stalls shorter than the timeout, on every node in turn or at once: nobody may be given up. */
export function shortStalls(seed: number, nodes: number): [number, string[]] {
  const cluster = new Cluster({ seed, latencyMs: seed % 2 ? NEAR : FAR, drift: 0.001 })
  cluster.form(nodes)
  const { world } = cluster
  const prng = new Prng(seed, 4)
  for (let i = 0; i < 30; i++) {
    const ms = prng.pick([prng.between(0, 4990), 4990])
    for (const process of cluster.nodes) if (prng.chance(0.4)) process.block(ms)
    world.run(ms + prng.between(3000, 6000))
  }
  world.run(5000)
  const violations = [...cluster.checker.violations]
  if (!cluster.isMesh()) violations.push('no mesh at the end')
  return [cluster.told.filter(({ type }) => type === 'memberLeft').length, violations]
}

/** Packets are lost: nobody may be given up. */
export function loss(
  seed: number,
  nodes: number,
  lossRate: number,
  forMs: number,
): [number, string[]] {
  const cluster = new Cluster({ seed, latencyMs: NEAR })
  cluster.form(nodes)
  const { world, checker } = cluster
  world.lossRate = lossRate
  world.run(forMs)
  world.lossRate = 0
  world.run(40_000)
  const violations = [...checker.violations]
  if (!cluster.isMesh()) violations.push('no mesh at the end')
  return [checker.falseAlarms, violations]
}

/** Whether the way from one node to another is cut. */
type Shape = (a: number, b: number, prng: Prng) => boolean

const groups =
  (count: number): Shape =>
  (a, b) =>
    a % count !== b % count

const SHAPES: Readonly<Record<string, Shape>> = {
  'two halves': groups(2),
  'three parts': groups(3),
  'eight parts': groups(8),
  'everybody alone': () => true,
  'one cut off': (a, b) => a === 0 || b === 0,
  'pairs at random': (a, b, prng) => a < b && prng.chance(0.2),
  'ways at random': (_, __, prng) => prng.chance(0.4),
  'halves of which one hears the other': (a, b) => a % 2 > b % 2,
  'a hub reaches all, and nobody else anybody': (a, b) => a !== 0 && b !== 0,
  'a chain': (a, b) => Math.abs(a - b) > 1,
}

/** A partition of every shape in turn, for seconds or minutes; how long the healing takes. */
export function partition(seed: number, nodes: number): [number, string[]] {
  const prng = new Prng(seed, 5)
  const cluster = new Cluster({ seed, latencyMs: prng.pick([NEAR, FAR]) })
  cluster.form(nodes)
  const { world } = cluster
  const names = Object.keys(SHAPES)
  const name = names[seed % names.length] as string
  const isCut = SHAPES[name] as Shape
  const sites = prng.shuffled(world.sites)
  for (const [i, a] of sites.entries()) {
    for (const [j, b] of sites.entries()) {
      if (i === j || !isCut(i, j, prng)) continue
      world.cutOneWay(a, b)
      if (name === 'pairs at random') world.cutOneWay(b, a)
    }
  }
  world.run(prng.pick([3000, 8000, 30_000, 120_000]) * prng.between(0.5, 1.5))
  world.heal()
  const took = world.runUntil(() => cluster.isMesh(), 60_000, 50) ?? Number.POSITIVE_INFINITY
  return [took, cluster.checker.violations.map((violation) => `${name}: ${violation}`)]
}

/** Two clusters of half the nodes each know nothing of each other; one node joins the other cluster. */
export function bornApart(seed: number, nodes: number): [number, string[]] {
  const cluster = new Cluster({ seed, latencyMs: seed % 2 ? NEAR : FAR })
  const { world, checker } = cluster
  const prng = new Prng(seed, 6)
  const half = Math.floor(nodes / 2)
  for (let i = 0; i < nodes; i++) cluster.boot(`n${i}`)
  const [left, right] = [cluster.nodes.slice(0, half), cluster.nodes.slice(half)]
  for (const part of [left, right]) {
    for (const node of part.slice(1)) node.join((part[0] as Process).address)
  }
  if (world.runUntil(() => cluster.isMesh(left) && cluster.isMesh(right), 10_000) === null) {
    return [Number.POSITIVE_INFINITY, ['no two clusters']]
  }
  world.run(prng.between(0, 3000))
  prng.pick(left).join(prng.pick(right).address)
  const took = world.runUntil(() => cluster.isMesh(), 60_000) ?? Number.POSITIVE_INFINITY
  return [took, checker.violations]
}

/** Two clusters that each have a node of the same alias meet: exactly one of the two concedes. */
export function twins(seed: number): [number, string[]] {
  const cluster = new Cluster({ seed, latencyMs: seed % 2 ? NEAR : FAR })
  const { world, checker } = cluster
  const prng = new Prng(seed, 7)
  const sizes = [1 + prng.below(5), 1 + prng.below(5)] as const
  const parts = sizes.map((size, part) => {
    return Array.from({ length: size + 1 }, (_, i) =>
      cluster.boot(i === 0 ? 'twin' : `n${part}${i}`),
    )
  }) as [Process[], Process[]]
  for (const part of parts) {
    const seed = prng.pick(part)
    for (const node of part) if (node !== seed) node.join(seed.address)
  }
  world.run(3000)
  const others = parts.map((part) => part.slice(1)) as [Process[], Process[]]
  prng.pick(others[0]).join(prng.pick(others[1]).address)
  const isSettled = (): boolean => {
    const present = cluster.nodes.filter(({ machine }) => machine.state === 'joined')
    return present.length === cluster.nodes.length - 1 && cluster.isMesh(present)
  }
  const took = world.runUntil(isSettled, 60_000) ?? Number.POSITIVE_INFINITY
  world.run(35_000)
  const violations = [...checker.violations]
  if (!isSettled()) violations.push('the one view did not last')
  if ((checker.events.get('left') ?? 0) !== 1) violations.push('not exactly one has conceded')
  return [took, violations]
}

/** So many nodes are started at once, and join through random others; how long until the mesh, counted from the start. */
export function startedAtOnce(
  seed: number,
  nodes: number,
  latencyMs: readonly [number, number],
): [number, string[]] {
  const cluster = new Cluster({ seed, latencyMs })
  const { world, checker } = cluster
  const prng = new Prng(seed, 8)
  for (let i = 0; i < nodes; i++) cluster.boot(`n${i}`)
  for (const [i, node] of cluster.nodes.entries()) {
    if (i > 0) node.join(prng.pick(cluster.nodes.slice(0, i)).address)
  }
  const took = world.runUntil(() => cluster.isMesh(), 60_000) ?? Number.POSITIVE_INFINITY
  world.run(2000)
  const links = cluster.nodes.reduce((sum, { wires }) => sum + wires.size, 0) / 2
  const violations = [...checker.violations]
  const expected = (nodes * (nodes - 1)) / 2
  if (links !== expected) violations.push(`${links} links instead of ${expected}`)
  return [took, violations]
}

/**
 * The same in processes that share one slow core, which takes so long for every input; and how many lists are sent until
 * the mesh stands: if all who see a difference asked at once, the core would be busy with lists alone.
 */
export function startedOnOneCore(
  seed: number,
  nodes: number,
  costMs: number,
): [number, number, string[]] {
  const cluster = new Cluster({ seed, latencyMs: NEAR })
  const { world, checker } = cluster
  const prng = new Prng(seed, 8)
  const core = new Core(costMs)
  let lists = 0
  checker.onStep = (_, __, outputs) => {
    for (const output of outputs) {
      if (output.type === 'send' && output.message.type === 'Members') lists++
    }
  }
  for (let i = 0; i < nodes; i++) cluster.boot(`n${i}`, { core })
  for (const [i, node] of cluster.nodes.entries()) {
    if (i > 0) node.join(prng.pick(cluster.nodes.slice(0, i)).address)
  }
  const took = world.runUntil(() => cluster.isMesh(), 60_000) ?? Number.POSITIVE_INFINITY
  return [took, lists, checker.violations]
}

/** Nodes join one after the other in every order, each through every one of those before it: always a full mesh. */
export function joinInEveryOrder(nodes: number): { orders: number; violations: string[] } {
  const violations: string[] = []
  let orders = 0
  for (const order of permutations(Array.from({ length: nodes }, (_, i) => i))) {
    for (const seeds of choices(nodes)) {
      orders++
      const cluster = new Cluster({ seed: orders, latencyMs: NEAR })
      for (let i = 0; i < nodes; i++) cluster.boot(`n${i}`)
      order.forEach((node, i) => {
        const seed = cluster.nodes[order[seeds[i - 1] ?? 0] as number] as Process
        if (i > 0) cluster.nodes[node]?.join(seed.address)
      })
      const story = `order ${order}, seeds ${seeds}`
      if (cluster.world.runUntil(() => cluster.isMesh(), 2000) === null)
        violations.push(`${story}: no mesh`)
      violations.push(...cluster.checker.violations.map((violation) => `${story}: ${violation}`))
    }
  }
  return { orders, violations }
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, i) =>
    permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]),
  )
}

/** For the second, third, ... node: through which of those before it, by its place. */
function choices(nodes: number): number[][] {
  let all: number[][] = [[]]
  for (let before = 1; before < nodes; before++) {
    all = all.flatMap((seeds) => Array.from({ length: before }, (_, seed) => [...seeds, seed]))
  }
  return all
}

/** What an idle mesh sends, for each node and second: frames, and bytes with their lengths. */
export function idle(nodes: number): [number, number] {
  const cluster = new Cluster({ seed: 1, latencyMs: NEAR })
  cluster.form(nodes)
  const { world, checker } = cluster
  world.run(60_000)
  const buffer = Buffer.alloc(65_540)
  let frames = 0
  let bytes = 0
  checker.onStep = (_, __, outputs) => {
    for (const output of outputs) {
      if (output.type !== 'send') continue
      frames++
      bytes += encodeMessage(output.message, buffer, 0)
    }
  }
  world.run(60_000)
  return [frames / nodes / 60, bytes / nodes / 60]
}

/** The figures, at a length: 1 for the tests, more for a firmer statement. */
export function* figures(length: number): Generator<Figure> {
  yield handshakes()
  yield* lightFigures(length)
  yield stallingMesh(length)
}

/** Two nodes that shake hands at once: exhaustive, so it has no length. */
export function handshakes(): Figure {
  const { orders, worlds, ends, failed, failures } = exploreAll()
  const [all, different, last] = [orders, worlds, ends].map((n) => n.toLocaleString('en'))
  return figure(
    `two handshakes at once, all ${all} orders (${different} worlds, ${last} ends): not one link, or a frame lost`,
    failed,
    0,
    '',
    failures,
  )
}

/** The one that takes longer than all others together. */
export function stallingMesh(length: number, nodes = 128, forMs = 30_000): Figure {
  return over(
    `${nodes / 8} of ${nodes} nodes stall 9 to 60 s: false memberLeft`,
    length,
    0,
    '',
    (s) => stalls(s, nodes, nodes / 8, forMs),
  )
}

export function* lightFigures(length: number): Generator<Figure> {
  const shapes = Object.keys(SHAPES).length
  const [suspected, left, a] = frozen(20 * length, DEFAULTS)
  yield figure('frozen, defaults: suspected everywhere', suspected / 1000, 2.5, 's', a)
  yield figure('frozen, defaults: memberLeft everywhere', left / 1000, 7, 's', a)
  const [, quick, b] = frozen(20 * length, QUICK)
  yield figure('frozen, 100 ms and 1 s: memberLeft everywhere', quick / 1000, 2, 's', b)
  const [dead, c] = killed(20 * length)
  yield figure('killed: memberLeft everywhere', dead, 500, 'ms', c)
  yield over('50 nodes started at once: mesh', 2 * length, 5000, 'ms', (s) =>
    startedAtOnce(s, 50, NEAR),
  )
  yield over('50 nodes started at once, 50 ms round trips: mesh', 2 * length, 5000, 'ms', (s) =>
    startedAtOnce(s, 50, FAR),
  )
  let lists = 0
  yield over('50 nodes on one core, 0.2 ms for each input: mesh', 2 * length, 5000, 'ms', (s) => {
    const [took, sent, violations] = startedOnOneCore(s, 50, 0.2)
    lists = Math.max(lists, sent)
    return [took, violations]
  })
  yield figure('50 nodes on one core: lists sent', lists, 2000, '', [])
  yield over('partitions of every shape, 64 nodes: one view', shapes * length, 35_000, 'ms', (s) =>
    partition(s, 64),
  )
  yield over(
    'partitions of every shape, 8 nodes: one view',
    4 * shapes * length,
    35_000,
    'ms',
    (s) => partition(s, 8),
  )
  yield over('two clusters of 32 born apart: one view', 2 * length, 35_000, 'ms', (s) =>
    bornApart(s, 64),
  )
  yield over('twins in two clusters: one view without one', 50 * length, 35_000, 'ms', twins)
  yield over('stalls below the timeout, 8 nodes: memberLeft', 10 * length, 0, '', (s) =>
    shortStalls(s, 8),
  )
  yield over('loss of 30 %, 16 nodes, 5 min: false memberLeft', length, 0, '', (s) =>
    loss(s, 16, 0.3, 300_000),
  )
  const [frames, bytes] = idle(50)
  yield figure('idle, 50 nodes: frames a second and node', frames, 60, '', [])
  yield figure('idle, 50 nodes: bytes a second and node', bytes, 1024, '', [])
}

function over(
  name: string,
  seeds: number,
  bound: number,
  unit: string,
  run: (seed: number) => [number, readonly string[]],
): Figure {
  const violations: string[] = []
  const value = worst(seeds, (seed) => {
    const [figure, found] = run(seed)
    violations.push(...found.map((violation) => `seed ${seed}: ${violation}`))
    return figure
  })
  return figure(name, value, bound, unit, violations)
}

function figure(
  name: string,
  value: number,
  bound: number,
  unit: string,
  violations: readonly string[],
): Figure {
  return { name, value: Math.round(value * 100) / 100, bound, unit, violations }
}
